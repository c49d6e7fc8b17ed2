package pipeline

import (
	"errors"
	"slices"
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

func TestMergedArticlesAreReadByTime(t *testing.T) {
	b := openBus(t, testConfig(t))
	state := func(story string, articles ...string) message.State {
		s := message.State{Type: message.StateV1, Story: message.Story{ID: story, Revision: len(articles)}}
		for _, a := range articles {
			s.Members = append(s.Members, message.Member{Article: a})
		}
		return s
	}
	var last time.Time
	read := func(from time.Time) (ids []string) {
		t.Helper()
		err := b.Merged(t.Context(), from, func(stored time.Time, article string) error {
			ids, last = append(ids, article), stored
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if ids := read(time.Time{}); len(ids) > 0 {
		t.Errorf("of an empty stream: %q", ids)
	}
	put(t, b, state("s1", "a1"), state("s2", "a2"))
	if ids := read(time.Time{}); !slices.Equal(ids, []string{"a1", "a2"}) {
		t.Errorf("got %q", ids)
	}
	put(t, b, state("s1", "a1", "a3"))
	if ids := read(last.Add(1)); !slices.Equal(ids, []string{"a1", "a3"}) {
		t.Errorf("since the last: %q", ids)
	}
	stop := errors.New("enough")
	if err := b.Merged(t.Context(), time.Time{}, func(time.Time, string) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
