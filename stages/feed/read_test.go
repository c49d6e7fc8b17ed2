package feed

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"rawi/pipeline/message"
)

const arabicTitle = "توقيف موال لتنظيم داعش في مدينة سلا"

func read(t *testing.T, body string, from Origin) Result {
	t.Helper()
	r, err := Read(t.Context(), []byte(body), from)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFormatsAreRead(t *testing.T) {
	atom := `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>صحيفة</title><entry><title>` + arabicTitle + `</title>
		<link rel="edit" href="https://s.example/edit"/><link rel="alternate" href="https://s.example/1"/><id>urn:1</id>
		<published>2021-12-17T10:00:00+01:00</published><author><name>هيئة التحرير</name></author></entry></feed>`
	json := `{"version":"https://jsonfeed.org/version/1.1","title":"صحيفة","items":[{"id":7,"url":"https://s.example/1","title":"` + arabicTitle + `",
		"date_published":"2021-12-17T10:00:00+01:00","content_text":3},{"id":"8","title":"` + arabicTitle + `","url":"https://s.example/1"}]}`
	rdf := `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
		<channel><title>صحيفة</title></channel><item><title>` + arabicTitle + `</title><link>https://s.example/1</link><dc:date>2021-12-17T10:00:00+01:00</dc:date></item></rdf:RDF>`
	rss := `<rss version="2.0"><channel><title>صحيفة</title><item><title>` + arabicTitle + `</title><link>/1</link>
		<pubDate>الجمعة، 17 دجنبر 2021 10:00</pubDate></item></channel></rss>`
	for name, body := range map[string]string{"atom": atom, "json": json, "rdf": rdf, "rss": rss} {
		t.Run(name, func(t *testing.T) {
			r := read(t, body, Origin{URL: "https://s.example/feed", Zone: time.FixedZone("", 3600)})
			if len(r.Items) == 0 {
				t.Fatal("no items")
			}
			i := r.Items[0]
			if i.Title != arabicTitle || i.Link != "https://s.example/1" || !i.Published.Equal(time.Date(2021, 12, 17, 9, 0, 0, 0, time.UTC)) {
				t.Errorf("got %+v (%+q)", i, i.Title)
			}
		})
	}
}

func TestWindows1256FeedWithoutAWordAboutIt(t *testing.T) {
	body, err := charmap.Windows1256.NewEncoder().String(rss("<item><title>" + arabicTitle + "</title><link>https://s.example/1</link></item>"))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, body, Origin{}).Items[0].Title; got != arabicTitle {
		t.Errorf("got %s (%+q)", got, got)
	}
}

func TestDamagedFeedsKeepTheirCompleteItems(t *testing.T) {
	whole := rss(rssItem(1, "Un"), rssItem(2, "Deux"), rssItem(3, "Trois"))
	inItem, _, _ := strings.Cut(whole, "Trois")
	afterItem, _, _ := strings.Cut(whole, "</channel>")
	for _, test := range []struct {
		name, body string
		want       int
	}{
		{"cut in the last item", inItem, 2},
		{"cut after the last item", afterItem, 3},
		{"item not closed", strings.Replace(whole, "</item>", "", 1), 3},
		{"case of a closing tag", strings.Replace(whole, "</title><link>https://journal.example/a", "</Title><link>https://journal.example/a", 1), 3},
		{"control character", strings.Replace(whole, "Deux", "De\x08ux&#x1b;", 1), 3},
		{"bare less-than", strings.Replace(whole, "Deux", "Deux < trois ]]> quatre", 1), 3},
		{"warning before the root", "<br />\n<b>Warning</b>: include() in <b>/x.php</b>\n" + whole, 3},
		{"root written in HTML", "<html><body>" + whole + "</body></html>", 3},
		{"closed with another name", strings.Replace(whole, "Deux</title>", "Deux</titel>", 1), 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, test.body, Origin{})
			if len(r.Items) != test.want {
				t.Fatalf("%d items, want %d", len(r.Items), test.want)
			}
			for _, i := range r.Items {
				if !strings.HasPrefix(i.Link, "https://journal.example/article-") || i.Title == "" {
					t.Errorf("item %+v", i)
				}
			}
			if test.name != "bare less-than" && !strings.Contains(test.name, "root") && !r.Damaged {
				t.Error("not marked as damaged")
			}
		})
	}
}

func TestDeepNestingNeitherKillsNorStalls(t *testing.T) {
	const levels, patience = 2_000_000, 4
	entry := func(inside string) string {
		return rss("<item><title>Un</title><link>https://s.example/1</link>"+inside+"</item>", rssItem(2, "Deux"))
	}
	before := spent(t)
	read(t, entry(strings.Repeat("<a></a>", levels)), Origin{}) // as much, and flat
	flat := spent(t)
	r := read(t, entry(strings.Repeat("<a>", levels)+strings.Repeat("</a>", levels)), Origin{})
	if took, most := spent(t)-flat, patience*(flat-before); took > most {
		t.Errorf("took %s, want %s at most", took, most)
	}
	if len(r.Items) != 2 || !r.Damaged || r.Items[0].Title != "Un" {
		t.Errorf("got %d items, damaged %t", len(r.Items), r.Damaged)
	}
}

func TestEntitiesOfTheDocumentAreExpandedOnlyIfShortAndPlain(t *testing.T) {
	prologue := `<!DOCTYPE rss [<!ENTITY ville "Salé"><!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>`
	r := read(t, prologue+rss("<item><title>&ville; &f; &b;</title></item>"), Origin{})
	if got := r.Items[0].Title; !strings.HasPrefix(got, "Salé") || strings.Contains(got, "root:") || strings.Contains(got, "aaaa") {
		t.Errorf("got %q", got)
	}
}

func TestItemsPastTheCapAreLeftOut(t *testing.T) {
	items := make([]string, 3000)
	for i := range items {
		items[i] = rssItem(i, "Titre")
	}
	r := read(t, rss(items...), Origin{})
	if len(r.Items) != 2000 || !r.Capped {
		t.Errorf("%d items, capped %t", len(r.Items), r.Capped)
	}
}

func TestTitlesArePlainText(t *testing.T) {
	r := read(t, rss("<item><title>L&amp;eacute;gislatives&#160;: &lt;b&gt;A &amp;amp; B&lt;/b&gt;\u202e</title></item>"), Origin{})
	if got := r.Items[0].Title; got != "Législatives : A & B" {
		t.Errorf("got %+q", got)
	}
}

func TestFullTextsAndTeasersAreToldApart(t *testing.T) {
	sentence := "Les services de sécurité ont interpellé jeudi un homme de vingt-quatre ans à Salé. "
	long := "<p>" + strings.Repeat(sentence, 12) + "</p>"
	for _, test := range []struct {
		name string
		item Item
		full FullText
		want bool
	}{
		{"long content", Item{Content: long}, FullTextAuto, true},
		{"long description", Item{Summary: long}, FullTextAuto, true},
		{"short news beside a summary", Item{Content: "<p>" + strings.Repeat(sentence, 5) + "</p>", Summary: sentence}, FullTextAuto, true},
		{"short summary", Item{Summary: sentence}, FullTextAuto, false},
		{"cut with an ellipsis", Item{Content: long + "…"}, FullTextAuto, false},
		{"cut by WordPress", Item{Content: long + "[…] L’article est apparu en premier sur Le Journal."}, FullTextAuto, false},
		{"invites to read on", Item{Content: long + `<a href="/1">Lire la suite »</a>`}, FullTextAuto, false},
		{"invites in Arabic", Item{Content: long + "اقرأ المزيد"}, FullTextAuto, false},
		{"told to fetch", Item{Content: long}, FullTextNever, false},
		{"told not to", Item{Content: sentence}, FullTextAlways, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.item.Link = "https://s.example/1"
			_, m := sighting{cfg: Default(), feed: Feed{FullText: test.full}}.message(named{Item: test.item})
			if _, raw := m.(message.Raw); raw != test.want {
				t.Errorf("got %T", m)
			}
		})
	}
}

func TestLinesOfAPlainTextStayApart(t *testing.T) {
	if got := paragraphs("Un.\n\nDeux.\n"); got != "<p>Un.</p>\n<p>Deux.</p>\n" {
		t.Errorf("got %q", got)
	}
	if got := paragraphs("<p>Un\nDeux</p>"); got != "<p>Un\nDeux</p>" {
		t.Errorf("got %q", got)
	}
}

func TestPollOfARealServer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
	}))
	defer s.Close()
	m := newMemory()
	p := New(Default(), http.DefaultTransport, m, m, slog.New(slog.DiscardHandler))
	box := &inbox{}
	got, _, err := p.poll(t.Context(), Feed{URL: s.URL, Outlet: message.Outlet{Name: "journal"}}, state{}, box.emit)
	if err != nil || got.Error != "" || len(box.got) != 1 {
		t.Fatalf("state %+v, emitted %v (%v)", got, box.got, err)
	}
	f := box.got[0].(message.Fetch)
	if f.Subject() != "news.fetch.journal" || f.Found.How != message.FoundFeed || f.Found.Where != s.URL || f.ID == "" || f.Seen == "" {
		t.Errorf("got %+v", f)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(rss(rssItem(1, "Un"))), "text/xml")
	f.Add([]byte(`{"version":"x","items":[{"id":1}]}`), "application/json")
	f.Add([]byte(`<feed><entry><content type="xhtml"><div><br></content></feed>`), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		r, err := Read(t.Context(), body, Origin{ContentType: contentType, URL: feedURL})
		if err != nil && len(r.Items) > 0 {
			t.Errorf("%d items beside error %v", len(r.Items), err)
		}
	})
}

// benchFeed is a healthy feed of 50 whole articles.
func benchFeed() []byte {
	items := make([]string, 50)
	text := strings.Repeat("<p>أعلن المكتب المركزي للأبحاث القضائية عن توقيف شخص في مدينة سلا.</p>", 30)
	for i := range items {
		items[i] = fmt.Sprintf(`<item><title>%s %d</title><link>https://s.example/%d</link><guid>https://s.example/?p=%d</guid>`+
			`<pubDate>Fri, 17 Dec 2021 10:%02d:00 +0100</pubDate><description>خلاصة</description><content:encoded><![CDATA[%s]]></content:encoded></item>`,
			arabicTitle, i, i, i, i, text)
	}
	return []byte(strings.Replace(rss(items...), `<rss version="2.0">`, `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">`, 1))
}

func BenchmarkRead(b *testing.B) {
	body := benchFeed()
	b.SetBytes(int64(len(body)))
	measured(b, func() {
		if _, err := Read(b.Context(), body, Origin{URL: feedURL}); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkParserAlone is what BenchmarkRead is compared with.
func BenchmarkParserAlone(b *testing.B) {
	body := benchFeed()
	b.SetBytes(int64(len(body)))
	measured(b, func() {
		if _, err := parse(b.Context(), body); err != nil {
			b.Fatal(err)
		}
	})
}

func TestSuiteFilesSurviveBeingCutAnywhere(t *testing.T) {
	dir := shared(t, filepath.Join("feeds", "files", "own"))
	paths, err := filepath.Glob(filepath.Join(dir, "structure", "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for cut := 0; cut < len(body); cut += 211 {
			r, err := Read(t.Context(), body[:cut], Origin{})
			if err == nil && !r.Damaged && len(r.Items) == 0 && cut > len(body)/2 {
				t.Errorf("%s cut at %d: no items and no word about it", filepath.Base(path), cut)
			}
		}
	}
}
