package discover

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"rawi/stages/feed"
)

func TestSpellingsThatAPersonMayMean(t *testing.T) {
	for address, want := range map[string]string{
		"hespress.com":            "https://hespress.com/ https://www.hespress.com/ http://hespress.com/",
		" www.hespress.com/feed ": "https://www.hespress.com/feed http://www.hespress.com/feed",
		"http://a.example/x#y":    "http://a.example/x",
		"HTTPS://A.example":       "https://A.example/",
		"feed:https://a.example/": "https://a.example/",
		"feed://a.example/f":      "http://a.example/f",
		"127.0.0.1:8080":          "https://127.0.0.1:8080/ http://127.0.0.1:8080/",
		"localhost":               "https://localhost/ http://localhost/",
		"الخبر.موقع":              "https://الخبر.موقع/ https://www.الخبر.موقع/ http://الخبر.موقع/",
		"ftp://a.example/":        "",
		"a b":                     "",
		"":                        "",
	} {
		got := spellings(address)
		if unescaped, err := url.PathUnescape(strings.Join(got, " ")); err != nil || unescaped != want {
			t.Errorf("%q: got %s, want %s", address, unescaped, want)
		}
	}
}

func TestHintsOfAPage(t *testing.T) {
	base, err := url.Parse("https://a.example/fr/index.html")
	if err != nil {
		t.Fatal(err)
	}
	h := readHints([]byte(`<!doctype html><html lang="ar"><head><meta property="og:site_name" content="كود"><title>كود |
		الرئيسية</title><base href="/base/"><link rel="stylesheet alternate" type="text/css" href="x.css">
		<link REL="ALTERNATE" TYPE="application/RSS+xml" TITLE="a &amp; b" HREF="feed?x=1&amp;y=2"><link rel="alternate" hreflang="fr" href="/fr">
		<link rel="alternate" type="application/rss+xml" href="feed?x=1&amp;y=2#again"><link rel="alternate" type="application/feed+json" href="//b.example/f.json"></head>
		<body><a href="/rss">Nos <b>flux</b> RSS</a><a href="/feedback">Avis</a><a href="/?format=feed&type=rss">x</a><a href="mailto:rss@a.example">y</a>
		<a href="javascript:rss()">z</a><a href="https://feeds.feedburner.com/a">fb</a><a href="/atom.xml"></body>`), "text/html; charset=utf-8", base)
	if h.title != "كود | الرئيسية" || h.site != "كود" || h.language != "ar" {
		t.Errorf("title %q, site %q, language %q", h.title, h.site, h.language)
	}
	if want := []hint{{"https://a.example/base/feed?x=1&y=2", "a & b", true}, {"https://b.example/f.json", "", true}}; !slices.Equal(h.alternates, want) {
		t.Errorf("alternates %+v, want %+v", h.alternates, want)
	}
	want := []hint{
		{"https://a.example/rss", "Nos flux RSS", false},
		{"https://a.example/?format=feed&type=rss", "x", false},
		{"https://feeds.feedburner.com/a", "fb", false},
		{"https://a.example/atom.xml", "", false},
	}
	if !slices.Equal(h.anchors, want) {
		t.Errorf("anchors %+v, want %+v", h.anchors, want)
	}
}

func TestZoneIsComparedWithWhatTheDatesSay(t *testing.T) {
	at := time.Date(2021, 7, 17, 10, 0, 0, 0, time.UTC)
	of := func(dates ...string) []Feed {
		var f Feed
		for _, d := range dates {
			f.result.Items = append(f.result.Items, feed.Item{DateText: d, Published: at})
		}
		f.date(f.result.Items)
		return []Feed{f}
	}
	for _, tt := range []struct {
		guess, want string
		feeds       []Feed
	}{
		{"Africa/Casablanca", "Africa/Casablanca, by its country; the dates name theirs (+01:00), which agrees", of("Sat, 17 Jul 2021 11:00:00 +0100")},
		{"Africa/Tunis", "Africa/Tunis, by its country; the dates name theirs (+02:00), which does not agree: look whether the country is right", of("2021-07-17T12:00:00+02:00")},
		{"Africa/Tunis", "Africa/Tunis, by its country; the dates name theirs (GMT, +00:00)", of("Sat, 17 Jul 2021 10:00:00 GMT", "2021-07-17T10:00:00+00:00")},
		{"Africa/Tunis", "Africa/Tunis, by its country; the dates name none", of("17 juillet 2021", "2021-07-17")},
		{"", "not known; the dates name theirs (UTC)", of("2021-07-17T10:00:00Z")},
		{"", "not known, and the dates name none: set zone", of("")},
	} {
		if got := zoneWords(tt.guess, tt.feeds); got != tt.want {
			t.Errorf("got %s\nwant %s", got, tt.want)
		}
	}
}

func FuzzHintsAreAddressesOnOneLine(f *testing.F) {
	f.Add([]byte(`<link rel=alternate type=application/rss+xml href=/feed title=a><a href="/rss">b</a><base href="//x">`))
	f.Add([]byte("<title>\x1b[2J\u202e<a href=feed:x>"))
	base, err := url.Parse("https://a.example/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		h := readHints(body, "", base)
		for _, l := range append(h.alternates, h.anchors...) {
			if u, err := url.Parse(l.address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("address %q", l.address)
			}
			if strings.ContainsFunc(l.title+h.title+h.site, unicode.IsControl) {
				t.Errorf("title %q", l.title)
			}
		}
	})
}
