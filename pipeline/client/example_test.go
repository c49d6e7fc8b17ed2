package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"github.com/nats-io/nats.go"

	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

// A program that keeps the operations of one country up to date, and misses none while it is away.
func Example() {
	url, stop := daemon()
	defer stop()
	ctx := context.Background()
	c, err := client.Connect(ctx, client.Options{URL: url, Name: "desk"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close() //nolint:errcheck // nothing is under way
	stories, err := c.Subscribe(ctx, client.Query{
		Kinds: []string{message.KindOperation}, Countries: []string{"MA"}, Languages: []string{"ar"},
		Durable: "desk", From: client.Current(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := stories.Next(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if d.Retracted() {
		fmt.Println("forget", d.Story.ID, "on", d.Subject)
	} else {
		fmt.Println("keep", d.Story.ID, "revision", d.Story.Revision, "from", len(d.Story.Reports), "reports")
	}
	if err := d.Ack(); err != nil { // once it is kept, so that it comes again where that failed
		fmt.Println(err)
	}
	// Output: keep s1 revision 2 from 1 reports
}

// A program that keeps its place itself, beside its own data, and goes on behind it.
func ExampleAfter() {
	url, stop := daemon()
	defer stop()
	ctx := context.Background()
	c, err := client.Connect(ctx, client.Options{URL: url})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()                                                              //nolint:errcheck // nothing is under way
	place, err := client.ParseCursor(`{"sequence":1,"story":"s1","revision":1}`) // as Cursor.String wrote it
	if err != nil {
		fmt.Println(err)
		return
	}
	stories, err := c.Subscribe(ctx, client.Query{From: client.After(place)})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := stories.Next(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = d.Ack()
	fmt.Println(d.Story.ID, d.Story.Revision, "of", d.Story.Kind, "and now at", stories.Cursor().Sequence)
	// Output: s1 2 of operation and now at 2
}

// daemon is a server with two revisions of a story.
func daemon() (url string, stop func()) {
	dir, err := os.MkdirTemp("", "rawi")
	if err != nil {
		panic(err)
	}
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = dir, "127.0.0.1:0", 256<<20
	bus, err := pipeline.Open(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	nc, err := nats.Connect(bus.ClientURL())
	if err != nil {
		panic(err)
	}
	defer nc.Close()
	for revision := range 2 {
		s := story("s1", revision+1, message.ChangeUpdate)
		s.Titles["ar"] = "توقيف مشتبه فيه بسلا"
		m := nats.NewMsg(s.Subject())
		m.Header.Set("Rawi-Kind", message.StoryV1)
		if m.Data, err = json.Marshal(s); err == nil {
			_, err = nc.RequestMsg(m, nats.DefaultTimeout)
		}
		if err != nil {
			panic(err)
		}
	}
	return bus.ClientURL(), func() {
		_ = bus.Close(context.Background())
		_ = os.RemoveAll(dir)
	}
}
