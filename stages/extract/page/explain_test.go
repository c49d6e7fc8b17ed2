package page_test

import (
	"slices"
	"strings"
	"testing"

	"rawi/stages/extract/page"
)

func judged(t *testing.T, p *page.Page, begins string) page.Judged {
	t.Helper()
	i := slices.IndexFunc(p.Judged, func(j page.Judged) bool { return strings.HasPrefix(j.Text, begins) })
	if i < 0 {
		t.Fatalf("no block begins with %q in %+v", begins, p.Judged)
	}
	return p.Judged[i]
}

func explained(t *testing.T, body []byte) *page.Page {
	t.Helper()
	p, err := page.Read(page.Request{Body: body, ContentType: "text/html", Language: "fr", URL: "https://journal.example/2021/12/17/sale", Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryBlockSaysWhatBecameOfIt(t *testing.T) {
	caption := `<figure><img src=x><figcaption>Le tribunal de Salé, photo d'archives</figcaption></figure>`
	p := explained(t, html(`<div id="texte" class="entry-content wide">`+caption+paragraphs()+"</div>"))
	first := judged(t, p, story[0])
	if !first.Kept || len(first.Why) == 0 || !strings.HasSuffix(first.Path, "article>div#texte.entry-content>p") || first.Words < 20 {
		t.Errorf("got %+v, want a paragraph that stays", first)
	}
	if c := judged(t, p, "Le tribunal"); c.Kept || !slices.Contains(c.Why, "caption") {
		t.Errorf("got %+v, want a caption that goes", c)
	}
	if m := judged(t, p, "Accueil"); m.Kept || !m.Linked || len(m.Why) == 0 {
		t.Errorf("got %+v, want a link of the menu that goes", m)
	}
	kept := 0
	for _, j := range p.Judged {
		if j.Kept {
			kept++
		}
	}
	if kept != len(p.Blocks) {
		t.Errorf("got %d blocks that stay, want the %d of the page", kept, len(p.Blocks))
	}
}

func TestExplainingChangesNothing(t *testing.T) {
	plain, asked := read(t, html(paragraphs())), explained(t, html(paragraphs()))
	if texts(plain) != texts(asked) || plain.Judged != nil {
		t.Errorf("got %q asked, %q unasked with %d judgements", texts(asked), texts(plain), len(plain.Judged))
	}
}

func TestTextFromStructuredDataSaysSo(t *testing.T) {
	ld := `<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"Samia Test"},"articleBody":"` + strings.Join(story, `\n`) + `"}</script>`
	p := explained(t, []byte("<html><head>"+ld+"</head><body><div id=app></div></body></html>"))
	if j := judged(t, p, story[1]); !j.Kept || j.Path != page.FromData {
		t.Errorf("got %+v", j)
	}
	if len(p.AuthorsFrom) != 1 || p.AuthorsFrom[0] != page.FromData || p.Authors[0][0] != "Samia Test" {
		t.Errorf("got authors %v from %v", p.Authors, p.AuthorsFrom)
	}
}
