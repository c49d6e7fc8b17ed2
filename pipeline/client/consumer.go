package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// open finds the consumer of the subscription, or makes it where there is none: behind what was acknowledged here, or where the query begins.
func (s *Subscription) open(ctx context.Context) error {
	info, err := s.client.stories(ctx)
	if err != nil {
		return err
	}
	from := s.query.From
	if c := s.Cursor(); !c.IsZero() {
		from = After(c)
	}
	var cons jetstream.Consumer
	found := true
	err = s.client.ask(ctx, func(ctx context.Context) error {
		cons, err = s.find(ctx)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			found = false
			cons, err = s.client.js.CreateConsumer(ctx, stream, from.onto(s.query.consumer(), info))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reader of stories %q: %w", s.query.Durable, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.begin(info.Created)
	if found && s.cons == nil { // the place that the server remembers counts, and not where the query would have begun
		s.desk.cursor, s.desk.resumed = Cursor{Sequence: cons.CachedInfo().AckFloor.Stream}, Cursor{}
	}
	s.cons = cons
	return nil
}

// find returns the consumer that there is, made to fit the query.
func (s *Subscription) find(ctx context.Context) (jetstream.Consumer, error) {
	name := s.query.Durable
	if was := s.consumer(); was != nil {
		name = was.CachedInfo().Name
	}
	if name == "" {
		return nil, jetstream.ErrConsumerNotFound
	}
	cons, err := s.client.js.Consumer(ctx, stream, name)
	if err != nil {
		return nil, err
	}
	is := cons.CachedInfo().Config
	if is.AckPolicy != jetstream.AckExplicitPolicy {
		return nil, errors.New("there is a reader of this name that acknowledges in another way: choose another name, or delete it")
	}
	subjects := s.query.subjects()
	if slices.Equal(filters(is), subjects) && is.AckWait == s.query.AckWait {
		return cons, nil
	}
	is.AckWait = s.query.AckWait
	_, err = s.client.js.UpdateConsumer(ctx, stream, filtered(is, subjects))
	if err != nil && !errors.Is(err, jetstream.ErrConsumerMultipleFilterSubjectsNotSupported) { // the server has them now, its answer tells of before
		return nil, err
	}
	return s.client.js.Consumer(ctx, stream, name)
}

func filters(cfg jetstream.ConsumerConfig) []string {
	if len(cfg.FilterSubjects) == 0 {
		return []string{cfg.FilterSubject}
	}
	return slices.Sorted(slices.Values(cfg.FilterSubjects))
}

func (s *Subscription) consumer() jetstream.Consumer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cons
}

// forget removes a reader that nobody will ask for again. A durable place stays.
func (s *Subscription) forget(ctx context.Context) {
	if s.query.Durable != "" {
		return
	}
	timed, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_ = s.client.js.DeleteConsumer(timed, stream, s.consumer().CachedInfo().Name) // where that fails the server forgets it by itself
}
