package extract_test

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

// TestAMissingDateIsBetterThanAWrongOne shows what stands on pages and is no date of the article, which was fetched at noon of 18 December 2021.
func TestAMissingDateIsBetterThanAWrongOne(t *testing.T) {
	meta := func(content string) string {
		return `<meta property="article:published_time" content="` + content + `">`
	}
	tests := []struct {
		name, head, above, below string
		want, origin             string
	}{
		{"day in a meta", meta("2021-12-17"), "", "", "2021-12-17", "meta"},
		{"Arabic in a meta", meta("الجمعة، 17 ديسمبر 2021 - 08:15 م"), "", "", "2021-12-17", "meta"},
		{"the future", meta("2022-03-01T10:00:00Z"), "", "", "", ""},
		{"before there was news", meta("1970-01-01T00:00:00Z"), "", "", "", ""},
		{"zero of a database", meta("0000-00-00 00:00:00"), "", "", "", ""},
		{"the moment of the request", meta("2021-12-18T12:00:01Z"), "", "", "", ""},
		{"a minute before it", meta("2021-12-18T11:59:00Z"), "", "", "2021-12-18", "meta"},
		{"a bare year", meta("2021"), "", "", "", ""},
		{"a month", meta("décembre 2021"), "", "", "", ""},
		{"today above the headline", "", "<p>samedi 18 décembre 2021</p>", "", "", ""},
		{"another day above it", "", "<p>Publié le 16 décembre 2021</p>", "", "2021-12-16", "text"},
		{"below beats above", "", "<p>16 décembre 2021</p>", "<p>Publié le 17/12/2021 à 20h15</p>", "2021-12-17", "text"},
		{"today below the headline", "", "", "<p>Publié le 18 décembre 2021 à 09h00</p>", "2021-12-18", "text"},
		{"a sentence of the text", "", "", "<p>Le 12 mars 2019, le tribunal de la ville avait déjà condamné son frère aîné.</p>", "", ""},
		{"a date in a menu", "", "", `<nav><a href="/x">Archives du 3 janvier 2020</a></nav>`, "", ""},
		{"a caption", "", "", "<figure><img><figcaption>Salé, le 3 janvier 2020</figcaption></figure>", "", ""},
		{"RDFa beside the headline", "", "", `<span property="dc:date dc:created" content="2021-12-17T20:15:00+01:00" datatype="xsd:dateTime">ven, 17/12/2021</span>`, "2021-12-17", "meta"},
		{"time without machine form", "", "", "<time>17 دجنبر 2021</time>", "2021-12-17", "time"},
		{"only the change is known", "", "", "<p>Mis à jour le 17 décembre 2021 à 20h15</p>", "", ""},
	}
	for _, tt := range tests {
		body := article("Salé : un homme arrêté", tt.below, french, "")
		body = strings.Replace(strings.Replace(body, "</head>", tt.head+"</head>", 1), "<article>", tt.above+"<article>", 1)
		a := one(t, webpage("fr", message.Raw{}, body))
		day := ""
		if !a.Published.Time.IsZero() {
			day = a.Published.Time.Format(time.DateOnly)
		}
		if day != tt.want || a.Published.Origin != tt.origin {
			t.Errorf("%s: got %s from %q, want %s from %q", tt.name, day, a.Published.Origin, tt.want, tt.origin)
		}
	}
}

func TestChangeIsApartFromPublication(t *testing.T) {
	head := `<meta property="article:published_time" content="2021-12-16T10:00:00Z"><meta property="article:modified_time" content="2021-12-17T11:30:00Z">`
	a := one(t, webpage("fr", message.Raw{}, strings.Replace(article("Salé : un homme arrêté", "", french, ""), "</head>", head+"</head>", 1)))
	if a.Published.Time.Day() != 16 || a.Modified.Time.Day() != 17 || a.Modified.Origin != "meta" || a.Modified.Precision != message.PrecisionSecond {
		t.Errorf("got published %+v, modified %+v", a.Published, a.Modified)
	}
	head = strings.Replace(head, "2021-12-17T11", "2021-12-15T11", 1)
	a = one(t, webpage("fr", message.Raw{}, strings.Replace(article("Salé : un homme arrêté", "", french, ""), "</head>", head+"</head>", 1)))
	if !a.Modified.Time.IsZero() {
		t.Errorf("got a change %v before the publication", a.Modified.Time)
	}
}

func TestDaysInAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://journal.example/2021/12/16/sale":                   "2021-12-16",
		"https://journal.example/maroc/2021-12-16-sale.html":        "2021-12-16",
		"https://journal.example/2021/monde_arabe/12/6/sale.html":   "2021-12-06",
		"https://journal.example/2021/WORLD/africa/12/06/sale.html": "2021-12-06",
		"https://journal.example/2021/12/2338761/":                  "",
		"https://journal.example/2021/13/45/sale":                   "",
		"https://journal.example/2021/monde/31/12/sale":             "",
		"https://journal.example/2022/12/16/sale":                   "",
	} {
		a := one(t, webpage("fr", message.Raw{URL: address}, article("Salé : un homme arrêté", "", french, "")))
		day := ""
		if !a.Published.Time.IsZero() {
			day = a.Published.Time.Format(time.DateOnly)
		}
		if day != want {
			t.Errorf("%s: got %q, want %q", address, day, want)
		}
	}
}
