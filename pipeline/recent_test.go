package pipeline

import (
	"errors"
	"testing"
	"time"

	"rawi/pipeline/message"
)

func TestCrawledPagesAreReadByTime(t *testing.T) {
	b := openBus(t, testConfig(t))
	if err := b.Crawled(t.Context(), time.Time{}, time.Now(), func(time.Time, message.Raw) error { return errors.New("none") }); err != nil {
		t.Fatalf("of an empty stream: %v", err)
	}
	page := func(i int) message.Raw {
		r := raw(i)
		r.Status = 200
		return r
	}
	item := raw(2)
	item.Status = 0
	put(t, b, page(1), item, page(3))
	var times []time.Time
	read := func(from, to time.Time) (ids []string) {
		t.Helper()
		times = nil
		err := b.Crawled(t.Context(), from, to, func(stored time.Time, r message.Raw) error {
			ids, times = append(ids, r.ID), append(times, stored)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if ids := read(time.Time{}, time.Now().Add(time.Hour)); len(ids) != 2 || ids[0] != page(1).ID || ids[1] != page(3).ID {
		t.Fatalf("got %q, want the two pages and not what a feed brought", ids)
	}
	first, second := times[0], times[1]
	if ids := read(first.Add(1), time.Now().Add(time.Hour)); len(ids) != 1 || ids[0] != page(3).ID {
		t.Errorf("after the first: %q", ids)
	}
	if ids := read(time.Time{}, second); len(ids) != 1 || ids[0] != page(1).ID {
		t.Errorf("before the second: %q", ids)
	}
	stop := errors.New("enough")
	if err := b.Crawled(t.Context(), time.Time{}, time.Now().Add(time.Hour), func(time.Time, message.Raw) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
