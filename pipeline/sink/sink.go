package sink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
)

// Results that are counted.
const (
	Delivered = "delivered"
	Retried   = "retried"
	Dead      = "dead"
)

// Parts are what sinks need of the world outside.
type Parts struct {
	Stories  *client.Client
	Outbound outbound.Config // of every webhook, but for its own timeout and exceptions
	// Bury stores a dead letter. It is called again until it returns nil.
	Bury func(context.Context, message.Dead) error
	// Count hears of each attempt: the sink's name and one of Delivered, Retried, Dead.
	Count func(sink, result string)
	Log   *slog.Logger

	ackWait time.Duration // after which the server gives out again what a killed process held; 0 for the default
}

// Status is a sink as it is now. Counts are since the sink began.
type Status struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"` // webhook or file
	Delivered uint64 `json:"delivered"`
	Retried   uint64 `json:"retried"`
	Dead      uint64 `json:"dead"`
	Lag       uint64 `json:"lag"`               // stories that wait to be taken
	Trouble   string `json:"trouble,omitempty"` // why nothing is delivered at the moment
}

// Set is the sinks that run. It is safe for concurrent use.
type Set struct {
	begin func(Config) (*running, error)
	log   *slog.Logger

	mu   sync.Mutex
	runs map[string]*running
}

// Start makes a set without sinks, which end with ctx; see Apply.
func Start(ctx context.Context, p Parts) *Set {
	return &Set{
		begin: func(c Config) (*running, error) { return begin(ctx, c, p) },
		log:   p.Log, runs: map[string]*running{},
	}
}

// running is one sink.
type running struct {
	cfg     Config
	stories *client.Subscription
	target  target
	stop    context.CancelFunc
	done    sync.WaitGroup
	log     *slog.Logger
	count   func(sink, result string)
	counts  [3]atomic.Uint64 // delivered, retried, dead
	trouble atomic.Pointer[string]
}

// target is where stories go. run returns when ctx has ended and nothing is in work.
type target interface {
	run(ctx context.Context, r *running)
	// reopen begins anew at the same place; nothing for most.
	reopen()
	close() error
}

// begin opens what can fail and starts a sink.
func begin(ctx context.Context, c Config, p Parts) (*running, error) {
	r := &running{cfg: c, log: p.Log.With("sink", c.Name), count: p.Count}
	if err := r.open(p); err != nil {
		return nil, fmt.Errorf("sink %q: %w", c.Name, err)
	}
	ctx, r.stop = context.WithCancel(ctx)
	q := c.query()
	q.AckWait = p.ackWait
	var err error
	if r.stories, err = p.Stories.Subscribe(ctx, q); err != nil {
		r.stop()
		return nil, errors.Join(fmt.Errorf("sink %q: %w", c.Name, err), r.target.close())
	}
	r.done.Go(func() {
		r.target.run(ctx, r)
		r.stories.Close()
		if err := r.target.close(); err != nil {
			r.log.Error("sink not closed", "err", err)
		}
	})
	return r, nil
}

func (r *running) open(p Parts) (err error) {
	if r.cfg.File != nil {
		r.target, err = openFile(*r.cfg.File, r.log)
		return err
	}
	r.target, err = newWebhook(*r.cfg.Webhook, p)
	return err
}

// end stops the sink and waits until nothing of it is in work.
func (r *running) end() {
	r.stop()
	r.done.Wait()
}

// Apply makes the sinks that run those of a configuration: new ones begin, changed ones begin anew, others go on, with their files opened
// again. Where one cannot begin the others do, and the error says why.
func (s *Set) Apply(all []Config) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[string]Config{}
	for _, c := range all {
		wanted[c.Name] = c
	}
	for name, r := range s.runs {
		if c, ok := wanted[name]; ok && reflect.DeepEqual(c, r.cfg) && !r.stale() {
			r.target.reopen()
			delete(wanted, name)
			continue
		}
		r.end()
		delete(s.runs, name)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		r, err := s.begin(wanted[name])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.runs[name] = r
		s.log.Info("sink runs", "sink", name, "to", r.kind())
	}
	return errors.Join(errs...)
}

// stale reports whether the secret of a webhook is another one by now.
func (r *running) stale() bool {
	w, ok := r.target.(*webhook)
	if !ok || w.cfg.Secret == "" {
		return false
	}
	secret, err := readSecret(w.cfg.Secret)
	return err == nil && string(secret) != string(w.secret)
}

// Close ends every sink and waits for what is in work. What is not delivered is given out again at the next start.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		r.stop()
	}
	for name, r := range s.runs {
		r.end()
		delete(s.runs, name)
	}
}

// Status asks how far every sink is, by name.
func (s *Set) Status(ctx context.Context) []Status {
	s.mu.Lock()
	runs := maps.Clone(s.runs)
	s.mu.Unlock()
	var all []Status
	for _, name := range slices.Sorted(maps.Keys(runs)) {
		all = append(all, runs[name].status(ctx))
	}
	return all
}

func (r *running) kind() string {
	if r.cfg.File != nil {
		return "file"
	}
	return "webhook"
}

func (r *running) status(ctx context.Context) Status {
	st := Status{
		Name: r.cfg.Name, Kind: r.kind(),
		Delivered: r.counts[0].Load(), Retried: r.counts[1].Load(), Dead: r.counts[2].Load(),
	}
	var err error
	if st.Lag, err = r.stories.Lag(ctx); err != nil {
		st.Trouble = err.Error()
	}
	if why := r.trouble.Load(); why != nil {
		st.Trouble = *why
	}
	return st
}

// counted notes what became of an attempt.
func (r *running) counted(result string) {
	r.counts[slices.Index([]string{Delivered, Retried, Dead}, result)].Add(1)
	r.count(r.cfg.Name, result)
}

// failing notes why nothing can be delivered, and says it once.
func (r *running) failing(err error) {
	why := err.Error()
	if r.trouble.Swap(&why) == nil {
		r.log.Warn("sink does not take stories, trying again", "err", err)
	}
}

// works notes that the sink takes stories.
func (r *running) works() {
	if r.trouble.Swap(nil) != nil {
		r.log.Info("sink takes stories again")
	}
}

// next waits for a story; nil when the sink has to end. What cannot be read is named in the log: no repetition would cure it.
func (r *running) next(ctx context.Context) *client.Delivery {
	for {
		d, err := r.stories.Next(ctx)
		if err == nil {
			return d
		}
		if _, bad := errors.AsType[*client.Unreadable](err); !bad {
			if ctx.Err() == nil {
				r.failing(err)
			}
			return nil
		}
		r.log.Error("story passed over", "err", err)
	}
}
