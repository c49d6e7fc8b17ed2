// Command stories prints the stories as they stand, and then as they change. It is an example for programs that subscribe to them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"unicode"

	"rawi/pipeline/client"
)

func main() {
	if err := run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "stories:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	kinds := flag.String("kind", "", "kinds, parted by commas, such as operation,disaster; none for all")
	countries := flag.String("country", "", "countries (ISO 3166-1 alpha-2), parted by commas; none for all")
	languages := flag.String("language", "", "languages (BCP 47), parted by commas; none for all")
	durable := flag.String("durable", "", "name of a place that the server remembers; none begins with the last state")
	count := flag.Int("count", 0, "end after as many stories; 0 for never")
	flag.Parse()

	c, err := client.Connect(ctx, client.Options{
		URL: os.Getenv("NATS_URL"), Name: "example", NKey: os.Getenv("NATS_NKEY"), CA: os.Getenv("NATS_CA"), InboxPrefix: os.Getenv("NATS_INBOX_PREFIX"),
	})
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // what was acknowledged is sent before
	stories, err := c.Subscribe(ctx, client.Query{
		Kinds: list(*kinds), Countries: list(*countries), Languages: list(*languages), Durable: *durable, From: client.Current(),
	})
	if err != nil {
		return err
	}
	for seen := 0; *count == 0 || seen < *count; seen++ {
		d, err := stories.Next(ctx)
		if err != nil {
			return err
		}
		fmt.Println(d.Story.Change, d.Story.ID, d.Story.Revision, d.Subject, title(d.Story.Titles))
		if err := d.Ack(); err != nil { // once it is dealt with: what is not acknowledged comes again
			return err
		}
	}
	return nil
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// title is that of the first language by its tag, without line ends, control characters and those that direct text: titles come from the web.
func title(titles map[string]string) string {
	for _, tag := range slices.Sorted(maps.Keys(titles)) {
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				return -1
			}
			return r
		}, titles[tag])
	}
	return ""
}
