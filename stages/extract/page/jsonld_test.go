package page_test

import (
	"strings"
	"testing"

	"rawi/stages/extract/page"
)

func withData(scripts ...string) []byte {
	var b strings.Builder
	for _, s := range scripts {
		b.WriteString("<script type=\"application/ld+json\">" + s + "</script>")
	}
	return html(b.String() + paragraphs())
}

// TestBrokenJSONIsRead shows the ways in which content systems break JSON-LD.
func TestBrokenJSONIsRead(t *testing.T) {
	const good = `{"@context":"https://schema.org","@type":"NewsArticle","headline":"Salé : un homme arrêté","datePublished":"2021-12-17T20:15:00+01:00"}`
	tests := map[string]string{
		"whole":                 good,
		"trailing commas":       strings.Replace(good, `"}`, "\",\n  }", 1),
		"in a list, with comma": "[" + good + ",\n]",
		"raw line end":          strings.Replace(good, "un homme", "un\nhomme", 1),
		"raw tab":               strings.Replace(good, "un homme", "un\thomme", 1),
		"HTML comment":          "<!--\n" + good + "\n-->",
		"CDATA":                 "//<![CDATA[\n" + good + "\n//]]>",
		"CDATA in comments":     "/*<![CDATA[*/" + good + "/*]]>*/",
		"semicolon":             good + ";",
		"two objects":           `{"@type":"Organization","name":"Le Journal"}` + good,
		"two, comma between":    `{"@type":"Organization","name":"Le Journal"},` + good,
		"graph":                 `{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},` + good + `]}`,
		"type in a list":        strings.Replace(good, `"NewsArticle"`, `["NewsArticle","Article"]`, 1),
		"type as an address":    strings.Replace(good, "NewsArticle", "http://schema.org/NewsArticle", 1),
		"quotes in a string":    strings.Replace(good, `"datePublished"`, `"description":"L'homme dit "le loup" a parlé","datePublished"`, 1),
		"escape of JavaScript":  strings.Replace(good, "un homme", `un\' homme`, 1),
		"escaped by HTML":       strings.ReplaceAll(good, `"`, "&quot;"),
		"dates in a list":       strings.Replace(good, `"2021-12-17T20:15:00+01:00"`, `["2021-12-17T20:15:00+01:00"]`, 1),
		"behind another":        `{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","item":{"@type":"NewsArticle","headline":"Autre","datePublished":"2001-01-01"}}]}` + "\n" + good,
		"related first":         `{"@type":"NewsArticle","headline":"Un autre article","datePublished":"2001-01-01"}` + good,
	}
	for name, script := range tests {
		p := read(t, withData(script))
		if len(p.Dates) == 0 || p.Dates[0].Text != "2021-12-17T20:15:00+01:00" || p.Dates[0].Origin != page.FromData {
			t.Errorf("%s: got dates %+v", name, p.Dates)
		}
	}
}

func TestAuthorsAreFoundByReference(t *testing.T) {
	p := read(t, withData(`{"@graph":[{"@type":"NewsArticle","headline":"x","author":{"@id":"#/person/1"}},{"@type":"Person","@id":"#/person/1","name":"Samia Test"}]}`))
	if len(p.Authors) == 0 || p.Authors[0][0] != "Samia Test" || p.AuthorsFrom[0] != page.FromData {
		t.Errorf("got %v from %v", p.Authors, p.AuthorsFrom)
	}
}

func TestOtherArticlesSayNothingOfThisOne(t *testing.T) {
	p := read(t, withData(`{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Autre","datePublished":"2001-01-01","isAccessibleForFree":false}]}`,
		`{"@type":"ItemList","itemListElement":[{"item":{"@type":"LiveBlogPosting","headline":"Autre"}}]}`))
	if len(p.Dates) != 0 || p.Paid || p.Live {
		t.Errorf("got dates %v, paid %v, live %v", p.Dates, p.Paid, p.Live)
	}
}

func TestSeveralScriptsAreOneDescription(t *testing.T) {
	p := read(t, withData(`not json at all`, `{"@type":"WebPage","datePublished":"2001-01-01"}`, `{"@type":"ReportageNewsArticle","headline":"x","datePublished":"2021-12-17","wordCount":"321"}`))
	if len(p.Dates) == 0 || p.Dates[0].Text != "2021-12-17" || p.WordCount != 321 {
		t.Errorf("got dates %v, %d words", p.Dates, p.WordCount)
	}
}

func TestParagraphsOfAnArticleBodyStayApart(t *testing.T) {
	for name, between := range map[string]string{"escaped": `\n\n`, "raw": "\n", "markup": "</p><p>", "escaped markup": "&lt;/p&gt;&lt;p&gt;"} {
		body := `{"@type":"NewsArticle","headline":"x","articleBody":"<p>` + strings.Join(story, between) + `</p>"}`
		p := read(t, []byte(`<html><head><script type="application/ld+json">`+body+`</script></head><body></body></html>`))
		if len(p.Blocks) != len(story) {
			t.Errorf("%s: got %d blocks, want %d", name, len(p.Blocks), len(story))
		}
	}
}
