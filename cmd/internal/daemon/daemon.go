// Package daemon joins configuration, runtime, stages and the operators' server into the running program.
package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/api"
	"rawi/pipeline/observe"
	"rawi/pipeline/outbound"
	"rawi/stages"
	"rawi/stages/crawl"
	"rawi/stages/dedup"
	"rawi/stages/extract/site"
	"rawi/stages/feed"
	"rawi/stages/language"
)

// sourcesTTL is how long validators and seen links are remembered without being touched: longer than any feed shows an item.
const sourcesTTL = 90 * 24 * time.Hour

// closeTimeout bounds the last step of a stop, when everything in hand is done.
const closeTimeout = 10 * time.Second

// Options are what a daemon needs beside its configuration.
type Options struct {
	Log     *slog.Logger
	Version string         // stands in the User-Agent and in rawi_build_info
	Level   *slog.LevelVar // of Log, so that it can be changed; nil where it cannot
	// Load reads the configuration again, for who asks for it over HTTP; nil where there is none to read.
	Load func() (config.Config, error)
}

// Daemon is the running program.
type Daemon struct {
	log      *slog.Logger
	bus      *pipeline.Bus
	pipeline *pipeline.Pipeline
	metrics  *observe.Metrics
	tracer   *observe.Tracer
	guard    *outbound.Guard
	feeds    *feed.Poller
	sections *crawl.Watcher
	sites    *site.Book
	outlets  outlets
	sinks    *sinks
	admin    net.Listener
	hubs     net.Listener // where hubs of feeds are answered
	tables   stages.Live
	dedup    *dedup.Stage // its memory belongs to the pipeline: see between
	api      *api.API
	load     func() (config.Config, error)

	version string
	level   observe.Level

	reloading sync.Mutex
	running   config.Config

	done chan struct{}
	err  error
}

// Start opens everything that can fail and runs the daemon until ctx ends. Its error says what to change; nothing is left running then.
func Start(ctx context.Context, cfg config.Config, opts Options) (*Daemon, error) {
	d := &Daemon{
		log: opts.Log, metrics: observe.New(opts.Version), sites: &site.Book{}, running: cfg, version: opts.Version, load: opts.Load, done: make(chan struct{}),
	}
	d.level = observe.Level{Var: cmp.Or(opts.Level, new(slog.LevelVar)), Log: d.log}
	access, err := d.accessOf(cfg.Admin)
	if err != nil {
		return nil, err
	}
	parts, err := d.open(ctx, cfg)
	if err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	d.pipeline = pipeline.New(d.bus, d.metrics, d.log)
	d.pipeline.Record(d.tracer)
	d.dedup = parts.Dedup
	stages.Add(d.pipeline, parts)
	d.api = d.newAPI(access)
	d.setSources(cfg)
	if err := d.sinks.apply(cfg.Sinks); err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	d.metrics.Reloaded(true)
	debug.FreeOSMemory() // building the tables and models leaves as much behind as they hold
	go func() {
		defer close(d.done)
		d.err = d.run(ctx)
	}()
	return d, nil
}

// open takes hold of the outside world: port, store, way to the web.
func (d *Daemon) open(ctx context.Context, cfg config.Config) (stages.Parts, error) {
	var none stages.Parts
	if err := d.listen(ctx, cfg); err != nil {
		return none, err
	}
	if err := d.openTracer(ctx, cfg); err != nil {
		return none, err
	}
	bus, err := pipeline.Open(ctx, cfg.Config, d.log)
	if err != nil {
		return none, err
	}
	d.bus = bus
	d.sinks = d.newSinks(ctx, cfg)
	store, err := bus.Bucket(ctx, "news_sources", sourcesTTL)
	if err != nil {
		return none, err
	}
	if cfg.Outbound.UserAgent == outbound.Anonymous {
		d.log.Warn("site owners cannot tell who reads them: set outbound.user_agent to a name and a page that tells more")
	}
	d.guard = outbound.New(cfg.Outbound)
	polls, err := bus.Schedule(ctx, "feed")
	if err != nil {
		return none, err
	}
	d.outlets.feeds = polls
	pages, err := d.openCrawl(ctx, cfg, store)
	if err != nil {
		return none, err
	}
	d.feeds = feed.New(cfg.Feed, pages.visitor.Paced(&counted{d.metrics, observe.FetchFeed, d.guard.Transport(cfg.Feed.MaxBody)}, cfg.Feed.Spacing), polls, store, d.log)
	d.sections = pages.sections
	reading, err := d.openExtract(ctx, cfg)
	if err != nil {
		return none, err
	}
	return stages.Parts{
		Feeds: d.feeds, Sections: d.sections, Revisits: pages.revisits, Pages: pages.pages,
		Language: language.New(cfg.Language), Dedup: dedup.New(cfg.Dedup, &d.tables), Tables: &d.tables,
		Extract: reading,
	}, nil
}

// listen takes the ports for operators and for hubs.
func (d *Daemon) listen(ctx context.Context, cfg config.Config) error {
	if cfg.Admin.Listen != "none" {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Admin.Listen)
		if err != nil {
			return fmt.Errorf(`admin.listen %s: %w; stop what listens there, choose another address, or set it to "none"`, cfg.Admin.Listen, err)
		}
		d.admin = l
	}
	if hubs := cfg.Feed.WebSub; hubs.Callback != "" {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", hubs.Listen)
		if err != nil {
			return fmt.Errorf("feed.websub.listen %s: %w; stop what listens there, or choose another address", hubs.Listen, err)
		}
		d.hubs = l
	}
	return nil
}

// run returns when ctx has ended and everything in hand is done, or when something broke for good.
func (d *Daemon) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var serving sync.WaitGroup
	var served, answered error
	if d.admin != nil {
		serving.Go(func() {
			defer stop()
			served = observe.Serve(ctx, d.admin, d.handler(), d.log)
		})
	}
	if d.admin != nil {
		serving.Go(func() { d.api.Run(ctx) })
	}
	serving.Go(func() { d.countSources(ctx) })
	serving.Go(func() { d.sinks.watch(ctx) })
	if d.hubs != nil {
		serving.Go(func() {
			defer stop()
			answered = observe.Serve(ctx, d.hubs, d.feeds.Callback(), d.log)
		})
	}
	err := d.pipeline.Run(ctx)
	stop()
	serving.Wait()
	return errors.Join(err, served, answered, d.close(ctx))
}

// handler serves what operators and their probes ask for.
func (d *Daemon) handler() http.Handler {
	health := &observe.Health{}
	health.Live("pipeline", d.pipeline.Alive)
	health.Ready("pipeline", d.pipeline.Ready)
	mux := observe.Handler(d.metrics, health)
	mux.HandleFunc("GET /status", d.serveStatus)
	observe.Debug(mux, d.admin.Addr(), d.level)
	for _, path := range api.Paths() {
		mux.Handle(path, d.api)
	}
	return mux
}

// statusTimeout bounds the questions to the server that one look at the status costs.
const statusTimeout = 10 * time.Second

// serveStatus tells how far everything is, for rawi status and for programs.
func (d *Daemon) serveStatus(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), statusTimeout)
	defer cancel()
	report, err := d.pipeline.Report(ctx)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	report.Sinks = d.sinks.status(ctx)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(report); err != nil {
		d.log.Debug("status not delivered", "err", err)
	}
}

// close gives back what open took. The bus goes last: everything else may still write to it.
func (d *Daemon) close(ctx context.Context) error {
	var errs []error
	for _, l := range []net.Listener{d.admin, d.hubs} {
		if l == nil {
			continue
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if d.guard != nil {
		d.guard.Close()
	}
	errs = append(errs, d.sinks.close())
	d.closeTracer(ctx)
	if d.bus != nil {
		timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		errs = append(errs, d.bus.Close(timed))
	}
	return errors.Join(errs...)
}

// Done is closed when the daemon has stopped.
func (d *Daemon) Done() <-chan struct{} { return d.done }

// Wait returns when the daemon has stopped, with the reason where it stopped by itself.
func (d *Daemon) Wait() error {
	<-d.done
	return d.err
}

// Bus is the daemon's connection to its messages.
func (d *Daemon) Bus() *pipeline.Bus { return d.bus }

// AdminAddress is where the operators' server listens; empty where it does not.
func (d *Daemon) AdminAddress() string {
	if d.admin == nil {
		return ""
	}
	return d.admin.Addr().String()
}

// CallbackAddress is where hubs of feeds are answered; empty where none is subscribed to.
func (d *Daemon) CallbackAddress() string {
	if d.hubs == nil {
		return ""
	}
	return d.hubs.Addr().String()
}

// Account tells where everything that was fetched has ended.
func (d *Daemon) Account(ctx context.Context) (pipeline.Sum, error) { return d.pipeline.Sum(ctx) }

// Idle reports whether every source has been looked at since the start and nothing is left in the pipeline.
func (d *Daemon) Idle(ctx context.Context) (bool, error) {
	if !d.feeds.Polled() || !d.sections.Polled() {
		return false, nil
	}
	return d.pipeline.Drained(ctx)
}
