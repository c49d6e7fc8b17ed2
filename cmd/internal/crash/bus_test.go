//go:build crash

package crash

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// behind opens the server behind everybody's back: what it does there no part of the program may do.
func behind(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// redelivered counts the messages that a stage was given more than once, by stage. What publish reads cannot be counted this way: states
// that were overtaken are gone from its stream before it is given them.
func redelivered(t *testing.T, url string) map[string]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	js, more := behind(t, url), map[string]int{}
	for stage, at := range map[string]struct{ stream, subjects string }{
		"crawl": {"FETCH", "news.fetch.>"}, "language": {"RAW", "news.raw.>"}, "dedup": {"ARTICLES", "news.article.>"},
		"extract-fr": {"LANG", "news.lang.fr.>"}, "extract-ar": {"LANG", "news.lang.ar.>"},
	} {
		stream, err := js.Stream(ctx, at.stream)
		if err != nil {
			t.Fatal(err)
		}
		info, err := stream.Info(ctx, jetstream.WithSubjectFilter(at.subjects))
		if err != nil {
			t.Fatal(err)
		}
		cons, err := js.Consumer(ctx, at.stream, stage)
		if err != nil {
			t.Fatal(err)
		}
		stored := 0
		for _, n := range info.State.Subjects {
			stored += int(n)
		}
		if d := int(cons.CachedInfo().Delivered.Consumer) - stored; d != 0 {
			more[stage] = d
		}
	}
	return more
}

// neglect makes a durable reader of the story stream that takes everything and answers nothing.
func neglect(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cons, err := behind(t, url).CreateConsumer(ctx, "STORIES", jetstream.ConsumerConfig{
		Durable: "neglected", AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Second, MaxAckPending: 5,
	})
	if err != nil {
		t.Fatal(err)
	}
	reading, err := cons.Consume(func(jetstream.Msg) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reading.Stop)
}
