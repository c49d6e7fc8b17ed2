package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxDeliver is the server's own limit, past which a message stops without a word. It is out of reach: our own count of failures decides
	// long before, and whoever waits does so for longer and longer (soonest). The reader of advisories is the net below.
	maxDeliver = 10_000
	// maxAckPending has to leave room for messages that wait out a delay, since they count: with a small value a few sources that answer
	// "not before an hour" would hold up a whole stage. How many are really in work is decided by the worker count.
	maxAckPending = 10_000
)

// consumer runs one stage: it takes messages from the stage's durable consumer and hands them to the workers.
type consumer struct {
	Spec
	p        *Pipeline
	stream   string
	worker   worker
	patience time.Duration // age at which a message has to have ended
	counts   *counter
	log      *slog.Logger
	cons     atomic.Pointer[jetstream.Consumer]
	floor    atomic.Uint64   // stream sequence up to which everything is acknowledged, as last seen
	born     time.Time       // when the stream was made that the floor is of
	held     sync.Map        // *job -> nothing: taken from the server and not answered
	inWork   sync.Map        // stream sequence -> *job: the same, by message
	orphans  map[uint64]bool // stream sequences that the process before this one had in hand when it died
	ended    recent
	dropped  recent // those of them that were dropped
	cutMu    sync.Mutex
	cut      []*job // work that a stop has cut short
	back     backlog
	alone    bool // one daemon at a time is given messages
	lead     lead
	asks     asks
	confirm  confirm
	broken   atomic.Pointer[error] // why nothing is taken at the moment
	stalled  atomic.Pointer[error] // why nothing is worked on at the moment
	noted    atomic.Pointer[passed]
	restored atomic.Pointer[Restored] // how the memory was filled at the start; nil where there is none
}

// want sets what the stage wants in a consumer's configuration and leaves what the server filled in.
func (c *consumer) want(cfg jetstream.ConsumerConfig) jetstream.ConsumerConfig {
	cfg.Name, cfg.Durable = c.Name, c.Name
	cfg.AckPolicy = jetstream.AckExplicitPolicy
	cfg.AckWait = c.p.tuning.ackWait
	cfg.MaxDeliver, cfg.MaxAckPending = maxDeliver, maxAckPending
	if cfg.Metadata[stageMark] != c.Name {
		cfg.Metadata = maps.Clone(cfg.Metadata)
		if cfg.Metadata == nil {
			cfg.Metadata = map[string]string{}
		}
		cfg.Metadata[stageMark] = c.Name
	}
	cfg.FilterSubject, cfg.FilterSubjects = "", c.Subjects
	if len(c.Subjects) == 1 {
		cfg.FilterSubject, cfg.FilterSubjects = c.Subjects[0], nil
	}
	return c.onePin(cfg)
}

// open makes the durable consumer where it is missing, and changes it where it differs. One that was deleted under us goes on behind what
// was acknowledged. A handle is kept once there is one: it knows the pin.
func (c *consumer) open(ctx context.Context) error {
	if err := c.seeStream(ctx); err != nil {
		return err
	}
	cons, err := c.p.bus.js.Consumer(ctx, c.stream, c.Name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return c.create(ctx)
	}
	if err != nil {
		return err
	}
	is := cons.CachedInfo().Config
	if want := c.want(is); !reflect.DeepEqual(is, want) {
		cons, err = c.p.bus.js.UpdateConsumer(ctx, c.stream, want)
		if errors.Is(err, jetstream.ErrConsumerMultipleFilterSubjectsNotSupported) { // the server has them now, its answer tells of before
			cons, err = c.p.bus.js.Consumer(ctx, c.stream, c.Name)
		}
		if err != nil {
			return err
		}
	}
	c.cons.CompareAndSwap(nil, &cons)
	return nil
}

// seeStream forgets the floor where the stream was made anew: its sequences have begun again.
func (c *consumer) seeStream(ctx context.Context) error {
	end, err := c.p.bus.tail(ctx, c.stream)
	if err != nil {
		return err
	}
	if !end.made.Equal(c.born) {
		c.born = end.made
		c.floor.Store(0)
	}
	return nil
}

func (c *consumer) create(ctx context.Context) error {
	cfg := c.want(jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if floor := c.floor.Load(); floor > 0 {
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, floor+1
	}
	cons, err := c.p.bus.js.CreateConsumer(ctx, c.stream, cfg)
	if err == nil {
		c.cons.CompareAndSwap(nil, &cons)
	}
	return err
}

// run takes messages until intake ends and returns when the last one in hand is answered; they are worked on under work.
func (c *consumer) run(intake, work context.Context) {
	slots := make(chan struct{}, 2*c.Workers) // one message waits for each that is in work
	queue := make(chan *job, cap(slots))
	var workers, keeper sync.WaitGroup
	for range c.Workers {
		workers.Go(func() { c.work(intake, work, queue, slots) })
	}
	done := make(chan struct{})
	keeper.Go(func() { c.keep(done) })
	for n := 0; intake.Err() == nil; {
		n += claim(intake, slots, n)
		left, err := c.take(n, queue)
		n = left
		c.recover(intake, err)
	}
	close(queue)
	workers.Wait()
	if c.asks.over != nil {
		close(c.asks.over)
	}
	close(done)
	keeper.Wait()
	c.declare() // nothing
	for _, j := range c.cut {
		if err := j.msg.Nak(); err != nil {
			c.log.Debug("message not handed back, it comes after the ack wait", "stream_seq", j.sequence(), "err", err)
		}
	}
	c.release()
	if r, ok := c.worker.(rester); ok {
		r.rest(work)
	}
}

// rester is a worker with something to do when the last message in hand is answered.
type rester interface{ rest(ctx context.Context) }

// follower is a worker with something to do while no message comes.
type follower interface{ follow(ctx context.Context) }

// work handles what is queued until the queue is closed.
func (c *consumer) work(intake, work context.Context, queue <-chan *job, slots <-chan struct{}) {
	var idle <-chan time.Time
	follower, follows := c.worker.(follower)
	if follows {
		t := time.NewTicker(c.p.tuning.watch)
		defer t.Stop()
		idle = t.C
	}
	for {
		select {
		case j, ok := <-queue:
			if !ok {
				return
			}
			c.handle(intake, work, j)
			<-slots
		case q := <-c.asks.questions:
			c.worker.(answerer).answer(intake, q)
		case <-idle:
			follower.follow(intake)
		}
	}
}

// handBack keeps a message for the end of run, when it goes back to the server.
func (c *consumer) handBack(j *job) {
	c.cutMu.Lock()
	defer c.cutMu.Unlock()
	c.cut = append(c.cut, j)
}

// claim takes every free slot, and waits for one where the caller has none.
func claim(ctx context.Context, slots chan<- struct{}, have int) int {
	n := 0
	if have == 0 {
		select {
		case slots <- struct{}{}:
			n++
		case <-ctx.Done():
			return 0
		}
	}
	for {
		select {
		case slots <- struct{}{}:
			n++
		default:
			return n
		}
	}
}

// take asks for up to n messages, queues what comes, and returns how many of the n are left. It is never cut short: a message on its way
// to a request that was given up would come back only after the ack wait, one delivery nearer to its dead letter.
func (c *consumer) take(n int, queue chan<- *job) (int, error) {
	if n == 0 {
		return 0, nil
	}
	batch, err := (*c.cons.Load()).Fetch(n, c.requests()...)
	if err != nil {
		return n, err
	}
	arriving := batch.Messages()
	for msg := range arriving {
		together := c.jobs(msg, arriving)
		c.declare()
		for _, j := range together {
			queue <- j
		}
		n -= len(together)
	}
	return n, batch.Error()
}

// jobs registers a message and those that have arrived with it.
func (c *consumer) jobs(msg jetstream.Msg, arriving <-chan jetstream.Msg) []*job {
	var together []*job
	for more := true; more; {
		if j, ok := c.job(msg); ok {
			together = append(together, j)
		}
		select {
		case msg, more = <-arriving:
		default:
			more = false
		}
	}
	return together
}

// recover waits after an error and makes the consumer again where it is gone.
func (c *consumer) recover(ctx context.Context, err error) {
	if err == nil || errors.Is(err, jetstream.ErrPinIDMismatch) { // another daemon has the pin now: the next request asks without one
		c.broken.Store(nil)
		return
	}
	if c.broken.Swap(&err) == nil {
		c.log.Warn("no messages can be taken, trying again", "stream", c.stream, "err", err)
	}
	if !pause(ctx, 250*time.Millisecond) {
		return
	}
	timed, cancel := context.WithTimeout(ctx, lookTimeout) // without a leader nobody answers, and there may be one soon
	defer cancel()
	if err := c.open(timed); err != nil {
		c.broken.Store(&err)
	}
}

// lookTimeout bounds one question about a consumer, many times as long as an answer takes.
const lookTimeout = 2 * time.Second

// keep tells the server that the messages in hand are still worked on, the waiting ones too.
func (c *consumer) keep(done <-chan struct{}) {
	t := time.NewTicker(c.p.tuning.ackWait / 3)
	defer t.Stop()
	for {
		select {
		case <-done:
			return
		case <-t.C:
			c.held.Range(func(j, _ any) bool {
				_ = j.(*job).msg.InProgress() // where it fails the message comes again, which is harmless
				return true
			})
		}
	}
}
