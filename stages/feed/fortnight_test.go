package feed

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"
)

// wire is a synthetic feed: when its items appear, and how many of them it shows.
type wire struct {
	posts  []time.Time
	window int
}

const (
	fortnight = 14 * 24 * time.Hour
	wires     = 240
)

var opening = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// press makes feeds of 0.2 to 200 items a day with windows of 10 to 50 items, of newsrooms in six time zones. Some items come in bursts over
// an hour, a few as one dump of an agency's wire: so many of each that polling every 5, 15 and 60 minutes misses about 0.3, 0.6 and 4 %.
func press(seed uint64) []wire {
	r := rand.New(rand.NewPCG(seed, 1))
	all := make([]wire, wires)
	for i := range all {
		all[i] = newWire(r, 0.2*math.Pow(1000, (float64(i)+r.Float64())/wires))
	}
	return all
}

const (
	burstShare, burstLeast, burstMost = 0.006, 10, 50
	dumpShare, dumpLeast, dumpMost    = 0.00026, 20, 60
)

func newWire(r *rand.Rand, daily float64) wire {
	w := wire{window: 10 + r.IntN(41)}
	zone := time.Duration(r.IntN(6)-3) * time.Hour
	perEvent := 1 + burstShare*(burstLeast+burstMost)/2 + dumpShare*(dumpLeast+dumpMost)/2
	const peak = 1.9
	for t := opening.Add(-fortnight); t.Before(opening.Add(fortnight)); {
		t = t.Add(time.Duration(r.ExpFloat64() / (daily / 24 / perEvent * peak) * float64(time.Hour)))
		hour := t.Add(zone).Sub(opening).Hours()
		if r.Float64()*peak > 1+0.9*math.Sin((hour-9)/24*2*math.Pi) {
			continue
		}
		n, over := 1, time.Duration(1)
		switch kind := r.Float64(); {
		case kind < dumpShare:
			n = dumpLeast + r.IntN(dumpMost-dumpLeast)
		case kind < dumpShare+burstShare:
			n, over = burstLeast+r.IntN(burstMost-burstLeast), time.Hour
		}
		for range n {
			w.posts = append(w.posts, t.Add(time.Duration(r.Int64N(int64(over)))))
		}
	}
	slices.SortFunc(w.posts, time.Time.Compare)
	return w
}

// tally is what polling the press for a fortnight has cost and brought.
type tally struct {
	requests, empty, missed, items int
	delays                         []time.Duration
}

// follow polls a feed for a fortnight; next says how long to wait, from the dates of the new items and of all that are shown.
func (t *tally) follow(w wire, next func(fresh, shown []time.Time, first, gap bool, now time.Time) time.Duration) {
	now := opening.Add(rand.N(time.Hour))
	seen := -1
	for now.Before(opening.Add(fortnight)) {
		end := sort.Search(len(w.posts), func(i int) bool { return w.posts[i].After(now) })
		begin := max(0, end-w.window)
		first := seen < 0
		if first {
			seen = end
		}
		for i := max(seen, begin); i < end; i++ {
			t.delays = append(t.delays, now.Sub(w.posts[i]))
		}
		t.requests++
		t.items += end - seen
		t.missed += max(begin-seen, 0)
		fresh := w.posts[max(seen, begin):end]
		if len(fresh) == 0 {
			t.empty++
		}
		gap := len(fresh) > 0 && seen <= begin
		seen = end
		now = now.Add(next(fresh, w.posts[begin:end], first, gap, now))
	}
}

func (t *tally) perDay() float64 { return float64(t.requests) / wires / 14 }

func (t *tally) lost() float64 { return float64(t.missed) / float64(t.items) }

func (t *tally) delay(share float64) time.Duration {
	slices.Sort(t.delays)
	return t.delays[int(share*float64(len(t.delays)-1))].Round(time.Second)
}

func (t *tally) String() string {
	return fmt.Sprintf("%5.1f requests per feed and day, %2.0f %% of them empty; delay median %5.1f min, p95 %3.0f min; missed %.2f %%",
		t.perDay(), 100*float64(t.empty)/float64(t.requests), t.delay(0.5).Minutes(), t.delay(0.95).Minutes(), 100*t.lost())
}

// fixed polls at one interval.
func fixed(press []wire, every time.Duration) *tally {
	t := &tally{}
	for _, w := range press {
		t.follow(w, func(_, _ []time.Time, _, _ bool, _ time.Time) time.Duration { return jitter(every) })
	}
	return t
}

// adaptive polls as the poller does: by the same code, without the documents around the dates.
func adaptive(press []wire) *tally {
	t := &tally{}
	cfg := Default()
	for _, w := range press {
		var s state
		t.follow(w, func(fresh, shown []time.Time, first, gap bool, now time.Time) time.Duration {
			switch {
			case first:
				s.Rhythm.learn(shown, shown, now)
			case len(fresh) == 0:
				s.Rhythm.learn(nil, nil, now)
			default:
				s.Rhythm.learn(fresh, shown, now)
			}
			return jitter(cfg.wait(Feed{}, s, gap, now))
		})
	}
	return t
}

// TestFortnightOfPolling holds the rule against what it is for: few requests, little delay, nothing missed, on average over several presses.
// With -v it prints the figures of each, and beside them those of fixed intervals.
func TestFortnightOfPolling(t *testing.T) {
	seeds := 4
	if testing.Verbose() {
		seeds = 8
	}
	var requests, delay, lost float64
	for seed := range uint64(seeds) {
		press := press(seed)
		got := adaptive(press)
		t.Logf("seed %d, adaptive   %s", seed, got)
		if testing.Verbose() {
			for _, every := range []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour} {
				t.Logf("seed %d, every %-4.0f %s", seed, every.Minutes(), fixed(press, every))
			}
		}
		requests += got.perDay() / float64(seeds)
		delay += got.delay(0.5).Minutes() / float64(seeds)
		lost += 100 * got.lost() / float64(seeds)
	}
	t.Logf("mean: %.2f requests per feed and day, median delay %.2f min, missed %.2f %%", requests, delay, lost)
	if requests > 28 || delay > 7 || lost > 0.7 {
		t.Errorf("%.1f requests, %.1f minutes, %.2f %%: want at most 28, 7 and 0.7", requests, delay, lost)
	}
}
