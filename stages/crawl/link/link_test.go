package link

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
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

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestTraps(t *testing.T) {
	now := time.Date(2021, 12, 17, 12, 0, 0, 0, time.UTC)
	for path, want := range map[string]bool{
		"/a/a/a/a/un-deux-trois-quatre":                   true,
		"/" + strings.Repeat("a/", 15) + "un-deux-trois":  true,
		"/" + strings.Repeat("a", 2500):                   true,
		"/2021/12/17":                                     true,
		"/archives/2021-12/":                              true,
		"/une-liste-de-quatre?date=2021-12-17":            true,
		"/2031/01/05/un-jour-a-venir-bientot":             true,
		"/2021/12/17/nador-saisie":                        false,
		"/2021/12/18/demain-a-nador-saisie":               false,
		"/article.php?id=4711&date=2021":                  false,
		"/societe/proces-de-2017":                         false,
		"/a/b/a/c/a/un-deux-trois-quatre":                 false,
		"/%D8%B3%D9%84%D8%A7/" + strings.Repeat("س", 200): false,
	} {
		u := address(t, "https://journal.example"+path)
		if got := Endless(u) || Calendar(u, now); got != want {
			t.Errorf("%.60s: got %t", path, got)
		}
	}
}

func TestOneNumberWithAnySlugIsNotManyArticles(t *testing.T) {
	var page strings.Builder
	for i := range 50 {
		fmt.Fprintf(&page, `<a href="/sport/match-du-jour-%c%c-4711234.html">Le match du jour, minute %d</a>`, 'a'+i/10, 'a'+i%10, i)
		fmt.Fprintf(&page, `<a href="/un-deux-trois-quatre?tri=%d">Une liste triée de toutes les manières</a>`, i)
		fmt.Fprintf(&page, `<a href="/sport/un-autre-match-%d.html">Un autre match, numéro %d du jour</a>`, 5500000+i, i)
	}
	links, err := Page([]byte(page.String()), "text/html; charset=utf-8", address(t, "https://journal.example/sport"), nil)
	if err != nil || len(links) != 50+maxSlugs+maxQueries {
		t.Errorf("%d links, %v; want %d", len(links), err, 50+maxSlugs+maxQueries)
	}
}

func TestReferencesAreRepaired(t *testing.T) {
	page := "<a href=\" \n/100%-de-hausse-a-\tsale \">Un titre assez long ici</a>" +
		`<a href="https:\\journal.example\cinq-six-sept-huit">Un autre titre assez long</a>`
	links, err := Page([]byte(page), "text/html; charset=utf-8", address(t, "https://journal.example/"), nil)
	if err != nil || len(links) != 2 || links[1].URL != "https://journal.example/cinq-six-sept-huit" {
		t.Errorf("got %v, %v", links, err)
	}
}

func TestIndexLeadsToSitemaps(t *testing.T) {
	base := address(t, "https://journal.example/sitemap.xml")
	index := "\ufeff<?xml version=\"1.0\"?><!-- made by hand --><sm:sitemapindex xmlns:sm=\"http://www.sitemaps.org/schemas/sitemap/0.9\">" +
		"<sm:sitemap><sm:loc>https://www.journal.example/a.xml.gz</sm:loc><sm:lastmod>2021-12-17</sm:lastmod></sm:sitemap>" +
		"<sm:sitemap><sm:loc>https://cartes.journal.example/b.xml</sm:loc></sm:sitemap>" +
		"<sm:sitemap><sm:loc>https://autre.example/c.xml</sm:loc></sm:sitemap></sm:sitemapindex>"
	if !IsIndex([]byte(index)) || IsSitemap([]byte(index)) {
		t.Error("not recognised")
	}
	links, err := Index([]byte(index), base)
	if err != nil || len(links) != 2 || links[0].DateText != "2021-12-17" || links[1].URL != "https://cartes.journal.example/b.xml" {
		t.Errorf("got %v, %v", links, err)
	}
	if IsSitemap([]byte("<html><body>&lt;urlset <p><urlset></body></html>")) || IsIndex(nil) {
		t.Error("a page was taken for a sitemap")
	}
}

func TestCompressedSitemapIsOpenedUnderACap(t *testing.T) {
	pack := func(b []byte) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := z.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if got, err := Opened(pack([]byte("<urlset/>"))); err != nil || string(got) != "<urlset/>" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := Opened([]byte("<urlset/>")); err != nil || string(got) != "<urlset/>" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := Opened(pack(make([]byte, maxOpened+1))); err == nil {
		t.Errorf("a bomb became %d bytes", len(got))
	}
}

// TestSitemapsOfOthersAreRead reads the samples of other parsers, where they lie beside the checkout.
func TestSitemapsOfOthersAreRead(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "shared", "feeds", "sitemaps", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			body, err := os.ReadFile(name)
			if err != nil {
				continue // a folder
			}
			read++
			body, err = Opened(body)
			if err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
			links, index := everything(body)
			t.Logf("%s: %d pages, %d sitemaps", filepath.Base(name), links, index)
			if base := filepath.Base(name); strings.HasPrefix(strings.ToLower(base), "sitemap") && links+index == 0 {
				t.Errorf("%s: nothing was found", base)
			}
		}
	}
	if read == 0 {
		t.Skip("no samples beside the checkout")
	}
}

// everything counts what a document lists, for the site of its first address.
func everything(body []byte) (pages, sitemaps int) {
	for _, site := range regexp.MustCompile(`https?://[^/<>"\s]+/`).FindAll(body, -1) {
		u, err := url.Parse(string(site))
		if err != nil {
			continue
		}
		p, _ := Sitemap(body, u)
		i, _ := Index(body, u)
		l := 0
		if IsList(body) {
			l = len(List(body, u))
		}
		pages, sitemaps = max(pages, len(p), l), max(sitemaps, len(i))
	}
	return pages, sitemaps
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`<main><a href="/a-b-c-d">Un titre assez long</a></main>`), "text/html")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		base := &url.URL{Scheme: "https", Host: "journal.example", Path: "/"}
		links, _ := Page(body, contentType, base, nil)
		more, _ := Sitemap(body, base)
		index, _ := Index(body, base)
		for _, l := range slices.Concat(links, more, index, List(body, base)) {
			if u, err := url.Parse(l.URL); err != nil || !Related(u, base) {
				t.Errorf("link %q", l.URL)
			}
		}
	})
}

func TestProseIsTheSameUntilSomebodyEditsIt(t *testing.T) {
	const page = `<html><head><title>a</title></head><body><h1>Un homme arrêté à Salé</h1><p class="x1">Vu 12 fois</p>
		<p>Un homme de 24 ans a été arrêté <a href="/x">jeudi</a> à Salé, a indiqué une source sécuritaire.</p><aside>13:05</aside></body></html>`
	first := Prose([]byte(page))
	same := strings.NewReplacer("Vu 12", "Vu 13", "13:05", "14:05", "x1", "x2", "de 24 ans", "de  24\nans", "jeudi", "Jeudi").Replace(page)
	if first == "" || Prose([]byte(same)) != first {
		t.Errorf("got %q and %q", first, Prose([]byte(same)))
	}
	for _, edit := range []string{"24 ans|25 ans", "Salé</h1>|Nador</h1>", "sécuritaire.</p>|sécuritaire.</p><p>Correction : une première version de cet article donnait un autre âge.</p>"} {
		old, now, _ := strings.Cut(edit, "|")
		if Prose([]byte(strings.Replace(page, old, now, 1))) == first {
			t.Errorf("%s: not noticed", edit)
		}
	}
	if got := Prose([]byte("<html><body><div>13:05</div></body></html>")); got != "" {
		t.Errorf("a page without text has %q", got)
	}
}
