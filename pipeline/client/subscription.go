package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrClosed says that the subscription was closed, or its client.
var ErrClosed = errors.New("subscription closed")

// Subscription gives out the stories of a query. It is safe for concurrent use: several goroutines may take from it.
type Subscription struct {
	client *Client
	query  Query
	out    chan *Delivery
	slots  chan struct{} // one for each story that is held, or asked for
	stop   context.CancelCauseFunc
	ended  chan struct{}
	err    error // set before ended is closed

	mu   sync.Mutex
	cons jetstream.Consumer
	desk desk
}

// Subscribe begins to take the stories of a query. It goes on until ctx ends, Close is called, or the client is closed; connections that are
// lost, servers that start anew and consumers that are gone are waited for and made up for.
func (c *Client) Subscribe(ctx context.Context, q Query) (*Subscription, error) {
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	q = q.withDefaults()
	info, err := c.stories(ctx)
	if err != nil {
		return nil, err
	}
	if q.From.policy == fromNow { // or a consumer that has to be made again would begin with a later now
		q.From = After(Cursor{Sequence: info.State.LastSeq, Stored: info.TimeStamp})
	}
	s := &Subscription{
		client: c, query: q, out: make(chan *Delivery, q.Buffer), slots: make(chan struct{}, q.Buffer), ended: make(chan struct{}),
		desk: newDesk(q),
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	running, stop := context.WithCancelCause(ctx)
	s.stop = stop
	forgotten := c.over.add(stop)
	if c.nc.IsClosed() {
		stop(ErrClosed)
	}
	c.readers.Go(func() {
		defer forgotten()
		defer stop(nil)
		s.run(running)
	})
	return s, nil
}

// Next waits for a story. Each has to be acknowledged, put off or discarded: what is not is given out again after the subscription has ended.
// It returns ctx's error when ctx ends, ErrClosed when the subscription has, and an *Unreadable for a message that is no story this program
// knows, which is passed over: the next call goes on.
func (s *Subscription) Next(ctx context.Context) (*Delivery, error) {
	for {
		d, err := s.next(ctx)
		if err != nil {
			return nil, err
		}
		if err := d.unreadable(); err != nil {
			return nil, err
		}
		if s.wanted(d) {
			return d, nil
		}
		_ = d.Discard() // where it fails it comes again and is passed over again
	}
}

func (s *Subscription) next(ctx context.Context) (*Delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-s.ended: // what is left was handed back
		return nil, s.err
	default:
	}
	select {
	case d := <-s.out:
		return d, nil
	case <-s.ended:
		return nil, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Follow gives fn every story, one after the other, and acknowledges it when fn returns nil. It returns the first error of fn, whose story
// is given out again to the next reader of the place, or the first of Next. A story that fn did not return from counts as not read.
func (s *Subscription) Follow(ctx context.Context, fn func(context.Context, *Delivery) error) error {
	for {
		d, err := s.Next(ctx)
		if err != nil {
			return err
		}
		if err := fn(ctx, d); err != nil {
			return err
		}
		if err := d.Ack(); err != nil {
			return err
		}
	}
}

// Cursor is behind the last story before which everything is acknowledged or discarded. A program that begins again with After of it misses nothing, and is given
// again at most what it had acknowledged out of order.
func (s *Subscription) Cursor() Cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk.cursor
}

// Lag asks the server how many messages of the query's kinds and countries wait to be taken, those in other languages included.
func (s *Subscription) Lag(ctx context.Context) (uint64, error) {
	var n uint64
	err := s.client.ask(ctx, func(ctx context.Context) error {
		info, err := s.consumer().Info(ctx)
		if err == nil {
			n = info.NumPending
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("lag: %w", err)
	}
	return n, nil
}

// Close ends the subscription and hands back what it holds, so that the next reader of the place is given it at once. It is safe to call twice.
func (s *Subscription) Close() {
	s.stop(ErrClosed)
	<-s.ended
}

// run takes stories until ctx ends, and hands back what is held then.
func (s *Subscription) run(ctx context.Context) {
	defer close(s.ended)
	var keeping sync.WaitGroup
	keeping.Go(func() { s.keep(ctx) })
	s.take(ctx)
	keeping.Wait()
	s.handBack()
	s.forget(context.WithoutCancel(ctx))
	s.err = context.Cause(ctx)
}

// take fetches as many stories as there is room for, again and again.
func (s *Subscription) take(ctx context.Context) {
	for {
		n := s.claim(ctx)
		if n == 0 {
			return
		}
		left, err := s.fetch(ctx, n)
		for range left {
			<-s.slots
		}
		if err != nil && ctx.Err() == nil {
			s.recover(ctx, err)
		}
	}
}

// claim takes every free slot, and waits for one where there is none; 0 where ctx has ended.
func (s *Subscription) claim(ctx context.Context) int {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	if ctx.Err() != nil {
		return 0
	}
	for n := 1; ; n++ {
		select {
		case s.slots <- struct{}{}:
		default:
			return n
		}
	}
}

// fetch asks for up to n messages and returns how many of the slots are left over. A server that falls silent is noticed by its heartbeat.
func (s *Subscription) fetch(ctx context.Context, n int) (left int, err error) {
	batch, err := s.consumer().Fetch(n, jetstream.FetchContext(ctx))
	if err != nil {
		return n, err
	}
	left = n
	for msg := range batch.Messages() {
		if d := s.receive(msg); d != nil {
			s.out <- d // there is room: every delivery has its slot
			left--
		}
	}
	return left, batch.Error()
}

// recover waits after an error and finds or makes the consumer again.
func (s *Subscription) recover(ctx context.Context, err error) {
	s.client.log.Debug("no stories can be taken, trying again", "err", err)
	wait := time.NewTimer(250 * time.Millisecond)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return
	}
	if err := s.open(ctx); err != nil && ctx.Err() == nil {
		s.client.log.Warn("the reader of stories cannot be made again, trying again", "err", err)
	}
}

// keep tells the server that what is held is still worked on.
func (s *Subscription) keep(ctx context.Context) {
	t := time.NewTicker(s.query.AckWait / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			for _, msg := range s.held() {
				_ = msg.InProgress() // where it fails the story comes again, which is harmless
			}
			s.settle(ctx)
		}
	}
}

// settle asks the server about a story that was put off and holds up the cursor: another program that shares the place may have dealt with it.
func (s *Subscription) settle(ctx context.Context) {
	s.mu.Lock()
	stuck := s.desk.stuck()
	s.mu.Unlock()
	if !stuck {
		return
	}
	timed, cancel := context.WithTimeout(ctx, s.query.AckWait/6) // what is held must not wait for it
	defer cancel()
	info, err := s.consumer().Info(timed)
	if err != nil {
		return // the next time will do
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.settle(info.AckFloor.Stream)
}

// handBack returns everything held to the server.
func (s *Subscription) handBack() {
	for _, msg := range s.held() {
		_ = msg.Nak() // where it fails the story comes again after the ack wait
	}
}

func (s *Subscription) held() []jetstream.Msg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk.held()
}
