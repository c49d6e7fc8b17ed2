package number

import (
	"math"
	"testing"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

// want is a number as written: value, then ~ for approximate, + for a plural; the text that it covers.
type want struct {
	in     string
	value  float64
	marks  string
	covers string
}

func check(t *testing.T, read func([]text.Token, int) (Number, bool), cases []want) {
	t.Helper()
	for _, c := range cases {
		tokens := text.Tokens(c.in)
		n, ok := read(tokens, 0)
		if !ok {
			t.Errorf("%q (%+q): no number, want %v", c.in, c.in, c.value)
			continue
		}
		marks := ""
		if n.Approx {
			marks += "~"
		}
		if n.Plural {
			marks += "+"
		}
		covers := c.in[tokens[n.Start].Start:tokens[n.End-1].End]
		if math.Abs(n.Value-c.value) > 1e-9 || marks != c.marks || covers != c.covers {
			t.Errorf("%q (%+q): got %v%s over %q, want %v%s over %q", c.in, c.in, n.Value, marks, covers, c.value, c.marks, c.covers)
		}
	}
}

func TestFrenchNumbers(t *testing.T) {
	check(t, French, []want{
		{"13 personnes", 13, "", "13"},
		{"3500 arrestations", 3500, "", "3500"},
		{"3.500 arrestations", 3500, "", "3.500"},
		{"3 500 arrestations", 3500, "", "3 500"},
		{"3\u202F500 arrestations", 3500, "", "3\u202F500"},
		{"3\u00A0500 arrestations", 3500, "", "3\u00A0500"},
		{"1 234 567,5 euros", 1234567.5, "", "1 234 567,5"},
		{"1.234.567 euros", 1234567, "", "1.234.567"},
		{"31.000 euros", 31000, "", "31.000"},
		{"31,000 euros", 31000, "", "31,000"},
		{"1,240 tonne", 1.24, "", "1,240"},
		{"31,200 comprimés", 31200, "", "31,200"},
		{"1,240 migrants", 1240, "", "1,240"},
		{"21,900 dinars", 21.9, "", "21,900"},
		{"1,5 tonne", 1.5, "", "1,5"},
		{"0,500 gramme", 0.5, "", "0,500"},
		{"1,5 million de dirhams", 1.5e6, "", "1,5 million"},
		{"20 000 comprimés", 20000, "", "20 000"},
		{"1 tonne", 1, "", "1"},
		{"un individu", 1, "", "un"},
		{"deux hommes", 2, "", "deux"},
		{"dix-sept suspects", 17, "", "dix-sept"},
		{"dix suspects", 10, "", "dix"},
		{"vingt et une personnes", 21, "", "vingt et une"},
		{"vingt-et-un morts", 21, "", "vingt-et-un"},
		{"vingt-quatre ans", 24, "", "vingt-quatre"},
		{"soixante et onze", 71, "", "soixante et onze"},
		{"soixante-dix-neuf", 79, "", "soixante-dix-neuf"},
		{"quatre-vingts", 80, "", "quatre-vingts"},
		{"quatre-vingt-quatorze", 94, "", "quatre-vingt-quatorze"},
		{"quatre-vingt-dix-sept", 97, "", "quatre-vingt-dix-sept"},
		{"septante-trois", 73, "", "septante-trois"},
		{"nonante et un", 91, "", "nonante et un"},
		{"cent personnes", 100, "", "cent"},
		{"deux cents", 200, "", "deux cents"},
		{"deux cent cinquante-six", 256, "", "deux cent cinquante-six"},
		{"douze cents", 1200, "", "douze cents"},
		{"mille neuf cent quatre-vingt-quatre", 1984, "", "mille neuf cent quatre-vingt-quatre"},
		{"trois mille cinq cents", 3500, "", "trois mille cinq cents"},
		{"deux millions trois cent mille", 2.3e6, "", "deux millions trois cent mille"},
		{"un million", 1e6, "", "un million"},
		{"une dizaine de personnes", 10, "~", "une dizaine"},
		{"une bonne vingtaine", 20, "~", "une bonne vingtaine"},
		{"une centaine de", 100, "~", "une centaine"},
		{"une demi-douzaine", 6, "~", "une demi-douzaine"},
		{"deux douzaines", 24, "~", "deux douzaines"},
		{"dizaines de blessés", 10, "~+", "dizaines"},
		{"centaines de milliers", 100000, "~+", "centaines de milliers"},
		{"un millier", 1000, "~", "un millier"},
		{"deux et trois", 2, "", "deux"},
		{"2, 500", 2, "", "2"},
	})
}

func TestArabicNumbers(t *testing.T) {
	check(t, Arabic, []want{
		{"12 شخصا", 12, "", "12"},
		{"٣٥٠٠ موقوف", 3500, "", "٣٥٠٠"},
		{"3٬500 موقوف", 3500, "", "3٬500"},
		{"3.500 موقوف", 3500, "", "3.500"},
		{"3,500 موقوف", 3500, "", "3,500"},
		{"1٫5 طن", 1.5, "", "1٫5"},
		{"1,5 طن", 1.5, "", "1,5"},
		{"بـ54 كيلوغراما", 54, "", "بـ54"},
		{"و11 شخصا", 11, "", "و11"},
		{"ثلاثة أشخاص", 3, "", "ثلاثة"},
		{"ثلاث خلايا", 3, "", "ثلاث"},
		{"3 ملايير سنتيم", 3e9, "", "3 ملايير"},
		{"واحدا وستين مهاجرا", 61, "", "واحدا وستين"},
		{"بثمانيا وعشرين حقيبة", 28, "", "بثمانيا وعشرين"},
		{"لثلاثة أشخاص", 3, "", "لثلاثة"},
		{"وبخمسة عناصر", 5, "", "وبخمسة"},
		{"عشرة بمليلية", 10, "", "عشرة"},
		{"الثلاثة", 3, "", "الثلاثة"},
		{"أحد عشر عنصرا", 11, "", "أحد عشر"},
		{"اثني عشر شخصا", 12, "", "اثني عشر"},
		{"اثنا عشر شخصا", 12, "", "اثنا عشر"},
		{"خمسة عشر شخصا", 15, "", "خمسة عشر"},
		{"عشرين شخصا", 20, "", "عشرين"},
		{"خمسة وعشرون شخصا", 25, "", "خمسة وعشرون"},
		{"أربعة وثلاثين", 34, "", "أربعة وثلاثين"},
		{"مائة شخص", 100, "", "مائة"},
		{"مئتين وخمسين", 250, "", "مئتين وخمسين"},
		{"مائتان وأربعون", 240, "", "مائتان وأربعون"},
		{"مائة وخمسة وعشرون", 125, "", "مائة وخمسة وعشرون"},
		{"مائة و20", 120, "", "مائة و20"},
		{"ثلاثمائة", 300, "", "ثلاثمائة"},
		{"ثلاث مئة", 300, "", "ثلاث مئة"},
		{"ألف شخص", 1000, "", "ألف"},
		{"الألفين", 2000, "", "الألفين"},
		{"ألفي درهم", 2000, "", "ألفي"},
		{"ثلاثة آلاف وخمسمائة", 3500, "", "ثلاثة آلاف وخمسمائة"},
		{"ألف ومائتان وأربعون", 1240, "", "ألف ومائتان وأربعون"},
		{"12 ألفا", 12000, "", "12 ألفا"},
		{"3 آلاف", 3000, "", "3 آلاف"},
		{"مليون ونصف", 1.5e6, "", "مليون ونصف"},
		{"1.5 مليون", 1.5e6, "", "1.5 مليون"},
		{"مليونين وثلاثمائة ألف", 2.3e6, "", "مليونين وثلاثمائة ألف"},
		{"عشرات الأشخاص", 10, "~+", "عشرات"},
		{"مئات", 100, "~+", "مئات"},
		{"آلاف الموقوفين", 1000, "~+", "آلاف"},
		{"عشرات الآلاف", 10000, "~+", "عشرات الآلاف"},
		{"10 و20", 10, "", "10"},
		{"خمسة وثلاثة", 5, "", "خمسة"},
	})
}

func TestWhatIsNoNumber(t *testing.T) {
	for _, in := range []string{"premier", "vingt-deuxième arrondissement", "18.12.2021", "personnes", "1er", ""} {
		if n, ok := French(text.Tokens(in), 0); ok {
			t.Errorf("French(%q) = %+v, want none", in, n)
		}
	}
	for _, in := range []string{"الاثنين", "الأحد", "أحد المشتبه فيهم", "السابع", "الجزائر", "بركان", "كمية من", ""} {
		if n, ok := Arabic(text.Tokens(in), 0); ok {
			t.Errorf("Arabic(%q, %+q) = %+v, want none", in, in, n)
		}
	}
	for _, in := range []string{"السابع عشر من", "الخامس والعشرين من"} {
		if n, ok := Arabic(text.Tokens(in), 1); ok {
			t.Errorf("Arabic(%q) at the second word = %+v, want none", in, n)
		}
	}
}

func TestDualGivesTheSingular(t *testing.T) {
	for in, want := range map[string]string{"شخصين": "شخص", "شخصان": "شخص", "خليتين": "خليه", "عنصرين": "عنصر", "شقيقتان": "شقيقه"} {
		if got, ok := Dual(in); !ok || got != want {
			t.Errorf("Dual(%q) = %+q, %v, want %+q", in, got, ok, want)
		}
	}
	for _, in := range []string{"عشرين", "مئتين", "شخص", "حين", "بين", ""} {
		if got, ok := Dual(in); ok {
			t.Errorf("Dual(%q) = %+q, want none", in, got)
		}
	}
}

func TestEveryListedWordIsFoldedAndKnown(t *testing.T) {
	for _, data := range []string{frenchData, arabicData} {
		lines := 0
		for _, row := range tsv.Rows(data, 3) {
			lines++
			if form := row[0]; text.Fold(form) != form {
				t.Errorf("listed %q (%+q) is not folded", form, form)
			}
		}
		if got := len(readWords(data)); got != lines {
			t.Errorf("%d of %d lines were read", got, lines)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"quatre-vingt dix mille et un", "مائة و20 ألفا ونصف", "3 500 000,5 millions de", "بـ ١٢٣٬٤٥٦", "1.2.3.4 cent mille cents"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tokens := text.Tokens(s)
		for i := range tokens {
			for _, read := range []func([]text.Token, int) (Number, bool){French, Arabic} {
				if n, ok := read(tokens, i); ok && (n.Start != i || n.End <= i || n.End > len(tokens) || math.IsNaN(n.Value) || n.Value < 0) {
					t.Fatalf("%+q at %d: bad number %+v", s, i, n)
				}
			}
			Dual(tokens[i].Fold)
		}
	})
}

func BenchmarkFrench(b *testing.B) {
	tokens := text.Tokens("Le bureau a saisi 3 500 comprimés et quatre-vingt-quatorze kilos de résine, arrêtant une dizaine de suspects")
	for b.Loop() {
		for i := range tokens {
			French(tokens, i)
		}
	}
}

func BenchmarkArabic(b *testing.B) {
	tokens := text.Tokens("تمكنت الشرطة من توقيف اثني عشر شخصا وحجز مائتين وأربعين كيلوغراما من المخدرات و3500 قرص بمدينة سلا")
	for b.Loop() {
		for i := range tokens {
			Arabic(tokens, i)
		}
	}
}
