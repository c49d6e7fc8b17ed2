package demo

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/mmcdole/gofeed"
)

func TestEveryFeedGivesAllArticlesOfItsOutlet(t *testing.T) {
	s := start(t)
	press, err := loadPress()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, o := range press.outlets {
		if o.Feed == feedNone {
			continue
		}
		kinds[o.Feed] = true
		parsed := parseFeed(t, outletNamed(t, s, o.Name).Feeds[0])
		own := press.of(o)
		if len(parsed.Items) != len(own) {
			t.Errorf("%s: %d items of %d", o.Name, len(parsed.Items), len(own))
			continue
		}
		for i, item := range parsed.Items {
			checkItem(t, o, own[i], item)
		}
	}
	for _, kind := range []string{feedRSSFull, feedRSSSummary, feedAtomFull, feedAtomSummary, feedJSON} {
		if !kinds[kind] {
			t.Errorf("no outlet has a feed of kind %s", kind)
		}
	}
}

func parseFeed(t *testing.T, url string) *gofeed.Feed {
	t.Helper()
	_, body := get(t, url)
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return parsed
}

func checkItem(t *testing.T, o *outlet, want *article, item *gofeed.Item) {
	t.Helper()
	if item.Title != want.title {
		t.Errorf("%s: title %+q, want %+q", o.Name, item.Title, want.title)
	}
	if item.PublishedParsed == nil || !item.PublishedParsed.Equal(want.published) {
		t.Errorf("%s: %q published %v, want %v", o.Name, item.Title, item.PublishedParsed, want.published)
	}
	full := o.Feed == feedRSSFull || o.Feed == feedAtomFull || o.Feed == feedJSON
	if (item.Content != "") != full {
		t.Errorf("%s: feed of kind %s gives %d bytes of content", o.Name, o.Feed, len(item.Content))
	}
}

func TestEveryLinkOfAFeedIsServedButTheOneTakenDown(t *testing.T) {
	s := start(t)
	for _, o := range s.Outlets() {
		for _, feed := range o.Feeds {
			for _, item := range parseFeed(t, feed).Items {
				want := http.StatusOK
				switch {
				case strings.Contains(item.Link, "salaires-fonction-publique"):
					want = http.StatusNotFound
				case o.Name == "atlas-presse":
					want = http.StatusMovedPermanently
				}
				if resp, _ := get(t, item.Link); resp.StatusCode != want {
					t.Errorf("%s: %s: %s, want %d", o.Name, item.Link, resp.Status, want)
				}
			}
		}
	}
}

func TestSectionPagesShowEveryArticle(t *testing.T) {
	s := start(t)
	press, err := loadPress()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, o := range s.Outlets() {
		for _, section := range o.Sections {
			_, body := get(t, section)
			doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			articles := regexp.MustCompile(o.SectionLinks)
			doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
				link, err := url.Parse(a.AttrOr("href", ""))
				if err == nil && link.Host == "" && articles.MatchString(link.Path) {
					seen[o.Name]++
				}
			})
		}
	}
	for _, o := range press.outlets {
		if o.Feed == feedNone && seen[o.Name] != len(press.of(o)) {
			t.Errorf("%s: %d links to articles of %d", o.Name, seen[o.Name], len(press.of(o)))
		}
	}
	if len(seen) == 0 {
		t.Error("no outlet is watched by a section page")
	}
}
