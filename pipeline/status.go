package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// Status is a stage or source as it is now.
type Status struct {
	Name     string        `json:"name"`
	Source   bool          `json:"source,omitempty"`
	Subjects []string      `json:"subjects,omitempty"`
	Pending  uint64        `json:"pending"`            // messages that wait to be taken
	InFlight uint64        `json:"in_flight"`          // taken and not answered, or waiting out a delay
	Oldest   time.Duration `json:"oldest_ns"`          // age of the oldest message that is not finished
	Role     string        `json:"role,omitempty"`     // of a stage that one daemon at a time runs: active or standby, empty until one is given a message
	Trouble  string        `json:"trouble,omitempty"`  // why the stage does not move
	Restored *Restored     `json:"restored,omitempty"` // of a stage with a memory: how it was filled when the process started
	Counts   Counts        `json:"counts"`             // since the process started
}

// backlog is what the server said of a consumer when it was last asked.
type backlog struct {
	mu       sync.Mutex
	pending  uint64
	inFlight uint64
	oldest   time.Duration
}

func (b *backlog) get() (pending, inFlight uint64, oldest time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pending, b.inFlight, b.oldest
}

func (b *backlog) set(info *jetstream.ConsumerInfo, oldest time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending, b.inFlight, b.oldest = info.NumPending, uint64(max(info.NumAckPending, 0)), oldest
}

// look asks the server how far the consumer is.
func (c *consumer) look(ctx context.Context) (*jetstream.ConsumerInfo, error) {
	cons := c.cons.Load()
	if cons == nil {
		return nil, fmt.Errorf("consumer %s: not opened yet", c.Name)
	}
	info, err := (*cons).Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("consumer %s: %w", c.Name, err)
	}
	c.floor.Store(info.AckFloor.Stream)
	return info, nil
}

// refresh asks the server and remembers the answer.
func (c *consumer) refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	beat := c.p.passed.Load() // before the look: what was decided since must not stand for it
	info, err := c.look(ctx)
	if err != nil {
		return err
	}
	var oldest time.Duration
	if info.NumPending > 0 || info.NumAckPending > 0 {
		oldest = c.oldest(ctx, info.AckFloor.Stream+1)
	}
	c.back.set(info, oldest)
	c.note(beat, info.AckFloor.Stream, info.NumPending == 0 && info.NumAckPending == 0, info.NumWaiting > 0)
	c.seeRole(info)
	c.confirmAgain(info)
	return nil
}

// oldest is the age of the first message from a sequence on that the stage reads; 0 where it cannot be told.
func (c *consumer) oldest(ctx context.Context, from uint64) time.Duration {
	s, err := c.p.bus.js.Stream(ctx, c.stream)
	if err != nil {
		return 0
	}
	return oldest(ctx, s, c.Subjects, from)
}

// trouble is why the stage does not move; nil while it does.
func (c *consumer) trouble() error {
	for _, p := range []*error{c.broken.Load(), c.stalled.Load()} {
		if p != nil {
			return fmt.Errorf("stage %s: %w", c.Name, *p)
		}
	}
	return nil
}

// Status asks the server how far every stage is: sources first, then stages in the order of the flow.
func (p *Pipeline) Status(ctx context.Context) ([]Status, error) {
	var all []Status
	for _, s := range p.sources {
		all = append(all, Status{Name: s.name, Source: true, Counts: s.counts.snapshot()})
	}
	for _, c := range p.stages {
		if err := c.refresh(ctx); err != nil {
			return nil, err
		}
		st := Status{Name: c.Name, Subjects: c.Subjects, Counts: c.counts.snapshot(), Role: c.lead.get(), Restored: c.restored.Load()}
		st.Pending, st.InFlight, st.Oldest = c.back.get()
		if err := c.trouble(); err != nil {
			st.Trouble = err.Error()
		}
		all = append(all, st)
	}
	return all, nil
}

// Drained reports whether no stage has anything left to do. Stages are asked in the order of the flow, so that a message which moves on
// in between is seen further down. What a source is about to bring it cannot know.
func (p *Pipeline) Drained(ctx context.Context) (bool, error) {
	if !p.opened() {
		return false, nil
	}
	for _, c := range p.stages {
		info, err := c.look(ctx)
		if err != nil {
			return false, err
		}
		if info.NumPending > 0 || info.NumAckPending > 0 {
			return false, nil
		}
		if behind, err := c.behind(ctx, info); behind || err != nil {
			return false, err
		}
	}
	return true, nil
}

// behind says that the stream has a message which the consumer does not count yet: it learns of it a moment after the publisher does.
func (c *consumer) behind(ctx context.Context, info *jetstream.ConsumerInfo) (bool, error) {
	s, err := c.p.bus.js.Stream(ctx, c.stream)
	if err != nil {
		return false, fmt.Errorf("stream %s: %w", c.stream, err)
	}
	for _, filter := range c.Subjects {
		m, err := s.GetLastMsgForSubject(ctx, filter)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("stream %s: %w", c.stream, err)
		}
		if m.Sequence > info.Delivered.Stream {
			return true, nil
		}
	}
	return false, nil
}

// Ready returns nil while messages are taken, worked on and stored, and otherwise why not.
func (p *Pipeline) Ready(ctx context.Context) error {
	if !p.running.Load() {
		return errors.New("the pipeline does not run")
	}
	errs := []error{p.disk.trouble(), p.clock.trouble(), p.bus.Ready(ctx)}
	for _, c := range p.stages {
		errs = append(errs, c.trouble())
	}
	return errors.Join(errs...)
}

// Alive returns nil while the pipeline's own loop turns, whatever its server does.
func (p *Pipeline) Alive(context.Context) error {
	if since := time.Since(time.Unix(0, p.beat.Load())); p.running.Load() && since > time.Minute {
		return fmt.Errorf("the watch has not turned for %s", since.Round(time.Second))
	}
	return nil
}

// deadLetters is the number of dead letters kept, by stage.
func (b *Bus) deadLetters(ctx context.Context) (map[string]uint64, error) {
	s, err := b.js.Stream(ctx, streamDead)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(message.DeadSubjects))
	if err != nil {
		return nil, err
	}
	byStage := map[string]uint64{}
	for subject, n := range info.State.Subjects {
		if parts := strings.Split(subject, "."); len(parts) > 2 {
			byStage[parts[2]] += n
		}
	}
	return byStage, nil
}

// flowOrder of a stream: data moves from lower to higher.
func flowOrder(stream string) int {
	return slices.IndexFunc(layouts(), func(l layout) bool { return l.name == stream })
}
