// Package api is the HTTP API: stories, articles, sources and stages for programs that would rather ask than subscribe.
//
// It reads without being asked who it is for where only this machine reaches it, and changes nothing without a token.
package api

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/near"
)

// Deps are what the API tells of and what it steers. All functions are called from many goroutines; their errors may be of type *Problem, which is
// told as it is.
type Deps struct {
	Bus     *pipeline.Bus
	Log     *slog.Logger
	Report  func(ctx context.Context) (pipeline.Report, error)
	Explain func(ctx context.Context, q Question) (Explanation, error)
	Sources func(ctx context.Context, f SourceFilter) ([]any, error) // by name
	Names   func() []string                                          // of the sources that are configured; nil where only stories tell
	Emits   []string                                                 // names under which sources emit, for dead letters
	Steer   func(ctx context.Context, act, source string) error      // "pause", "resume" or "poll"
	// Rule decides by hand: it tries the ruling, gives it its time and id and waits for what becomes of it.
	Rule   func(ctx context.Context, r message.Ruling) (message.Ruling, []message.State, error)
	Reload func(ctx context.Context) error
}

// Question asks why an article is where it is.
type Question struct {
	Article string // id
	Story   string // weigh it against this one as well; empty for none
	Seen    string // story that lists it, as far as is known; may be empty or out of date
}

// Explanation answers it: it is sent as JSON, or written in words of a language.
type Explanation interface {
	Write(w io.Writer, lang string) error
}

// SourceFilter chooses sources. Empty fields want all.
type SourceFilter struct{ Name, State, Country, Language, Kind, Family string }

// Limits of the server.
const (
	mostRequests = 32               // at once, streams of events left out
	mostHeavy    = 4                // of them that read whole streams: one is answered, the others wait
	mostStreams  = 32               // of events
	largestBody  = 64 << 10         // of a request, in bytes
	usualTime    = 20 * time.Second // for a request
	heavyTime    = 60 * time.Second // for one that reads whole streams, with its turn
	writingTime  = 10 * time.Second // for the answer
)

// API answers requests. Run has to run meanwhile.
type API struct {
	deps     Deps
	view     *view
	access   atomic.Pointer[Access]
	mux      *http.ServeMux
	foreign  *http.CrossOriginProtection
	requests chan struct{} // a place for each that may be answered at once
	waiting  chan struct{} // and of them for each that reads whole streams
	heavy    chan struct{} // and for the one of those that is answered
	streams  chan struct{}
	pace     pace
	now      func() time.Time

	stop     sync.Once
	stopping chan struct{}
}

// New makes an API.
func New(d Deps, a Access) *API {
	api := &API{
		deps: d, view: newView(), mux: http.NewServeMux(), foreign: http.NewCrossOriginProtection(), now: time.Now, pace: usualPace(),
		requests: make(chan struct{}, mostRequests), waiting: make(chan struct{}, mostHeavy), heavy: make(chan struct{}, 1), streams: make(chan struct{}, mostStreams),
		stopping: make(chan struct{}),
	}
	api.SetAccess(a)
	byPath := map[string]map[string]Route{}
	for _, route := range Routes() {
		if byPath[route.Path] == nil {
			byPath[route.Path] = map[string]Route{}
		}
		byPath[route.Path][route.Method] = route
	}
	for path, routes := range byPath {
		api.mux.HandleFunc(path, api.byMethod(routes))
	}
	api.mux.HandleFunc("/", wrongPath)
	return api
}

// SetAccess changes who may ask, from the next request on.
func (a *API) SetAccess(to Access) { a.access.Store(&to) }

// Run keeps what the API tells up to date until ctx ends. The streams of events end then at once: nobody waits for them.
func (a *API) Run(ctx context.Context) {
	var following sync.WaitGroup
	following.Go(func() { a.view.follow(ctx, a.deps.Bus, a.deps.Log) })
	<-ctx.Done()
	a.stop.Do(func() { close(a.stopping) })
	following.Wait()
}

// Paths are the patterns of net/http under which the API wants to be asked.
func Paths() []string { return []string{"/v1/", "/openapi.json", "/-/reload"} }

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if err := a.foreign.Check(r); err != nil {
		fail(w, r, Failed(http.StatusForbidden, "a page of another site asked: %v", err))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestBody)
	a.mux.ServeHTTP(w, r)
}

// serve answers a request for one route, and notes in the log who changed what.
func (a *API) serve(w http.ResponseWriter, r *http.Request, route Route) {
	who, err := a.access.Load().admit(r, route.Changes)
	if err == nil {
		err = a.answer(w, r, route, who)
	}
	if route.Changes || problemIs(err, http.StatusUnauthorized) {
		a.audit(r, route, who, err)
	}
	if err != nil {
		fail(w, r, err)
	}
}

func problemIs(err error, status int) bool { return err != nil && problemOf(err).Status == status }

func (a *API) audit(r *http.Request, route Route, who caller, err error) {
	log := a.deps.Log.With("action", route.Name, "path", r.URL.Path, "by", who.name, "from", r.RemoteAddr)
	if err != nil {
		log.Warn("audit: refused or failed over HTTP", "status", problemOf(err).Status, "err", err)
		return
	}
	log.Info("audit: changed over HTTP")
}

func (a *API) answer(w http.ResponseWriter, r *http.Request, route Route, who caller) error {
	q, err := parseQuery(r.URL.RawQuery, route.Query, a.now())
	if err != nil {
		return err
	}
	if err := a.checkSources(q); err != nil {
		return err
	}
	if route.stream != nil {
		route.stream(a, w, request{r, q, who.name})
		return nil
	}
	allowed := usualTime
	if route.heavy {
		allowed = heavyTime
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(allowed + writingTime)) // where there is none, none is needed
	}
	ctx, cancel := context.WithTimeout(r.Context(), allowed)
	defer cancel()
	done, err := a.turn(ctx, route)
	if err != nil {
		return err
	}
	defer done()
	said, err := route.handle(a, ctx, request{r, q, who.name})
	if err == nil {
		send(w, r, said)
	}
	return err
}

// turn waits until a request may be answered: those that read whole streams come one by one, and of the others not too many at once.
func (a *API) turn(ctx context.Context, route Route) (done func(), err error) {
	if !enter(a.requests) {
		return nil, Failed(http.StatusServiceUnavailable, "%d requests are being answered", mostRequests).advise("ask again in a moment")
	}
	if !route.heavy {
		return func() { <-a.requests }, nil
	}
	busy := Failed(http.StatusServiceUnavailable, "other requests read whole streams, and such are answered one by one").advise("ask again in a moment")
	if !enter(a.waiting) {
		<-a.requests
		return nil, busy
	}
	select {
	case a.heavy <- struct{}{}:
		return func() { <-a.heavy; <-a.waiting; <-a.requests }, nil
	case <-ctx.Done():
		<-a.waiting
		<-a.requests
		return nil, busy
	}
}

// enter takes a place where one is free.
func enter(places chan<- struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

// byMethod gives a request of one path to the route of its method; HEAD is answered as GET is.
func (a *API) byMethod(routes map[string]Route) http.HandlerFunc {
	if get, ok := routes[http.MethodGet]; ok {
		routes[http.MethodHead] = get
	}
	allowed := slices.Sorted(maps.Keys(routes))
	return func(w http.ResponseWriter, r *http.Request) {
		if route, ok := routes[r.Method]; ok {
			a.serve(w, r, route)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		fail(w, r, Failed(http.StatusMethodNotAllowed, "%s is not for %s: ask by %s", shown(r.Method), r.URL.Path, strings.Join(allowed, " or ")))
	}
}

func wrongPath(w http.ResponseWriter, r *http.Request) {
	var paths []string
	for _, route := range Routes() {
		paths = append(paths, route.Path)
	}
	slices.Sort(paths)
	p := Failed(http.StatusNotFound, "there is nothing at %s; %s", shown(r.URL.Path), near.Suggestion(r.URL.Path, slices.Compact(paths)))
	fail(w, r, p.advise("/openapi.json describes all addresses"))
}
