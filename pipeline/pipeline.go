// Package pipeline is the runtime over NATS JetStream: it takes messages to stages and keeps the promises of delivery, once for all.
//
// A stage is added to a Pipeline and knows nothing of it. The runtime takes a message, decodes it, gives it to the stage under a deadline
// and a guard against panics, stores the outputs, and only then acknowledges. Storing is idempotent by the message's Key, so a message that
// comes twice has its effect once. What fails is tried again after growing delays and becomes a dead letter in the end; nothing disappears.
package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// Spec says how a stage is run.
type Spec struct {
	Name     string        // of the stage, of its durable consumer, and in metrics
	Subjects []string      // what it reads: filters over the subjects of one stream
	Workers  int           // messages in work at once; 1 where it is 0, and always 1 for a fold
	Deadline time.Duration // for one call of Process; one minute where it is 0
}

// Pipeline runs sources and stages on a Bus.
type Pipeline struct {
	bus     *Bus
	metrics *observe.Metrics
	tracer  *observe.Tracer // nil where nothing is recorded
	log     *slog.Logger
	tuning  tuning
	sources []*source
	stages  []*consumer
	gate    gate // shut while the stages are behind
	room    gate // shut while the disk is short of room
	disk    *disk
	clock   *clock
	fail    *failPoint
	failErr error
	records *records
	peers   peers
	alone   sync.RWMutex  // held for reading by messages at work, for writing by one that has to be alone
	replays reentries     // messages brought back since Run began
	start   atomic.Uint64 // messages in flight when Run began
	running atomic.Bool
	begun   atomic.Int64 // when Run began, Unix nanoseconds
	beat    atomic.Int64 // last turn of the watch, Unix nanoseconds
	passed  atomic.Pointer[passed]
}

// tuning holds what no deployment sets; tests shorten it.
type tuning struct {
	delays   []time.Duration // before attempt 2, 3, ...; the last one for all that follow
	attempts int             // that failed after which a message is a dead letter
	ackWait  time.Duration   // after which the server takes a silent worker for dead
	pull     time.Duration   // how long one request for messages waits: also how soon a lost leader is noticed, and a stop heard
	overrun  time.Duration   // how long a call may go on after its deadline before it is abandoned
	watch    time.Duration   // between looks at the consumers
	pin      time.Duration   // after which a silent daemon loses a stage that one daemon at a time runs
	later    time.Duration   // after which a daemon that began from a checkpoint looks whether all states can be read
}

func defaultTuning() tuning {
	return tuning{
		delays:   []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute},
		attempts: 7,
		ackWait:  10 * time.Second, // what a killed process had in hand waits this long, and what a lost leader did not hear
		pull:     time.Second,
		overrun:  5 * time.Second,
		watch:    time.Second,
		pin:      pinTTL,
		later:    time.Minute,
	}
}

// New makes an empty pipeline. Sources and stages are added before Run.
func New(bus *Bus, metrics *observe.Metrics, log *slog.Logger) *Pipeline {
	p := &Pipeline{bus: bus, metrics: metrics, log: log, tuning: defaultTuning(), disk: newDisk(bus.cfg), clock: newClock(bus.newest())}
	p.fail, p.failErr = parseFailPoint(os.Getenv(failPointEnv))
	return p
}

// AddStage adds a stage. Its consumer is durable: what it has not finished waits for it across restarts.
func AddStage[I any, O message.Message](p *Pipeline, spec Spec, stage Stage[I, O]) {
	p.add(spec, func(c *consumer) worker { return &stageWorker[I, O]{consumer: c, stage: stage} })
}

// AddFold adds the stage that writes the state stream. Of several daemons one runs it, and the others stand by.
func AddFold[I any, S message.Message](p *Pipeline, spec Spec, fold Fold[I, S]) {
	spec.Workers = 1
	p.add(spec, func(c *consumer) worker {
		c.alone, c.asks = true, newAsks()
		w := &foldWorker[I, S]{consumer: c, fold: fold}
		w.kept.keep(fold, spec.Name, p.bus.cfg)
		return w
	})
}

// AddSource adds a source under a name that stands in metrics and dead letters.
func AddSource(p *Pipeline, name string, s Source) {
	p.sources = append(p.sources, &source{p: p, name: name, source: s, counts: newCounter(name)})
	p.metrics.Stage(name)
}

func (p *Pipeline) add(spec Spec, make func(*consumer) worker) {
	spec.Workers = max(spec.Workers, 1)
	if spec.Deadline <= 0 {
		spec.Deadline = time.Minute
	}
	c := &consumer{p: p, Spec: spec, counts: newCounter(spec.Name), log: p.log.With("stage", spec.Name)}
	if len(spec.Subjects) > 0 {
		c.stream = streamOf(spec.Subjects[0])
		c.patience = patience(c.stream)
	}
	c.worker = make(c)
	p.stages = append(p.stages, c)
	p.metrics.Stage(spec.Name)
	p.metrics.Workers(spec.Name, spec.Workers)
	p.metrics.DeadReasons(spec.Name, reasons()...)
	p.addHeart(c)
}

// Run runs everything until ctx ends, then stops in two steps: sources end and no more messages are taken, while work in hand goes on for
// the configured grace; what is not done by then is handed back and not counted as failed. It returns an error when it could not start or
// the connection is gone for good. It is called once.
func (p *Pipeline) Run(ctx context.Context) error {
	p.begun.Store(time.Now().UnixNano())
	if err := p.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped while starting
		}
		return err
	}
	intake, stop := context.WithCancel(ctx)
	defer stop()
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()

	p.lookAtDisk(intake)  // before the first source runs
	p.lookAtPeers(intake) // and before anybody is told that all is ready, the role of this daemon
	p.lookAtStages(intake)
	var consumers, others sync.WaitGroup
	for _, c := range slices.Backward(p.stages) { // downstream first
		consumers.Go(func() { c.run(intake, work) })
	}
	others.Go(func() { p.watch(intake) })
	others.Go(func() { p.lookLater(intake) })
	for _, s := range p.sources {
		others.Go(func() { s.run(intake) })
	}
	p.running.Store(true)
	p.log.Info("pipeline runs", "sources", len(p.sources), "stages", len(p.stages), "in_flight", p.start.Load())

	err := p.untilStopped(ctx)
	stop()
	p.running.Store(false)
	grace := time.AfterFunc(p.bus.cfg.Grace, cut)
	defer grace.Stop()
	others.Wait()
	consumers.Wait()
	p.leave(ctx)
	p.flush(ctx)
	return err
}

func (p *Pipeline) untilStopped(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-p.bus.gone:
		return errors.New("the connection to NATS was closed for good")
	}
}

// prepare makes the consumers and loads what the stages need, so that Run fails early and with a reason.
func (p *Pipeline) prepare(ctx context.Context) error {
	if p.failErr != nil {
		return p.failErr
	}
	slices.SortStableFunc(p.stages, func(a, b *consumer) int { return flowOrder(a.stream) - flowOrder(b.stream) })
	var err error
	if p.records, err = p.bus.records(ctx); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range p.stages {
		if seen[c.Name] || c.stream == "" {
			return fmt.Errorf("stage %q: its name is taken or no stream stores %q", c.Name, c.Subjects)
		}
		seen[c.Name] = true
		if err := p.bus.patiently(ctx, c.open); err != nil {
			return fmt.Errorf("consumer %s on stream %s: %w", c.Name, c.stream, err)
		}
		if err := p.bus.patiently(ctx, c.adopt); err != nil {
			return fmt.Errorf("stage %s: %w", c.Name, err)
		}
		if err := p.bus.patiently(ctx, c.worker.load); err != nil {
			return fmt.Errorf("load the state of %s: %w", c.Name, err)
		}
	}
	return p.bus.patiently(ctx, p.measureStart)
}

// flush makes sure that the last acknowledgements reached the server. Where it is away they are lost, and the messages come again.
func (p *Pipeline) flush(ctx context.Context) {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := nats.ErrDisconnected
	if p.bus.nc.IsConnected() {
		err = p.bus.nc.FlushWithContext(timed)
	}
	if err != nil {
		p.log.Warn("the last acknowledgements may be lost", "err", err)
	}
}

// reads reports whether a stage of this pipeline takes messages of a subject.
func (p *Pipeline) reads(subject string) bool {
	return slices.ContainsFunc(p.stages, func(c *consumer) bool {
		return slices.ContainsFunc(c.Subjects, func(filter string) bool { return covers(filter, subject) })
	})
}

// store publishes one output, made by a stage or source from a message with the given trace, and counts it. It returns the server's receipt.
func (p *Pipeline) store(
	ctx context.Context, n *counter, m message.Message, trace string, o ...jetstream.PublishOpt,
) (*jetstream.PubAck, error) {
	out, err := p.bus.codec.encode(m, trace)
	if err != nil {
		return nil, fault.Permanently(ReasonUnencodable, err)
	}
	return p.storeEncoded(ctx, n, m, out, o...)
}

func (p *Pipeline) storeEncoded(
	ctx context.Context, n *counter, m message.Message, out *nats.Msg, o ...jetstream.PublishOpt,
) (*jetstream.PubAck, error) {
	if streamOf(out.Subject) == "" {
		return nil, fault.Permanently(ReasonNoStream, fmt.Errorf("no stream stores %s", out.Subject))
	}
	if p.fail.due(n.name, stepMidPublish) {
		p.bus.dieSending(out, o...)
	}
	ack, err := p.bus.publishNewest(ctx, m, out, o...)
	if err != nil || ack.Duplicate {
		return ack, err
	}
	kept := ""
	if !p.reads(out.Subject) {
		kept = cmp.Or(out.Header.Get(HeaderLang), "none")
	}
	n.stored(kept)
	p.metrics.Emitted(n.name)
	if tag := out.Header.Get(HeaderLang); kept != "" && tag != "" {
		p.metrics.Unread(tag)
	}
	if out.Header.Get(HeaderReplay) == "" {
		p.observe(m)
	}
	return ack, nil
}
