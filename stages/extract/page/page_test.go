package page_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/extract/page"
)

// story is an article of our own, one paragraph a line.
var story = []string{
	"Les services de sécurité ont interpellé jeudi matin à Salé un homme de vingt-quatre ans soupçonné d'avoir préparé un attentat, ont annoncé les autorités.",
	"Selon le communiqué publié vendredi, le suspect avait fait allégeance à une organisation extrémiste et cherchait depuis plusieurs semaines des produits chimiques.",
	"Lors de la perquisition de son domicile, les enquêteurs ont découvert des bonbonnes de gaz, des fils électriques et plusieurs téléphones portables.",
	"Le procureur a ordonné son placement en garde à vue, pendant que l'enquête se poursuit afin d'identifier d'éventuels complices dans la région.",
}

const (
	head      = `<meta property="og:title" content="Salé : un homme arrêté"><meta name="description" content="Un jeune homme arrêté à Salé préparait seul un attentat contre des lieux publics de la ville.">`
	furniture = `<nav><ul><li><a href="/a">Accueil</a></li><li><a href="/b">Sport</a></li></ul></nav>`
	comments  = `<div id="comments"><h3>Laisser un commentaire</h3><form><p>Votre nom</p><textarea>Votre message</textarea></form></div>`
)

func html(inside string) []byte {
	return []byte("<!doctype html><html lang=fr><head><title>Salé : un homme arrêté | Le Journal</title>" + head + "</head><body>" + furniture +
		"<article><h1>Salé : un homme arrêté</h1>" + inside + "</article>" + comments + "<footer><p>Tous droits réservés</p></footer></body></html>")
}

func paragraphs() string { return "<p>" + strings.Join(story, "</p>\n<p>") + "</p>" }

func read(t testing.TB, body []byte) *page.Page {
	t.Helper()
	p, err := page.Read(page.Request{Body: body, ContentType: "text/html", Language: "fr", URL: "https://journal.example/2021/12/17/sale"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func texts(p *page.Page) string {
	lines := make([]string, len(p.Blocks))
	for i, b := range p.Blocks {
		lines[i] = b.Text
	}
	return strings.Join(lines, "\n")
}

func TestArticleIsFoundWithoutItsFrame(t *testing.T) {
	p := read(t, html(paragraphs()))
	got := texts(p)
	for _, want := range story {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in:\n%s", want, got)
		}
	}
	for _, junk := range []string{"Accueil", "Votre nom", "Tous droits"} {
		if strings.Contains(got, junk) {
			t.Errorf("got %q in:\n%s", junk, got)
		}
	}
	if p.Agreement < 0.5 {
		t.Errorf("got agreement %.2f, want most blocks", p.Agreement)
	}
}

func TestBlocksKeepTheirKind(t *testing.T) {
	p := read(t, html("<p>"+story[0]+"</p><p>"+story[1]+"</p><h2>Une perquisition décisive</h2><blockquote><p>"+story[2]+"</p></blockquote><p>"+story[3]+"</p>"))
	kinds := map[string]string{}
	for _, b := range p.Blocks {
		kinds[b.Text] = b.Kind
	}
	if kinds["Une perquisition décisive"] != message.BlockSubhead || kinds[story[2]] != message.BlockQuote || kinds[story[0]] != message.BlockParagraph {
		t.Errorf("got %v", kinds)
	}
}

func TestLostStandfirstIsRecovered(t *testing.T) {
	lead := "Un jeune homme arrêté à Salé préparait seul un attentat contre des lieux publics de la ville, selon les enquêteurs."
	p := read(t, []byte(strings.Replace(string(html(paragraphs())), "<article>", `<header><div class="share-nav menu">`+lead+"</div></header><article>", 1)))
	if p.Lead != lead && !strings.Contains(texts(p), lead) {
		t.Errorf("got lead %q and text without the standfirst", p.Lead)
	}
}

func TestPostsFromElsewhereAreNotTheArticle(t *testing.T) {
	tweet := `<blockquote class="twitter-tweet"><p>Incroyable, quelle journée pour toute la ville de Salé et ses habitants !</p>— Quelqu'un (@x) December 17, 2021</blockquote>`
	if got := texts(read(t, html("<p>"+story[0]+"</p>"+tweet+"<p>"+strings.Join(story[1:], "</p><p>")+"</p>"))); strings.Contains(got, "Incroyable") {
		t.Errorf("got the post in:\n%s", got)
	}
}

func TestStructuredDataIsReadEvenBroken(t *testing.T) {
	ld := "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebPage\",\"name\":\"Le Journal\"},{\"@type\":\"NewsArticle\"," +
		"\"headline\":\"Salé : un homme arrêté\",\n\"description\":\"deux\nlignes\",\"datePublished\":\"2021-12-17T20:15:00+01:00\",\"dateModified\":\"2021-12-18T09:00:00+01:00\"," +
		"\"author\":[{\"@type\":\"Person\",\"name\":\"Rédaction locale\"}],\"isAccessibleForFree\":\"False\",}]};</script>"
	p := read(t, html(ld+paragraphs()))
	if len(p.Dates) < 2 || p.Dates[0].Text != "2021-12-17T20:15:00+01:00" || p.Dates[0].Origin != "json-ld" || !p.Dates[1].Modified {
		t.Errorf("got dates %+v", p.Dates)
	}
	if !p.Paid || len(p.Authors) == 0 || p.Authors[0][0] != "Rédaction locale" || p.Headlines[0].Origin != page.FromData {
		t.Errorf("got paid %v, authors %v, headlines %v", p.Paid, p.Authors, p.Headlines)
	}
}

func TestTextThatOnlyAScriptHoldsIsStillRead(t *testing.T) {
	ld := `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Salé","articleBody":"` + strings.Join(story, `\n`) + `"}</script>`
	got := texts(read(t, []byte("<html><head>"+ld+"</head><body><div id=app></div></body></html>")))
	if !strings.Contains(got, story[3]) {
		t.Errorf("got %q, want the article body of the structured data", got)
	}
}

func TestPlainTextIsBlocksByLine(t *testing.T) {
	p, err := page.Read(page.Request{Body: []byte("Titre\n\n- un point\n" + story[0] + "\n"), ContentType: "text/plain"})
	if err != nil || !p.Plain || len(p.Blocks) != 3 || p.Blocks[1].Kind != message.BlockList || p.Blocks[1].Text != "un point" {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestFeedContentIsAllArticle(t *testing.T) {
	p, err := page.Read(page.Request{Body: []byte("<p>Flash : un séisme ressenti à Agadir.</p><figure><figcaption>Photo</figcaption></figure>"), ContentType: "text/html", Fragment: true})
	if err != nil || texts(p) != "Flash : un séisme ressenti à Agadir." {
		t.Errorf("got %q, %v", texts(p), err)
	}
}

func TestWhatIsNoPageIsADeadLetter(t *testing.T) {
	tests := []struct{ name, body, reason string }{
		{"image", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"},
		{"a hundred thousand nestings", strings.Repeat("<div>", 40_000) + "text", "too_deep"},
	}
	for _, tt := range tests {
		_, err := page.Read(page.Request{Body: []byte(tt.body), ContentType: "text/html"})
		var dead *fault.Permanent
		if !errors.As(err, &dead) || dead.Reason != tt.reason {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.reason)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(html(paragraphs()), "text/html", false)
	f.Add([]byte(`<script type="application/ld+json">{"@type":["NewsArticle"],"author":[[[]]],"datePublished":[{}]}</script><h1>x`), "", false)
	f.Add([]byte("<p>a<table><tr><td><p>b</table><svg><p>c"), "text/html; charset=windows-1256", true)
	f.Add([]byte("- a\n\n* b"), "text/plain", false)
	f.Fuzz(func(t *testing.T, body []byte, contentType string, fragment bool) {
		p, err := page.Read(page.Request{Body: body, ContentType: contentType, URL: "https://x.example/a", Fragment: fragment})
		if err != nil {
			return
		}
		for _, b := range p.Blocks {
			if b.Text == "" || !utf8.ValidString(b.Text) || b.Kind == "" {
				t.Errorf("got block %+v", b)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var teasers strings.Builder
	for i := range 60 {
		fmt.Fprintf(&teasers, `<div class="teaser"><a href="/%d"><img src="x.jpg"><h3>Un autre titre numéro %d</h3></a></div>`, i, i)
	}
	body := html(paragraphs() + paragraphs() + "</article><aside>" + teasers.String() + "</aside>")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		read(b, body)
	}
}
