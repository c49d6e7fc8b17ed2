package demo

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

func bundled(t *testing.T) *press {
	t.Helper()
	p, err := loadPress()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestThePressIsLargeEnough(t *testing.T) {
	languages := map[string]int{}
	for _, a := range bundled(t).articles {
		if a.trap == "" {
			languages[a.lang]++
		}
	}
	if languages["fr"] < 20 || languages["ar"] < 20 || languages["en"] < 1 || languages["es"] < 1 || languages["fa"] < 1 {
		t.Errorf("articles per language: %v", languages)
	}
}

func TestSaleArrestIsToldInBothLanguages(t *testing.T) {
	told := map[string]int{}
	for _, a := range bundled(t).articles {
		text := a.title + strings.Join(a.paragraphs, " ")
		december := a.published.Format("2006-01") == "2021-12" && a.published.Day() >= 17
		suspect := strings.Contains(text, "24 ans") || strings.Contains(text, "24 سنة") || strings.Contains(text, "العشرين") || strings.Contains(text, "٢٤")
		if december && a.trap == "" && suspect && (strings.Contains(text, "Sal") || strings.Contains(text, "سلا")) {
			told[a.lang]++
		}
	}
	if told["fr"] < 4 || told["ar"] < 3 {
		t.Errorf("reports that name Salé: %v", told)
	}
}

func TestEveryArticleBelongsToAnOutletAndHasItsOwnPath(t *testing.T) {
	p := bundled(t)
	seen := map[string]bool{}
	for _, a := range p.articles {
		if !slices.ContainsFunc(p.outlets, func(o *outlet) bool { return o.Name == a.outlet }) {
			t.Errorf("%s: no outlet %q", a.path, a.outlet)
		}
		if seen[a.outlet+a.path] {
			t.Errorf("%s%s is there twice", a.outlet, a.path)
		}
		seen[a.outlet+a.path] = true
		if a.title == "" || a.author == "" || a.section == "" || a.published.IsZero() || !strings.HasPrefix(a.path, "/") {
			t.Errorf("%s%s: incomplete header", a.outlet, a.path)
		}
	}
}

func TestArabicTextHasNoStrayMarks(t *testing.T) {
	for _, a := range bundled(t).articles {
		for _, text := range append(a.paragraphs, a.title) {
			if i := strings.IndexFunc(text, func(r rune) bool { return r == '\ufffd' || r == '\ufeff' || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
				t.Errorf("%s%s: %+q", a.outlet, a.path, text[i:min(len(text), i+20)])
			}
		}
	}
}

func TestPagesHoldTextAndFurniture(t *testing.T) {
	p := bundled(t)
	for _, o := range p.outlets {
		own := p.of(o)
		for i, a := range own {
			if a.trap != "" {
				continue
			}
			page, err := p.articlePage(o, "http://127.0.0.1:1", own, i)
			if err != nil {
				t.Fatal(err)
			}
			text := visible(t, page)
			for _, paragraph := range a.paragraphs {
				if !strings.Contains(text, paragraph) {
					t.Errorf("%s%s: paragraph lost: %+q", a.outlet, a.path, paragraph)
				}
			}
			teasers := some(around(p.furniture.teasers, o), i, 1)
			if len(teasers) > 0 && !strings.Contains(text, teasers[0].Title) {
				t.Errorf("%s%s: no teaser on the page", a.outlet, a.path)
			}
		}
	}
}

func visible(t *testing.T, page []byte) string {
	t.Helper()
	var b strings.Builder
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(z.Token().Data)
		}
	}
}

func TestDatesReadAsInTheirCountry(t *testing.T) {
	p := bundled(t)
	at := p.articles[slices.IndexFunc(p.articles, func(a *article) bool { return a.path == "/amn/17-12-2021/sala-aljadida-bcij" })].published
	want := map[string]string{
		"fr": "17 décembre 2021 à 22h05", "ar-ma": "الجمعة 17 دجنبر 2021 - 22:05", "ar-tn": "الجمعة 17 ديسمبر 2021 22:05",
		"ar-levant": "17 كانون الأول/ديسمبر 2021 - 22:05", "es": "17 de diciembre de 2021, 22:05 h",
	}
	for calendar, date := range want {
		if got := p.furniture.calendars[calendar].write(at); got != date {
			t.Errorf("%s: %+q, want %+q", calendar, got, date)
		}
	}
}

func TestDamagedArticleFileIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"outlet: a":                   "no empty line",
		"outlet a\n\ntext":            "key: value",
		"colour: red\n\ntext":         "unknown header",
		"published: gestern\n\ntext":  "gestern",
		"outlet: a\ntitle: b\n\ntext": "",
	} {
		_, err := parseArticle(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
