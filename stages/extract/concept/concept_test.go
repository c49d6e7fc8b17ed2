package concept

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawi/stages/text"
)

func ids(l *Lexicon, s, lang string) string {
	var found []string
	for _, h := range l.Find(text.Tokens(s), lang) {
		found = append(found, h.ID)
	}
	return strings.Join(found, " ")
}

func TestBothLanguagesMeetInOneConcept(t *testing.T) {
	l := Default()
	cases := []struct{ lang, text, want string }{
		{"fr", "trois suspectes arrêtées", "per:suspect act:arrest"},
		{"fr", "les enquêteurs interpelleront", "act:investigate act:arrest"},
		{"fr", "mises en examen", "act:charge"},
		{"fr", "saisies de résine de cannabis", "act:seize obj:cannabis"},
		{"fr", "des tribunaux", "org:court-type"},
		{"ar", "اعتقال", "act:arrest"},
		{"ar", "وبتوقيفهم", "act:arrest"},
		{"ar", "للمتفجرات", "obj:explosive"},
		{"ar", "بشاحنتين", "obj:truck"},
		{"ar", "إطلاق النار", "act:shoot"},
		{"ar", "تفكيك خليتهم", "act:dismantle obj:cell"},
		{"ar", "مخدر الشيرا", "obj:cannabis"},
		{"ar", "كأس العالم", "spo:world-cup"},
		{"ar", "بأنه الرئيس", "pol:president"}, // "that he", no milk
		{"fr", "en train de, à côté du train", "trn:train"},
		{"es", "detenido", ""},
	}
	for _, c := range cases {
		if got := ids(l, c.text, c.lang); got != c.want {
			t.Errorf("%s: Find(%s) = %q, want %q; %+q", c.lang, c.text, got, c.want, c.text)
		}
	}
}

func TestRegularEndingsDoNotInventWords(t *testing.T) {
	l := Default()
	for _, s := range []string{"une porte", "il est parvenu", "faite"} {
		if got := ids(l, s, "fr"); got != "" {
			t.Errorf("Find(%s) = %q, want nothing", s, got)
		}
	}
}

func TestWhatOnlyLooksLikeAFormIsNone(t *testing.T) {
	l := Default()
	for c := range l.All {
		if c.Class != Nothing {
			continue
		}
		for _, f := range c.French {
			if got := ids(l, f, "fr"); got != "" {
				t.Errorf("%s: Find(%s) = %q, want nothing", c.ID, f, got)
			}
		}
		for _, f := range c.Arabic {
			if got := ids(l, f, "ar"); got != "" {
				t.Errorf("%s: Find(%s) = %q, want nothing; %+q", c.ID, f, got, f)
			}
		}
	}
}

func TestNamesTakeNoEndings(t *testing.T) {
	l, err := Parse(strings.NewReader("nam:sellal\tsellal|ahmed sellal\tسلال|احمد سلال\nobj:book\tlivre\tكتاب"))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ lang, text, want string }{
		{"ar", "لسلال", "nam:sellal"},
		{"ar", "وأحمد سلال", "nam:sellal"},
		{"ar", "سلالات جديدة", ""},
		{"ar", "وكتابها", "obj:book"},
		{"fr", "Sellals", ""},
		{"fr", "les livres de Sellal", "obj:book nam:sellal"},
	}
	for _, c := range cases {
		if got := ids(l, c.text, c.lang); got != c.want {
			t.Errorf("%s: Find(%s) = %q, want %q; %+q", c.lang, c.text, got, c.want, c.text)
		}
	}
}

func TestFormsSurviveTheirOwnFolding(t *testing.T) {
	for c := range Default().All {
		for _, f := range slices.Concat(c.French, c.Arabic) {
			if bare := strings.ReplaceAll(f, "*", ""); text.Fold(bare) != bare {
				t.Errorf("%s: form %q is not folded, want %q; %+q", c.ID, f, text.Fold(bare), f)
			}
		}
	}
}

func TestEveryFormFindsItsConcept(t *testing.T) {
	l := Default()
	for c := range l.All {
		if c.Class == Nothing {
			continue
		}
		for _, listed := range c.French {
			for _, f := range frenchForms(listed) {
				if !slices.Contains(strings.Fields(ids(l, f, "fr")), c.ID) {
					t.Errorf("%s: French form %q finds %q", c.ID, f, ids(l, f, "fr"))
				}
			}
		}
		for _, f := range c.Arabic {
			if !slices.Contains(strings.Fields(ids(l, f, "ar")), c.ID) {
				t.Errorf("%s: Arabic form %q finds %q; %+q", c.ID, f, ids(l, f, "ar"), f)
			}
		}
	}
}

func TestTheLexiconIsLargeEnough(t *testing.T) {
	n := 0
	for range Default().All {
		n++
	}
	if n < 2000 {
		t.Errorf("%d concepts, want 2000", n)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	cases := []struct{ name, lexicon, want string }{
		{"form twice", "a:x\tmot\tكلمه\nb:y\tmot\tلفظ", `"mot" stands under a:x and b:y`},
		{"one language", "a:x\tmot\t", "one of the languages"},
		{"id twice", "a:x\tmot\tكلمه\na:x\tterme\tلفظ", "twice"},
		{"class", "x\tmot\tكلمه", "class"},
		{"columns", "a:x\tmot", "columns"},
		{"form shared by one alone", "a:x\tvol\tسرقه\tshared\nb:y\tvol\tرحله", "flag both"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse(strings.NewReader(c.lexicon)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that names %q", err, c.want)
			}
		})
	}
}

func TestSharedFormHitsBothConcepts(t *testing.T) {
	l, err := Parse(strings.NewReader("a:x\tvol\tسرقه\tshared\nb:y\tvol\tرحله\tshared"))
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(l, "un vol", "fr"); got != "a:x b:y" {
		t.Errorf("found %q, want both", got)
	}
}

// Coverage is the share of words of four letters or more that belong to a concept; it is logged, and must not fall far.
func TestCoverageOfLabelledReports(t *testing.T) {
	l := Default()
	for _, file := range labelled(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			hit, all := coverage(t, l, file)
			for _, lang := range []string{"fr", "ar"} {
				if all[lang] == 0 {
					continue
				}
				share := float64(hit[lang]) / float64(all[lang])
				t.Logf("%s: %.1f %% of %d content words", lang, 100*share, all[lang])
				if share < 0.20 {
					t.Errorf("%s: coverage %.2f, want at least .20", lang, share)
				}
			}
		})
	}
}

// labelled lists the labelled sets kept beside the checkout; there may be none.
func labelled(t *testing.T) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if files, _ := filepath.Glob(filepath.Join(dir, "shared", "gold", "*", "*.jsonl")); len(files) > 0 {
			return files
		}
		dir = filepath.Dir(dir)
	}
	return nil
}

func coverage(t *testing.T, l *Lexicon, file string) (hit, all map[string]int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	hit, all = map[string]int{}, map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var r struct{ Lang, Title, Text string }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		tokens := text.Tokens(r.Title + "\n" + r.Text)
		inside := make([]bool, len(tokens))
		for _, h := range l.Find(tokens, r.Lang) {
			for i := h.Start; i < h.End; i++ {
				inside[i] = true
			}
		}
		for i, tok := range tokens {
			if (tok.Script == text.Latin || tok.Script == text.Arabic) && len([]rune(tok.Fold)) >= 4 {
				all[r.Lang]++
				if inside[i] {
					hit[r.Lang]++
				}
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return hit, all
}

func FuzzFind(f *testing.F) {
	l := Default()
	f.Add("arrêtées mises en examen", "fr")
	f.Add("وبتوقيفهم ال و", "ar")
	f.Fuzz(func(t *testing.T, s, lang string) {
		tokens := text.Tokens(s)
		for _, h := range l.Find(tokens, lang) {
			if h.Start < 0 || h.End <= h.Start || h.End > len(tokens) {
				t.Fatalf("hit %+v out of %d tokens", h, len(tokens))
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("a:x\tmot*|en mot\tكلمه\tshared|theme")
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = Parse(strings.NewReader(s))
	})
}

func BenchmarkFind(b *testing.B) {
	l := Default()
	for _, c := range []struct{ lang, text string }{
		{"fr", "La police a arrêté jeudi un homme soupçonné de préparer une attaque à l'explosif, indique un communiqué du parquet. "},
		{"ar", "أوقفت الشرطة صباح اليوم شخصا يشتبه في تورطه في التحضير لهجوم بالمتفجرات، حسب بلاغ للنيابة العامة. "},
	} {
		tokens := text.Tokens(strings.Repeat(c.text, 400/len(strings.Fields(c.text))+1))
		b.Run(c.lang, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Find(tokens, c.lang)
			}
		})
	}
}
