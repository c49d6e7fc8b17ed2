package discover_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rawi/cmd/internal/demo"
	"rawi/cmd/internal/discover"
	"rawi/cmd/internal/evaluate"
	"rawi/config"
	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/language"
	"rawi/stages/places"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// stagesOnce are shared: their tables and models take a while to build.
var stagesOnce = sync.OnceValue(func() discover.Options {
	o := discover.Options{Language: language.New(language.Config{}), Extract: map[string]evaluate.Stage[message.Detected, message.Article]{}}
	for _, lang := range stages.Languages(places.Default()) {
		o.Extract[lang.Tag] = extract.New(lang)
	}
	return o
})

func options() discover.Options {
	o := stagesOnce()
	o.Config, o.Allow = config.Default(), loopback
	o.Config.Crawl.Spacing, o.Config.Outbound.UserAgent = time.Millisecond, "rawi (test)"
	return o
}

// site is an outlet: what it answers, by path, and what it was asked for.
type site struct {
	*httptest.Server

	mu    sync.Mutex
	asked []string
}

func serve(t *testing.T, pages map[string]http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		s.mu.Unlock()
		if r.UserAgent() != "rawi (test)" {
			t.Errorf("asked as %q", r.UserAgent())
		}
		if page, ok := pages[r.URL.Path]; ok {
			page(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func text(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	}
}

const feedOfTwo = `<?xml version="1.0"?><rss version="2.0"><channel><title>Le Courrier</title><link>/</link><language>fr-TN</language>
<item><title>Un homme arrêté mardi à Salé par la police</title><link>/societe/un-homme-arrete-a-sale</link><pubDate>Fri, 17 Dec 2021 10:00:00 +0100</pubDate><description>La police a arrêté un homme de 24 ans.</description></item>
<item><title>Le conseil de la ville vote son budget pour l'an prochain</title><link>/politique/le-conseil-vote-son-budget</link><pubDate>Thu, 16 Dec 2021 10:00:00 +0100</pubDate></item>
</channel></rss>`

const articlePage = `<html lang="fr"><head><title>Un homme arrêté à Salé</title></head><body><nav><a href="/">Accueil</a></nav><article><h1>Un homme arrêté mardi à Salé par la police</h1>
<p>Les éléments de la police judiciaire ont arrêté mardi 14 décembre 2021 à Salé un homme âgé de 24 ans, soupçonné de trafic de drogue, a indiqué la DGSN dans un communiqué.</p>
<p>Le suspect a été placé en garde à vue à la disposition de l'enquête, menée sous la supervision du parquet compétent, ajoute la même source.</p></article></body></html>`

func frontPage(head, body string) http.HandlerFunc {
	return text("text/html; charset=utf-8", "<html><head><title>Le Courrier - Accueil</title>"+head+"</head><body>"+body+"</body></html>")
}

func TestFeedIsFoundWhereverItIsNamed(t *testing.T) {
	rss, atomType := text("application/rss+xml", feedOfTwo), `<link rel="Alternate" type="application/rss+xml" title="Le Courrier" href="%s">`
	for _, tt := range []struct {
		name, ask string
		front     http.HandlerFunc
		at        string
	}{
		{"the feed itself", "/rss/une", frontPage("", ""), "/rss/une"},
		{"named in the head", "/", frontPage(fmt.Sprintf(atomType, "rss/une"), ""), "/rss/une"},
		{"named in the head, after one of comments", "/", frontPage(fmt.Sprintf(atomType, "/comments/feed/")+fmt.Sprintf(atomType, "/rss/une"), ""), "/rss/une"},
		{"linked", "/", frontPage("", `<a href="/about">A</a><a href="/rss/une"><img>RSS</a>`), "/rss/une"},
		{"nowhere", "/", frontPage("", "Bienvenue"), "/feed"},
		{"on the front page, where it was looked for in a page that says it is none", "/soft", frontPage(fmt.Sprintf(atomType, "/rss/une"), ""), "/rss/une"},
		{"on the front page, not where it was looked for", "/wrong", frontPage(fmt.Sprintf(atomType, "/rss/une"), ""), "/rss/une"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, map[string]http.HandlerFunc{"/": tt.front, "/soft": text("text/html", "<title>Page non trouvée</title><p>404"), tt.at: rss, "/societe/un-homme-arrete-a-sale": text("text/html", articlePage)})
			r := discover.Look(t.Context(), s.URL+tt.ask, options())
			if r.Source == nil || !slices.Equal(r.Source.Feeds, []string{s.URL + tt.at}) {
				t.Fatalf("report %+v", r)
			}
			want := config.Source{Title: "Le Courrier", Country: "TN", Zone: "Africa/Tunis", Language: "fr", Name: r.Source.Name, Feeds: r.Source.Feeds, Allow: []string{"127.0.0.0/8"}}
			if got, _ := json.Marshal(r.Source); string(got) != must(json.Marshal(want)) {
				t.Errorf("source %s", got)
			}
			f := r.Feeds[len(r.Feeds)-1]
			if f.Form != "RSS 2.0" || f.Items != 2 || f.Links != 2 || f.Whole != 0 || f.PerDay != 1 || !slices.Equal(f.Offsets, []string{"+01:00"}) {
				t.Errorf("feed %+v", f)
			}
			if a := r.Article; a == nil || !a.Fetched || a.Language != "fr" || a.Words < 40 || !strings.Contains(strings.Join(a.Facts, " "), "arrest") {
				t.Errorf("article %+v, problems %v", a, r.Problems)
			}
			if n := len(s.requests()); n != r.Requests || n > 10 {
				t.Errorf("%d requests were made, %d are told: %v", n, r.Requests, s.requests())
			}
		})
	}
}

func must(b []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestPageWithoutAFeedIsProposedAsASection(t *testing.T) {
	links := `<a href="/societe/un-homme-arrete-a-sale">Un homme arrêté mardi à Salé</a><a href="/politique/le-conseil-vote-son-budget">Le conseil vote son budget</a>
		<a href="/sport/le-club-gagne-encore-un-match">Le club gagne encore un match</a>`
	s := serve(t, map[string]http.HandlerFunc{"/": frontPage("", links), "/societe/un-homme-arrete-a-sale": text("text/html", articlePage)})
	r := discover.Look(t.Context(), s.URL, options())
	if r.Source == nil || len(r.Source.Feeds) > 0 || len(r.Source.Sections) != 1 || r.Source.Sections[0].URL != s.URL+"/" || r.Article == nil || r.Source.Language != "fr" {
		t.Errorf("report %+v", r)
	}
}

func TestArticlesWithShortAddressesAreFoundByTheirHeadlines(t *testing.T) {
	links := `<a href="/lieu/accident">Un camion perd son chargement sur la rocade</a><a href="/lieu/vote">Le conseil vote son budget en séance</a>
		<a href="/lieu/match">Le club gagne encore un match à domicile</a><a href="/contact">Écrivez à toute notre équipe</a><a href="/lieu/">Tout le lieu</a>`
	s := serve(t, map[string]http.HandlerFunc{"/": frontPage("", links), "/lieu/accident": text("text/html", articlePage)})
	r := discover.Look(t.Context(), s.URL, options())
	if r.Source == nil || len(r.Source.Sections) != 1 || r.Source.Sections[0].Links != "^/lieu/[^/]+" || r.Sections[0].Links != 3 || r.Article == nil {
		t.Errorf("report %+v", r)
	}
}

func TestSitemapThatRobotsNamesIsProposed(t *testing.T) {
	var s *site
	s = serve(t, map[string]http.HandlerFunc{
		"/": frontPage("", ""),
		"/robots.txt": func(w http.ResponseWriter, r *http.Request) {
			text("text/plain", "Sitemap: "+s.URL+"/all.xml\nSitemap: "+s.URL+"/news.xml\nSitemap: gopher://x\n")(w, r)
		},
		"/all.xml": text("application/xml", "<sitemapindex></sitemapindex>"),
		"/news.xml": func(w http.ResponseWriter, r *http.Request) {
			text("application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>`+s.URL+`/societe/un-homme-arrete-a-sale</loc></url></urlset>`)(w, r)
		},
		"/societe/un-homme-arrete-a-sale": text("text/html", articlePage),
	})
	r := discover.Look(t.Context(), s.URL, options())
	if r.Source == nil || len(r.Source.Sections) != 1 || r.Source.Sections[0].URL != s.URL+"/news.xml" || r.Article == nil {
		t.Errorf("report %+v", r)
	}
	if len(r.Robots.Sitemaps) != 3 {
		t.Errorf("robots %+v", r.Robots)
	}
}

// TestFeedsArePolledWhateverRobotsSaysOfThem holds a check to what the daemon does: a page is asked for only where robots.txt allows it.
func TestFeedsArePolledWhateverRobotsSaysOfThem(t *testing.T) {
	const front = `<link rel="alternate" type="application/rss+xml" href="/xml/une">`
	for _, tt := range []struct{ name, ask, rules, feed, never string }{
		{"named by a page", "/", "Disallow: /xml", "/xml/une", "/feed"},
		{"looks like one", "/feed/une", "Disallow: /", "/feed/une", "/"},
		{"does not look like one", "/xml/une", "Disallow: /", "", "/xml/une"},
		{"only guessed", "/empty", "Disallow: /feed\nDisallow: /rss", "", "/feed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			feed := text("text/xml", feedOfTwo)
			s := serve(t, map[string]http.HandlerFunc{
				"/robots.txt": text("text/plain", "User-agent: *\n"+tt.rules), "/": frontPage(front, ""), "/empty": frontPage("", ""),
				"/xml/une": feed, "/feed/une": feed, "/feed": feed, "/rss": feed,
			})
			r := discover.Look(t.Context(), s.URL+tt.ask, options())
			if slices.Contains(s.requests(), tt.never) {
				t.Errorf("asked for %v", s.requests())
			}
			if tt.feed == "" {
				if r.Source != nil {
					t.Errorf("report %+v", r)
				}
				return
			}
			if r.Source == nil || r.Source.Feeds[0] != s.URL+tt.feed || !strings.Contains(strings.Join(r.Notes, " "), "the daemon polls feeds all the same") {
				t.Errorf("report %+v", r)
			}
		})
	}
}

func TestSitemapsOfEveryFormAreFollowedToTheirPages(t *testing.T) {
	const pages = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/societe/un-homme-arrete-a-sale</loc></url></urlset>`
	zipped := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(pages))
		_ = z.Close()
	}
	for _, tt := range []struct {
		name, at, want string
		pages          map[string]http.HandlerFunc
	}{
		{"compressed", "/all.xml.gz", "/all.xml.gz", map[string]http.HandlerFunc{"/all.xml.gz": zipped}},
		{"plain text", "/all.txt", "/all.txt", map[string]http.HandlerFunc{"/all.txt": func(w http.ResponseWriter, r *http.Request) {
			text("text/plain", "http://"+r.Host+"/societe/un-homme-arrete-a-sale\n")(w, r)
		}}},
		{"index", "/index.xml", "/index.xml", map[string]http.HandlerFunc{
			"/index.xml": text("text/xml", "<sitemapindex><sitemap><loc>/2021.xml</loc></sitemap></sitemapindex>"), "/2021.xml": text("text/xml", pages),
		}},
		{"index with one of news", "/index.xml", "/news.xml.gz", map[string]http.HandlerFunc{
			"/index.xml": text("text/xml", "<sitemapindex><sitemap><loc>/2021.xml</loc></sitemap><sitemap><loc>/news.xml.gz</loc></sitemap></sitemapindex>"), "/news.xml.gz": zipped,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.pages["/societe/un-homme-arrete-a-sale"] = text("text/html", articlePage)
			s := serve(t, tt.pages)
			r := discover.Look(t.Context(), s.URL+tt.at, options())
			if r.Source == nil || len(r.Source.Sections) != 1 || r.Source.Sections[0].URL != s.URL+tt.want || r.Article == nil || r.Is != "sitemap" {
				t.Errorf("report %+v", r)
			}
		})
	}
}

func TestWhatCannotBeReadIsToldInWords(t *testing.T) {
	for _, tt := range []struct {
		name, want, do string
		pages          map[string]http.HandlerFunc
	}{
		{"picture", "a picture of type png, neither a feed nor a page", "front page", map[string]http.HandlerFunc{"/": text("application/rss+xml", "\x89PNG\r\n\x1a\n\x00\x00")}},
		{"nothing there", "404: there is nothing", "spelling", nil},
		{"nothing in it", "an empty answer", "front page", map[string]http.HandlerFunc{"/": text("text/html", "")}},
		{"nothing on it", "a page without a feed", "look on the site", map[string]http.HandlerFunc{"/": frontPage("", "Bienvenue")}},
		{"text", "text that is neither", "front page", map[string]http.HandlerFunc{"/": text("text/plain", "Bonjour")}},
		{"refusal", "403: the outlet does not let us", "user_agent", map[string]http.HandlerFunc{"/": status(403)}},
		{"challenge", "challenge for browsers", "does not disguise", map[string]http.HandlerFunc{"/": status(403, "Cf-Mitigated", "challenge")}},
		{"challenge with a status that says otherwise", "a challenge for browsers instead of the page", "does not disguise", map[string]http.HandlerFunc{
			"/": text("text/html", `<html><head><title>Just a moment...</title></head><body><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>`),
		}},
		{"gone", "410: what was here", "successor", map[string]http.HandlerFunc{"/": status(410)}},
		{"busy", "429: too many requests, and asks to be left alone (Retry-After: 120)", "later", map[string]http.HandlerFunc{"/": status(429, "Retry-After", "120")}},
		{"trouble", "502: the server has trouble", "later", map[string]http.HandlerFunc{"/": status(502)}},
		{"robots.txt forbids", "robots.txt keeps it from us: rawi must not fetch", "ask them", map[string]http.HandlerFunc{"/robots.txt": text("text/plain", "User-agent: rawi\nDisallow: /")}},
		{"robots.txt cannot be read", "answers 503 for it, so nothing may be fetched yet", "ask them", map[string]http.HandlerFunc{"/robots.txt": status(503)}},
		{"redirects in a circle", "more than 10 redirects", "", map[string]http.HandlerFunc{"/": circle}},
		{"redirect to a private address", "169.254.169.254, which is not a public address", "--allow", map[string]http.HandlerFunc{
			"/": func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
			},
		}},
		{"redirect to a file", `scheme "file": only http and https`, "", map[string]http.HandlerFunc{
			"/": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "file:///etc/passwd")
				w.WriteHeader(http.StatusFound)
			},
		}},
		{"bomb", "unpacks to far more than it is", "leave it alone", map[string]http.HandlerFunc{"/": bomb}},
		{"hang-up", "the server hung up", "later", map[string]http.HandlerFunc{"/": hangUp}},
		{"comments only", "a page with a feed of readers' comments only", "look on the site", map[string]http.HandlerFunc{
			"/": frontPage(`<link rel="alternate" type="application/rss+xml" href="/comments/feed">`, ""), "/comments/feed": text("text/xml", feedOfTwo),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.pages)
			r := discover.Look(t.Context(), s.URL+"/", options())
			if r.Source != nil || len(r.Problems) == 0 {
				t.Fatalf("report %+v", r)
			}
			if p := r.Problems[0]; !strings.Contains(p.What, tt.want) || !strings.Contains(p.Do, tt.do) || strings.Contains(p.What, "\n") {
				t.Errorf("problem %+v\nwant %q, %q", p, tt.want, tt.do)
			}
		})
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func circle(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/?"+r.URL.RawQuery+"a", http.StatusFound)
}

func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(make([]byte, 64<<20))
	_ = z.Close()
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func TestLoopbackIsReachedOnlyWhereItIsAllowed(t *testing.T) {
	s := serve(t, map[string]http.HandlerFunc{"/": text("text/xml", feedOfTwo)})
	o := options()
	o.Allow = nil
	for _, address := range []string{s.URL, "http://127.0.0.1/", "http://[::1]/", "http://localhost/"} {
		r := discover.Look(t.Context(), address, o)
		if r.Source != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Do, "--allow") {
			t.Errorf("%s: %+v", address, r)
		}
	}
	if len(s.requests()) > 0 {
		t.Errorf("asked for %v", s.requests())
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, address := range []string{"", " ", "ftp://a.example/", "https://", "file:///etc/passwd", "a b", "http://[::1", "%zz"} {
		r := discover.Look(t.Context(), address, options())
		if r.Source != nil || r.Requests != 0 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Do, "https://outlet.example/") {
			t.Errorf("%q: %+v", address, r)
		}
	}
}

func TestPasswordIsSentAndNeverShown(t *testing.T) {
	s := serve(t, map[string]http.HandlerFunc{"/rss": func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "desk" || password != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		text("text/xml", feedOfTwo)(w, r)
	}})
	address := strings.Replace(s.URL, "http://", "http://desk:s3cret@", 1) + "/rss"
	r := discover.Look(t.Context(), address, options())
	if r.Source == nil || r.Source.Feeds[0] != address { // where it belongs
		t.Fatalf("report %+v", r)
	}
	r.Source = nil
	var b strings.Builder
	if err := discover.Print(&b, r, 80); err != nil {
		t.Fatal(err)
	}
	if shown := b.String() + must(json.Marshal(r)); strings.Contains(shown, "s3cret") {
		t.Errorf("shown:\n%s", shown)
	}
}

func TestRequestsAndTimeAreBounded(t *testing.T) {
	var head, links strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&head, `<link rel="alternate" type="application/rss+xml" href="/feed/%d">`, i)
		fmt.Fprintf(&links, `<a href="/rss/%d">RSS</a>`, i)
	}
	s := serve(t, map[string]http.HandlerFunc{"/": frontPage(head.String(), links.String()+strings.Repeat("<div>", 100_000))})
	r := discover.Look(t.Context(), s.URL, options())
	if n := len(s.requests()); r.Source != nil || n > 18 {
		t.Errorf("%d requests: %+v", n, r)
	}
	o := options()
	o.Requests = 4
	r = discover.Look(t.Context(), s.URL, o)
	if r.Requests != 4 || !strings.Contains(strings.Join(r.Notes, " "), "not every address was tried") {
		t.Errorf("%d requests, notes %v", r.Requests, r.Notes)
	}

	release := make(chan struct{})
	silent := serve(t, map[string]http.HandlerFunc{"/": func(http.ResponseWriter, *http.Request) { <-release }})
	defer close(release)
	o.Timeout = 100 * time.Millisecond
	began := time.Now()
	r = discover.Look(t.Context(), silent.URL, o)
	if took := time.Since(began); took > time.Minute || len(r.Problems) != 1 || r.Problems[0].What != "no complete answer in time" {
		t.Errorf("after %s: %+v", took, r)
	}
}

func TestStopEndsTheCheck(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) { cancel(); w.WriteHeader(http.StatusOK) }})
	if r := discover.Look(ctx, s.URL, options()); r.Source != nil {
		t.Errorf("report %+v", r)
	}
}

func TestHostileTextStaysOnItsLine(t *testing.T) {
	hostile := "\u202e\x1b]0;x\x07Titre\u2066 du\u009b journal"
	s := serve(t, map[string]http.HandlerFunc{
		"/":                               frontPage(`<link rel="alternate" type="application/rss+xml" title="`+hostile+`" href="/x"><link rel="alternate" type="application/rss+xml" href="/rss">`, ""),
		"/rss":                            text("text/xml", strings.ReplaceAll(feedOfTwo, "Le Courrier", hostile)),
		"/societe/un-homme-arrete-a-sale": text("text/html", strings.ReplaceAll(articlePage, "Un homme", hostile)),
	})
	r := discover.Look(t.Context(), s.URL, options())
	for _, width := range []int{60, 80} {
		var b strings.Builder
		if err := discover.Print(&b, r, width); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); strings.ContainsAny(got, "\x1b\x07\u202e\u2066\u009b") || !strings.Contains(got, "Titre du journal") {
			t.Errorf("printed %+q", got)
		}
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width && strings.Contains(strings.TrimSpace(line[10:]), " ") {
				t.Errorf("at %d cells a line has %d: %s", width, n, line)
			}
		}
	}
}

func TestSourceOfAKnownHouseFollowsItsSibling(t *testing.T) {
	s := serve(t, map[string]http.HandlerFunc{"/ar/feed": text("text/xml", feedOfTwo), "/fr/feed": text("text/xml", feedOfTwo)})
	o := options()
	o.Config.Sources = []config.Source{{Name: "courrier-ar", Family: "house", Country: "MA", Zone: "Africa/Casablanca", Kind: "daily", Feeds: []string{s.URL + "/ar/feed"}}}
	r := discover.Look(t.Context(), s.URL+"/fr/feed", o)
	if got := r.Source; got == nil || got.Family != "house" || got.Kind != "daily" || !strings.HasSuffix(got.Name, "-fr") {
		t.Errorf("source %+v", got)
	}
	r = discover.Look(t.Context(), s.URL+"/ar/feed", o)
	if !strings.Contains(strings.Join(r.Notes, " "), `is read already, as a feed of source "courrier-ar"`) {
		t.Errorf("notes %v", r.Notes)
	}
}

// TestOutletsOfTheDemoPressAreFoundByTheirFrontPage tries every bundled outlet by its front page.
func TestOutletsOfTheDemoPressAreFoundByTheirFrontPage(t *testing.T) {
	sites, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sites.Close() //nolint:errcheck // nothing is left to lose
	o := options()
	o.Config = sites.Config(t.TempDir())
	o.Config.Sources = nil
	for _, outlet := range sites.Outlets() {
		r := discover.Look(t.Context(), outlet.BaseURL, o)
		if outlet.Name == "lyon-direct" { // a single article makes no list
			if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].What, "fewer than three links") {
				t.Errorf("%s: %+v", outlet.Name, r)
			}
			continue
		}
		if r.Source == nil {
			t.Errorf("%s: nothing found: %v", outlet.Name, r.Problems)
			continue
		}
		if !slices.Equal(r.Source.Feeds, outlet.Feeds) || len(outlet.Feeds) == 0 && len(r.Source.Sections) == 0 {
			t.Errorf("%s: found feeds %v and sections %v, want feeds %v", outlet.Name, r.Source.Feeds, r.Source.Sections, outlet.Feeds)
		}
		if r.Source.Language != outlet.Language {
			t.Errorf("%s: language %s, want %s", outlet.Name, r.Source.Language, outlet.Language)
		}
		if r.Article == nil {
			t.Errorf("%s: no article: %v", outlet.Name, r.Problems)
		}
	}
}
