package page_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"rawi/stages/extract/page"
)

const (
	// mostAllocated is the memory that one page may cost from beginning to end, collected or not: a bound of what it holds at any time.
	mostAllocated = 120 << 20
	// patience is more than ten times what the slowest of them needs on a busy machine: only what grows faster than the page exceeds it.
	patience = 60 * time.Second
)

// bombs are pages made to hurt.
func bombs() map[string]string {
	var classes, deep, distinct strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&classes, `<div class="a%d-share b%d comment%d">mot %d</div>`, i, i, i, i)
	}
	for i := range 400 {
		fmt.Fprintf(&deep, `<div class="share"><div class="entry-content caption" itemprop="headline author">texte %d `, i)
	}
	for i := range 40_000 {
		fmt.Fprintf(&distinct, "<p>Une phrase numéro %d, qui ne se répète pas.</p>", i)
	}
	object := `{"@type":"NewsArticle","author":[{"name":"x"}],"headline":"x","hasPart":[{"a":{}}]},`
	script := `<script type="application/ld+json">`
	return map[string]string{
		"300,000 tags":           strings.Repeat("<b>x</b>", 300_000),
		"10 MB of br":            strings.Repeat("text<br>", 10<<20/8),
		"20,000 paragraphs":      strings.Repeat("<p>"+strings.Repeat("mot ", 120)+"</p>", 20_000),
		"40,000 small ones":      distinct.String(),
		"one text of 8 MB":       "<p>" + strings.Repeat("mot ", 2<<20),
		"50,000 links":           strings.Repeat(`<a href="https://x.example/">lire la suite de cet article</a> `, 50_000),
		"100,000 nestings":       strings.Repeat("<div>", 100_000) + story[0],
		"unclosed b":             strings.Repeat("<b>", 100_000) + story[0],
		"formatting":             strings.Repeat("<b><i><u><font>", 400) + strings.Repeat("<p>x", 20_000),
		"tables in tables":       strings.Repeat("<table><tr><td>", 160) + strings.Repeat("<td>x", 20_000),
		"a table of 100,000":     "<table>" + strings.Repeat("<tr><td>un<td>deux<td>trois<td>quatre", 25_000) + "</table>",
		"text in a table":        "<table>" + strings.Repeat("x<tr>", 40_000),
		"60,000 classes":         classes.String(),
		"deep furniture":         deep.String() + paragraphs(),
		"one class of 2 MB":      `<div class="` + strings.Repeat("share ", 2<<20/6) + `">` + paragraphs() + "</div>",
		"10 MB attribute":        `<p title="` + strings.Repeat("x", 10<<20) + `">` + paragraphs(),
		"40,000 attributes":      "<p " + strings.Repeat("x y=z ", 40_000) + ">" + paragraphs(),
		"entities":               "<p>" + strings.Repeat("&amp;&#1575;&notanentity;", 200_000),
		"comments":               strings.Repeat("<!-- x -->", 300_000) + paragraphs(),
		"meta flood":             strings.Repeat(`<meta name="author" content="x">`, 60_000) + paragraphs(),
		"times":                  strings.Repeat(`<time datetime="2021-12-17">x</time><h1>x</h1><i itemprop="headline">x</i>`, 15_000) + paragraphs(),
		"json of brackets":       script + strings.Repeat("[", 200_000) + "</script>" + paragraphs(),
		"json of objects":        script + strings.Repeat(`{"a":`, 200_000) + "</script>" + paragraphs(),
		"json of many items":     script + "[" + strings.Repeat(object, 60_000) + "{}]</script>" + paragraphs(),
		"many scripts":           strings.Repeat(script+"["+strings.Repeat(object, 2900)+"{}]</script>", 20) + paragraphs(),
		"broken json":            strings.Repeat(script+strings.Repeat(object, 2900)+`"}</script>`, 20) + paragraphs(),
		"an article of 3 MB":     script + `{"@type":"NewsArticle","articleBody":"` + strings.Repeat("mot<br>", 400_000) + `"}</script>`,
		"select and options":     "<select>" + strings.Repeat("<option>x", 50_000) + "</select>" + paragraphs(),
		"scalable pictures":      strings.Repeat("<svg><g><path></g>", 20_000) + paragraphs(),
		"lists in lists":         strings.Repeat("<ul><li>", 250) + strings.Repeat("<li>x", 20_000),
		"frames of pages":        strings.Repeat("<frameset><frame><noframes>", 10_000) + paragraphs(),
		"a plaintext":            "<plaintext>" + strings.Repeat("<p>mot", 500_000),
		"zero bytes in the text": paragraphs() + strings.Repeat("mot ", 2000) + "<p>" + strings.Repeat("a\x00b ", 1000),
	}
}

// TestHostilePagesStayBounded bounds what pages made to hurt may cost.
func TestHostilePagesStayBounded(t *testing.T) {
	for name, bomb := range bombs() {
		t.Run(name, func(t *testing.T) {
			body := html(bomb)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			p, err := page.Read(page.Request{Body: body, ContentType: "text/html", URL: "https://x.example/"})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			t.Logf("%v, %d MB allocated, error %v", took, allocated>>20, err)
			if took > patience || allocated > mostAllocated {
				t.Errorf("took %v and %d MB, want at most %v and %d MB", took, allocated>>20, patience, mostAllocated>>20)
			}
			if err == nil && len(texts(p)) > 600<<10 {
				t.Errorf("got %d bytes of text", len(texts(p)))
			}
		})
	}
}
