package link

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestAddressesOfArticles(t *testing.T) {
	for address, want := range map[string]bool{
		"/societe/un-homme-arrete-a-sale": true,
		"/1234567.html":                   true,
		"/2021/12/17/nador-saisie/":       true,
		"/article.php?id=4711":            true,
		"/news/898682/sale/ar":            true,
		"/?p=4711":                        true,
		"/توقيف-شخص-في-مدينة-سلا":         true,
		"/%D8%AA%D9%88%D9%82%D9%8A%D9%81-%D8%B4%D8%AE%D8%B5-%D9%81%D9%8A-%D8%B3%D9%84%D8%A7": true,
		"/":                              false,
		"/societe":                       false,
		"/societe/":                      false,
		"/category/faits-divers-et-plus": false,
		"/tag/un-deux-trois-quatre":      false,
		"/author/jean-de-la-fontaine":    false,
		"/page/20211":                    false,
		"/une/photo-12345.jpg":           false,
		"/a/a/a/a/un-deux-trois-quatre":  false,
		"/?page=2":                       false,
		"/تصنيف/أخبار-من-مدينة-سلا": false,
	} {
		u, err := url.Parse("https://journal.example" + address)
		if err != nil {
			t.Fatal(err)
		}
		if got := Article(u); got != want {
			t.Errorf("%s: got %t", address, got)
		}
	}
}

func TestPatternOfTheOutletDecides(t *testing.T) {
	base, err := url.Parse("https://journal.example/")
	if err != nil {
		t.Fatal(err)
	}
	page := `<a href="/n/1">Brève</a><a href="/autre/un-deux-trois-quatre-cinq">Une autre page du site</a>`
	links, err := Page([]byte(page), "text/html", base, regexp.MustCompile(`^/n/\d+$`))
	if err != nil || len(links) != 1 || links[0].URL != "https://journal.example/n/1" {
		t.Errorf("got %v, %v", links, err)
	}
}

func TestDamagedSitemapIsGoodAsFarAsItGoes(t *testing.T) {
	base, err := url.Parse("https://journal.example/sitemap.xml")
	if err != nil {
		t.Fatal(err)
	}
	whole := `<urlset><url><loc>https://www.journal.example/1</loc><lastmod>2021-12-17</lastmod></url><url><loc>/2</loc></url></urlset>`
	links, err := Sitemap([]byte(whole), base)
	if err != nil || len(links) != 2 || links[0].DateText != "2021-12-17" {
		t.Errorf("got %v, %v", links, err)
	}
	cutAt, _, _ := strings.Cut(whole, "/2")
	if links, _ := Sitemap([]byte(cutAt), base); len(links) != 1 {
		t.Errorf("cut: got %v", links)
	}
	if _, err := Sitemap([]byte("<sitemapindex></sitemapindex>"), base); err == nil {
		t.Error("an index was taken for a list of pages")
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`<main><a href="/a-b-c-d">Un titre assez long</a></main>`), "text/html")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		base := &url.URL{Scheme: "https", Host: "journal.example", Path: "/"}
		links, _ := Page(body, contentType, base, nil)
		more, _ := Sitemap(body, base)
		for _, l := range append(links, more...) {
			if u, err := url.Parse(l.URL); err != nil || site(u) != site(base) {
				t.Errorf("link %q", l.URL)
			}
		}
	})
}
