package pipeline

import (
	"context"
	"time"

	"rawi/pipeline/message"
)

// Crawled gives fn the pages that the crawler brought, stored from one time up to another, in their order, with the time at which each was
// stored. It reads what is there now and ends where fn fails, with fn's error.
func (b *Bus) Crawled(ctx context.Context, from, to time.Time, fn func(stored time.Time, raw message.Raw) error) error {
	return b.read(ctx, streamRaw, []string{message.CrawledSubjects}, Since(from), func(e Envelope) error {
		if !e.Time.Before(to) {
			return errStop
		}
		var raw message.Raw
		if err := e.Decode(&raw); err != nil {
			return err
		}
		return fn(e.Time, raw)
	})
}

// Merged gives fn the articles of every story that was decided on since a time, by id, with the time at which its state was stored. It reads
// what is there now and ends where fn fails, with fn's error.
func (b *Bus) Merged(ctx context.Context, from time.Time, fn func(stored time.Time, article string) error) error {
	return b.read(ctx, streamState, []string{message.StateSubjects}, Since(from), func(e Envelope) error {
		var state struct {
			Members []struct {
				Article string `json:"article"`
			} `json:"members"`
		}
		if err := e.Decode(&state); err != nil {
			return err
		}
		for _, m := range state.Members {
			if err := fn(e.Time, m.Article); err != nil {
				return err
			}
		}
		return nil
	})
}
