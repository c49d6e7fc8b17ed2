package page_test

import (
	"fmt"
	"strings"
	"testing"

	"rawi/stages/extract/page"
)

func TestPagesThatHoldNoArticleAreToldByKind(t *testing.T) {
	var teasers, excerpts, links strings.Builder
	for i := range 14 {
		fmt.Fprintf(&teasers, `<article><a href="/a%d"><h3>Un titre de la rubrique sur le sujet %d</h3></a><p>Le résumé de cet article numéro %d donne en une vingtaine
			de mots ce que le lecteur peut attendre du texte.</p><span>Il y a %d heures</span></article>`, i, i, i, i)
		fmt.Fprintf(&excerpts, `<div><h2><a href="/a%d">Un titre de la rubrique numéro %d</a></h2><div>Le résumé de cet article numéro %d donne en une vingtaine de mots ce que
			le lecteur peut attendre du texte. <a href="/a%d">Lire la suite</a></div></div>`, i, i, i, i)
		fmt.Fprintf(&links, `<li><a href="/a%d">Un titre de la rubrique sur le sujet %d</a></li>`, i, i)
	}
	pictures := strings.Repeat("<figure><img src=x><figcaption>Une rue de la médina de Fès vendredi matin, avant l'ouverture</figcaption></figure>", 8)
	frame := func(head, inside string) string {
		return "<html><head><title>Maroc - Le Journal</title>" + head + "</head><body><h1>Maroc</h1>" + inside + "</body></html>"
	}
	tests := []struct{ name, body, want string }{
		{"teasers", frame("", "<div>"+teasers.String()+"</div>"), page.KindIndex},
		{"excerpts", frame("", "<div>"+excerpts.String()+"</div>"), page.KindIndex},
		{"titles", frame("", "<ul>"+links.String()+"</ul>"), page.KindIndex},
		{"teasers below an article", frame("", paragraphs()+"<div>"+teasers.String()+"</div>"), page.KindArticle},
		{"teasers around a flash", frame("<meta property=og:type content=article>", "<p>Une secousse a été ressentie vendredi soir à Agadir.</p>"+links.String()), page.KindArticle},
		{"pictures", frame("", "<p>La médina de Fès en huit images prises vendredi par notre photographe.</p>"+pictures), page.KindGallery},
		{"an article with pictures", frame("", paragraphs()+pictures), page.KindArticle},
		{"video", frame("<meta property=og:type content=video.other>", paragraphs()), page.KindVideo},
		{"live", frame(`<script type="application/ld+json">{"@type":"LiveBlogPosting"}</script>`, paragraphs()), page.KindLive},
	}
	for _, tt := range tests {
		if p := read(t, []byte(tt.body)); p.Kind != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, p.Kind, tt.want)
		}
	}
}
