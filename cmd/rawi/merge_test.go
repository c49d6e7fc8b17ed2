package main

import (
	"hash/fnv"
	"strconv"
	"testing"
	"time"

	"rawi/cmd/internal/demo"
	"rawi/cmd/internal/evaluate"
)

// TestDemoPressIsGroupedWhateverTheOrder feeds the demo's articles in the order of publication and in others: outlets are polled at different
// times. Reports of different happenings never share a story; those of one happening nearly always do.
func TestDemoPressIsGroupedWhateverTheOrder(t *testing.T) {
	reports, err := demo.Labelled()
	if err != nil {
		t.Fatal(err)
	}
	orders := 6
	if raced {
		orders = 2
	}
	for seed := range orders {
		l := line()
		if seed > 0 {
			l.Delay = func(r evaluate.Labelled) time.Duration { return firstPoll(seed, r).Sub(published(t, r)) }
		}
		merged, err := evaluate.Merge(t.Context(), reports, l)
		if err != nil {
			t.Fatal(err)
		}
		score := evaluate.Grade(reports, merged.Stories())
		if score.PairRouted.FP != 0 || score.PairRouted.R < 0.9 {
			t.Errorf("order %d: %d pairs wrongly together, recall %.3f", seed, score.PairRouted.FP, score.PairRouted.R)
			for _, m := range first(evaluate.Mistakes(reports, merged.Stories()), 8) {
				t.Log(m)
			}
		}
	}
}

// firstPoll is within an hour long after publication: a daemon that starts finds everything that feeds still show at once, in any order.
func firstPoll(seed int, r evaluate.Labelled) time.Time {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strconv.Itoa(seed) + r.ID))
	return time.Date(2025, 1, 1, 0, 0, int(h.Sum32()%3600), 0, time.UTC)
}

func published(t *testing.T, r evaluate.Labelled) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, r.Published)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
