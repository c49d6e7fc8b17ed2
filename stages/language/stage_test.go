package language_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/language"
)

func raw(body string) message.Raw {
	return message.Raw{ID: "a1", ContentType: "text/plain; charset=utf-8", Body: []byte(body)}
}

func detect(t testing.TB, s *language.Stage, in message.Raw) message.Detected {
	t.Helper()
	out, err := s.Process(t.Context(), in)
	if err != nil {
		t.Fatalf("process: %v", err)
	}
	return out[0]
}

func paragraphs(t testing.TB) (rows [][2]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "paragraphs.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if want, text, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && want != "#" {
			rows = append(rows, [2]string{want, text})
		}
	}
	return rows
}

// right reports whether got fits a label: "-" is anything that no pack of ours would be given.
func right(got, want string) bool {
	if want == "-" {
		return got != "fr" && got != "ar"
	}
	return got == want
}

func TestNeighboursDoNotPassForFrenchOrArabic(t *testing.T) {
	s := language.New(language.Config{})
	for _, row := range paragraphs(t) {
		for _, text := range []string{row[1], upTo(row[1], 200)} {
			if got := detect(t, s, raw(text)); !right(got.Language, row[0]) {
				t.Errorf("got %s (%s, %s), want %s: %s", got.Language, got.Confidence, got.Method, row[0], text)
			}
		}
	}
}

// upTo is the beginning of text with n letters.
func upTo(text string, n int) string {
	for i, r := range text {
		if unicode.IsLetter(r) {
			n--
		}
		if n < 0 {
			return text[:i]
		}
	}
	return text
}

func TestPageFurnitureDoesNotDecide(t *testing.T) {
	s := language.New(language.Config{})
	rows := paragraphs(t)
	english := strings.Repeat("<li><a href=/x>Read our latest international news and opinion here</a></li>", 40)
	page := "<html lang=en><head><title>News</title><script>var a = 'the and of in to'</script></head><body><nav>" + english + "</nav><ul>" + english +
		"</ul><form><article><p>" + rows[3][1] + "</p></article></form><footer>" + english + "</footer></body></html>"
	in := raw(page)
	in.ContentType = "text/html"
	if got := detect(t, s, in); got.Language != "ar" || got.Confidence != message.ConfidenceHigh {
		t.Errorf("got %s %s, want ar high", got.Language, got.Confidence)
	}
}

func TestDressedLettersAreStillArabic(t *testing.T) {
	s := language.New(language.Config{})
	text := "أَعْلَنَت المُدِيرِيَّةُ العَامَّةُ لِلأَمْنِ الوَطَنِيِّ \u200fأَنَّ عَنَاصِرَ الشُّرْطَةِ تَمَكَّنَتْ مِنْ تَوْقِيفِ ثَلَاثَةِ أَشْخَاصٍ فِي المَدِينَةِ القَدِيمَةِ عَلَى إِثْرِ مَعْلُومَاتٍ دَقِيقَةٍ. الإرهابــــي"
	if got := detect(t, s, raw(text)); got.Language != "ar" {
		t.Errorf("got %s, want ar", got.Language)
	}
}

func TestPriorsSpeakOnlyForShortText(t *testing.T) {
	s := language.New(language.Config{})
	short := raw("Salé : un suspect en garde à vue")
	short.Outlet.Language = "fr"
	if got := detect(t, s, short); got.Language != "fr" {
		t.Errorf("short text: got %s, want fr", got.Language)
	}
	long := raw(paragraphs(t)[3][1])
	long.Outlet.Language = "fr"
	if got := detect(t, s, long); got.Language != "ar" {
		t.Errorf("long text: got %s, want ar against the prior", got.Language)
	}
}

func TestSecondLanguageIsMarkedBlockByBlock(t *testing.T) {
	s := language.New(language.Config{})
	rows := paragraphs(t)
	got := detect(t, s, raw(rows[0][1]+"\n"+rows[1][1]+"\n"+rows[3][1]))
	if got.Language != "fr" || !got.Mixed || len(got.Blocks) != 1 || got.Blocks[0].Language != "ar" {
		t.Fatalf("got %s mixed=%v %+v, want fr with one Arabic block", got.Language, got.Mixed, got.Blocks)
	}
	if !strings.HasPrefix(rows[3][1], got.Blocks[0].Begins) {
		t.Errorf("got block %q (%+q), want the beginning of the Arabic one", got.Blocks[0].Begins, got.Blocks[0].Begins)
	}
	if plain := detect(t, s, raw(rows[0][1]+"\n"+rows[1][1])); plain.Mixed {
		t.Error("two French paragraphs are called mixed")
	}
}

func TestNothingToReadEndsByName(t *testing.T) {
	s := language.New(language.Config{})
	var drop *fault.Drop
	for _, body := range []string{"", "  \n", "<html><body><script>var x=1</script></body></html>", "12 345"} {
		in := raw(body)
		in.ContentType = "text/html"
		if _, err := s.Process(t.Context(), in); !errors.As(err, &drop) || drop.Reason != "no_text" {
			t.Errorf("%q: got %v, want dropped no_text", body, err)
		}
	}
	var dead *fault.Permanent
	if _, err := s.Process(t.Context(), raw("\x89PNG\r\n\x1a\n\x00\x00")); !errors.As(err, &dead) || dead.Reason != "binary" {
		t.Errorf("image: got %v, want permanent binary", err)
	}
}

func TestEqualInputGivesEqualOutput(t *testing.T) {
	s := language.New(language.Config{})
	// As many Arabic as Latin words and one Greek: the detector alone answers this with either language (lingua-go#6).
	tie := "الشرطة المدينة القضاء police ville justice λόγος"
	want := detect(t, s, raw(tie))
	for range 50 {
		if got := detect(t, s, raw(tie)); got.Language != want.Language || got.Confidence != want.Confidence {
			t.Fatalf("got %s then %s", want.Language, got.Language)
		}
	}
}

// TestLabelledReports routes the labelled sets that lie beside a checkout, where they do.
func TestLabelledReports(t *testing.T) {
	files, _ := filepath.Glob(shared(t, "gold/*/*.jsonl"))
	if len(files) == 0 {
		t.Skip("no labelled reports beside this checkout")
	}
	s := language.New(language.Config{})
	total, wrong := 0, 0
	for _, name := range files {
		for r := range records(t, name) {
			got := detect(t, s, raw(r.Title+"\n"+r.Text))
			want := r.Lang
			if want != "fr" && want != "ar" {
				want = "-"
			}
			total++
			if !right(got.Language, want) {
				wrong++
				t.Logf("%s: got %s (%s %s), want %s", r.ID, got.Language, got.Confidence, got.Method, r.Lang)
			}
			if got.Mixed {
				t.Logf("%s: mixed %+v", r.ID, got.Blocks)
			}
		}
	}
	t.Logf("%d of %d wrong", wrong, total)
	if wrong*1000 > total {
		t.Errorf("%d of %d wrong, want at most one in a thousand", wrong, total)
	}
}

type record struct{ ID, Lang, Title, Text string }

func records(t *testing.T, name string) func(func(record) bool) {
	t.Helper()
	return func(yield func(record) bool) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var r record
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if !yield(r) {
				return
			}
		}
	}
}

// shared finds the folder of labelled data beside the checkout; the path leads nowhere when there is none.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if info, err := os.Stat(filepath.Join(dir, "shared", "gold")); err == nil && info.IsDir() {
			break
		}
	}
	return filepath.Join(dir, "shared", path)
}

func FuzzProcess(f *testing.F) {
	s := language.New(language.Config{})
	for _, seed := range [][2]string{
		{"<p>Les policiers de la <b>brigade", "text/html"},
		{"أعلنت السلطات <script>", ""},
		{"\x1b$B", "text/plain"},
		{"3la wa9t \u202e&eacute;&#x200f; http://a.example/", "text/plain"},
		{"\ufb50\ufefb\u0301\u0640 که است kkkk", "text/plain; charset=utf-8"},
		{"«\u00a0Le\u202fmaire\u00a0»\n\nقال\nⵣ ñ \U0001d54f", "text/plain"},
	} {
		f.Add(seed[0], seed[1], "fr")
	}
	f.Fuzz(func(t *testing.T, body, contentType, expected string) {
		in := raw(body)
		in.ContentType, in.Outlet.Language, in.Found.Entry.Title = contentType, expected, upTo(body, 50)
		out, err := s.Process(t.Context(), in)
		if err != nil {
			return
		}
		d := out[0]
		if d.Language == "" || d.Confidence != message.ConfidenceHigh && d.Confidence != message.ConfidenceLow || d.Method == "" {
			t.Errorf("%q: %q by %q with %q", body, d.Language, d.Method, d.Confidence)
		}
		if len(d.Blocks) > 0 && !d.Mixed {
			t.Errorf("%q: blocks of other languages in a text that is not mixed", body)
		}
		for _, b := range d.Blocks {
			if b.Language == d.Language || b.Language == "" || utf8.RuneCountInString(b.Begins) > 40 {
				t.Errorf("%q: block %+v in %s", body, b, d.Language)
			}
		}
		if again, _ := s.Process(t.Context(), in); again[0].Language != d.Language || again[0].Confidence != d.Confidence || again[0].Mixed != d.Mixed {
			t.Errorf("%q: %s %s, then %s %s", body, d.Language, d.Confidence, again[0].Language, again[0].Confidence)
		}
	})
}

func BenchmarkProcess(b *testing.B) {
	s := language.New(language.Config{})
	rows := paragraphs(b)
	long := strings.Repeat(rows[0][1]+"\n", 30)
	for _, text := range []struct{ name, body string }{
		{"headline", "Le week-end des Lions à Oujda"},
		{"french", rows[0][1]},
		{"arabic", rows[3][1]},
		{"long french", long},
		{"a book", strings.Repeat(long, 100)},
		{"long arabic", strings.Repeat(rows[3][1]+"\n", 30)},
		{"both", strings.Repeat(rows[0][1]+"\n"+rows[3][1]+"\n", 15)},
		{"neither", strings.Repeat(rows[len(rows)-1][1]+"\n", 5)},
	} {
		b.Run(text.name, func(b *testing.B) {
			in := raw(text.body)
			b.ReportAllocs()
			for b.Loop() {
				detect(b, s, in)
			}
		})
	}
}
