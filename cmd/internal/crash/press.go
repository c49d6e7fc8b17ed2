package crash

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"rawi/config"
)

// Press serves the oracle's articles on loopback, every outlet on a port of its own. Each time an outlet's feed was read it shows some
// articles more, so that work keeps coming in while processes die. All methods are safe for concurrent use.
type Press struct {
	ground
	sites []*site
}

// site is one outlet.
type site struct {
	base     string
	articles []Article // by number
	pages    map[string]Article

	mu      sync.Mutex
	shown   int // waves of articles that the feed shows
	waves   int
	read    bool         // a reader has come back with the mark of the last wave
	fetched map[int]bool // pages that were asked for
}

// Open serves articles until Close, in so many waves. It fails when no port can be had.
func Open(ctx context.Context, articles []Article, waves int) (*Press, error) {
	p := &Press{}
	for number := range outlets {
		s := &site{pages: map[string]Article{}, fetched: map[int]bool{}, waves: waves}
		for _, a := range articles {
			if a.Outlet == number {
				s.articles = append(s.articles, a)
				s.pages[a.Path()] = a
			}
		}
		p.sites = append(p.sites, s)
		if err := p.open(ctx, func(base string) outlet { s.base = base; return s }); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Read reports whether every article was offered and taken: a reader has come back to each feed with the mark of its last wave, which it
// may only keep once everything in that wave is stored.
func (p *Press) Read() bool {
	return !slices.ContainsFunc(p.sites, func(s *site) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return !s.read
	})
}

// Fetched reports whether the page of an article was ever asked for.
func (p *Press) Fetched(a Article) bool {
	s := p.sites[a.Outlet]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched[a.Number]
}

// Config is that of a daemon which reads the press: its store in dir, or on the server at nats where that is not empty.
func (p *Press) Config(dir, nats string) config.Config {
	return p.config(dir, nats, pollEvery)
}

// pollEvery is the pace of the polls: fast enough that every life of a process sees a new wave.
const pollEvery = 300 * time.Millisecond

// feed shows one wave more to a reader who has kept what was shown to him before, and the same again to one who has not.
func (s *site) feed(w http.ResponseWriter, r *http.Request) {
	shown, known := s.next(r.Header.Get("If-None-Match"))
	if known {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.rss(shown).show(w, mark(shown))
}

func mark(wave int) string { return `"wave-` + strconv.Itoa(wave) + `"` }

// next is the wave to show to a reader with a mark, and whether he has that one already.
func (s *site) next(kept string) (wave int, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown == 0 {
		s.shown = 1
	}
	if kept != mark(s.shown) {
		return s.shown, false
	}
	if s.shown == s.waves {
		s.read = true
		return s.shown, true
	}
	s.shown++
	return s.shown, false
}

func (s *site) rss(waves int) rssFeed {
	f := rssFeed{Version: "2.0", Title: "Outlet", Link: s.base + "/"}
	for _, a := range slices.Backward(s.articles[:len(s.articles)*waves/s.waves]) {
		item := rssItem{Title: a.Title, Link: s.base + a.Path(), GUID: s.base + a.Path(), Date: a.Published.Format(time.RFC1123Z)}
		if a.Whole {
			item.Text = "<p>" + strings.Join(a.Body, "</p><p>") + "</p>"
		}
		f.Items = append(f.Items, item)
	}
	return f
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><title>{{.Title}}</title>
<meta property="article:published_time" content="{{.Published.Format "2006-01-02T15:04:05Z07:00"}}"></head>
<body><nav><a href="/">Outlet</a></nav><main><article><h1>{{.Title}}</h1>
{{range .Body}}<p>{{.}}</p>
{{end}}</article></main></body></html>
`))

func (s *site) page(w http.ResponseWriter, r *http.Request) {
	a, ok := s.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	s.fetched[a.Number] = true
	s.mu.Unlock()
	show(w, a)
}

func show(w http.ResponseWriter, a Article) {
	if a.Fate == Dead {
		http.Error(w, "gone", http.StatusGone)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = pageTemplate.Execute(w, a) // a reader who hangs up is welcome to
}
