package crawl

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// pausing is a stage whose outlets are paused while is says so.
func pausing(o *outlet, is *bool) *Pages {
	return NewPages(o.fetcher(), func(context.Context, string) (bool, error) { return *is, nil })
}

func TestPageOfAPausedOutletWaitsForHoweverLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paused := true
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(articlePage)) }}
		p, in := pausing(o, &paused), fetchFor("https://journal.example/1")
		in.Found.At = time.Now()
		const days = 30
		began, stored, keys, asked := time.Now(), time.Now(), map[string]bool{in.Key(): true}, 0
		for ; time.Since(began) < days*24*time.Hour; asked++ {
			out, err := p.Process(t.Context(), in)
			if d, ok := errors.AsType[*fault.Delayed](err); ok {
				if d.Delay < leastHeld || d.Delay > mostHeld {
					t.Fatalf("asked to wait %s", d.Delay)
				}
				time.Sleep(d.Delay)
				continue
			}
			if err != nil || len(out) != 1 {
				t.Fatalf("got %v, %v", out, err)
			}
			if age := time.Since(stored); age > 60*time.Hour {
				t.Errorf("a message became %s old", age)
			}
			in, stored = out[0].(message.Fetch), time.Now()
			if keys[in.Key()] {
				t.Fatalf("the bus would take %s for a repetition", in.Key())
			}
			keys[in.Key()] = true
		}
		if asked > days*24*6+100 || len(keys) < days/2 || len(o.asked) > 0 || o.robots > 0 {
			t.Errorf("asked %d times, %d messages, %d requests", asked, len(keys), len(o.asked)+o.robots)
		}
		paused = false
		out, err := p.Process(t.Context(), in)
		if err != nil || len(out) != 1 || out[0].(message.Raw).ID != in.ID {
			t.Errorf("after it was resumed: %v, %v", out, err)
		}
	})
}

func TestShortPauseCostsLittleTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paused := true
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(articlePage)) }}
		p, in := pausing(o, &paused), fetchFor("https://journal.example/1")
		in.Found.At = time.Now()
		for _, round := range []time.Duration{time.Minute, 10 * time.Minute, time.Minute} {
			ends := time.Now().Add(round)
			for paused = true; ; {
				paused = time.Now().Before(ends)
				_, err := p.Process(t.Context(), in)
				d, ok := errors.AsType[*fault.Delayed](err)
				if !ok {
					break
				}
				time.Sleep(d.Delay)
			}
			if late := time.Since(ends); late > round/3+2*time.Second {
				t.Errorf("%s after a pause of %s", late, round)
			}
		}
	})
}

func TestPageWaitsWhileNobodyKnowsWhetherItsOutletIsPaused(t *testing.T) {
	o, away := &outlet{}, errors.New("store is away")
	p := NewPages(o.fetcher(), func(context.Context, string) (bool, error) { return false, away })
	_, err := p.Process(t.Context(), fetchFor("https://journal.example/1"))
	if _, ok := errors.AsType[*fault.Delayed](err); !ok || !errors.Is(err, away) || len(o.asked) > 0 {
		t.Errorf("got %v, %d requests", err, len(o.asked))
	}
}

func TestAPageThatWasTakenAwayTakesItsReportBack(t *testing.T) {
	for status, want := range map[int]string{http.StatusGone: message.RulingV1, http.StatusNotFound: ""} {
		synctest.Test(t, func(t *testing.T) {
			paused := false
			o := &outlet{pages: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }}
			in := fetchFor("https://journal.example/1")
			first, err := pausing(o, &paused).Process(t.Context(), in)
			if permanent, ok := errors.AsType[*fault.Permanent](err); !ok || permanent.Reason != ReasonGone {
				t.Errorf("status %d at the first look: %v, %v; want a dead letter", status, first, err)
			}
			in.Known, in.Seen = &message.Known{Digest: "d"}, "1h"
			out, err := pausing(o, &paused).Process(t.Context(), in)
			if want == "" {
				if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != ReasonGone || len(out) > 0 {
					t.Errorf("status %d: %v, %v; want it dropped, for hosts lose pages for a while", status, out, err)
				}
				return
			}
			r, ok := out[0].(message.Ruling)
			if err != nil || !ok || r.Act != message.ActRetract || r.By != "" || r.Articles[0] != in.ID || message.ByHand(r.Key()) {
				t.Errorf("status %d: %+v, %v", status, out, err)
			}
			again, err := pausing(o, &paused).Process(t.Context(), in)
			if err != nil || again[0].Key() != r.Key() {
				t.Errorf("the same look has the keys %s and %s", r.Key(), again[0].Key())
			}
		})
	}
}
