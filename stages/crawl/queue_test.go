package crawl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/fault"
	"rawi/stages/crawl/host"
)

// schedule is how long the runtime lets a message wait at least, by attempt.
var schedule = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute}

// deliver gives a page to the stage until it is fetched or the test's time is over, as the runtime does, and returns how often it was asked to
// wait.
func deliver(ctx context.Context, f *Fetcher, address string) (waits int, err error) {
	for ; ; waits++ {
		_, err = f.Process(ctx, fetchFor(address))
		d, delayed := errors.AsType[*fault.Delayed](err)
		if !delayed || waits == 100 {
			return waits, err
		}
		time.Sleep(max(d.Delay, schedule[min(waits, len(schedule)-1)])) // of the bubble's clock
	}
}

// queue delivers pages of one host, all at once, and returns how often each was asked to wait.
func queue(t *testing.T, o *outlet, pages int) []int {
	t.Helper()
	f := o.fetcher()
	waits := make([]int, pages)
	var all sync.WaitGroup
	for i := range pages {
		all.Go(func() {
			var err error
			if waits[i], err = deliver(t.Context(), f, fmt.Sprintf("https://journal.example/%d", i)); err != nil {
				t.Errorf("page %d: %v", i, err)
			}
		})
	}
	all.Wait()
	return waits
}

// closing answers after a moment, and with a status while it says so. Robots.txt is not there.
func closing(status func(n int) int, retryAfter string) *outlet {
	o := &outlet{}
	o.pages = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		o.mu.Lock()
		s := status(len(o.asked))
		o.mu.Unlock()
		time.Sleep(200 * time.Millisecond)
		if s != http.StatusOK {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(s)
		_, _ = w.Write([]byte(articlePage + r.URL.Path))
	}
	return o
}

func checkSpacing(t *testing.T, o *outlet) {
	t.Helper()
	for i := 1; i < len(o.asked); i++ {
		if apart := o.asked[i].at.Sub(o.asked[i-1].at); apart < Default().Spacing {
			t.Errorf("requests %d and %d are %s apart", i-1, i, apart)
		}
	}
}

func TestQueueOfABusyHostComesBackTurnByTurn(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		for _, pages := range []int{20, 60, 200} {
			for _, refused := range []int{1, 11} {
				t.Run(fmt.Sprintf("%d to request %d of %d", status, refused, pages), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						o := closing(func(n int) int {
							if n == refused {
								return status
							}
							return http.StatusOK
						}, "60")
						began := time.Now()
						for i, n := range queue(t, o, pages) {
							if n > 3 {
								t.Errorf("page %d was asked to wait %d times", i, n)
							}
						}
						checkSpacing(t, o)
						if len(o.asked) != pages+1 {
							t.Errorf("%d requests, want one a page and the refused one", len(o.asked))
						}
						if took, limit := time.Since(began), time.Duration(2*pages)*time.Second+90*time.Second; took > limit {
							t.Errorf("took %s, want at most %s", took, limit)
						}
					})
				})
			}
		}
	}
}

func TestRequestsInWaitingAreHeldBackToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := closing(func(n int) int {
			if n == 1 {
				return http.StatusTooManyRequests
			}
			return http.StatusOK
		}, "60")
		queue(t, o, 3)
		if apart := o.asked[1].at.Sub(o.asked[0].at); apart < time.Minute {
			t.Errorf("asked again after %s, although told to stay away for a minute", apart)
		}
	})
}

func TestPagesBehindARobotsFileThatCannotBeReadAreSpreadOverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" && time.Since(began) < 12*time.Hour {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			_, _ = w.Write([]byte(articlePage + r.URL.Path))
		}}
		for i, n := range queue(t, o, 200) {
			if n > 20 {
				t.Errorf("page %d was asked to wait %d times in twelve hours", i, n)
			}
		}
		checkSpacing(t, o)
		if o.robots > 16 {
			t.Errorf("robots.txt was asked for %d times in twelve hours, want the pauses to grow", o.robots)
		}
		if took := time.Since(began); took > 14*time.Hour {
			t.Errorf("took %s", took)
		}
	})
}

func TestNoPasswordIsShown(t *testing.T) {
	o := site(nil)
	o.pages = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	for _, address := range []string{"https://desk:s3cret@journal.example/1", "HTTPS://s3cret@journal.example/a@b", "ftp://x/https://desk:s3cret@y"} {
		_, err := o.fetcher().Process(t.Context(), fetchFor(address))
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v", err)
		}
	}
	if got := shown("https://journal.example/@une and http://a:b@c/d"); got != "https://journal.example/@une and http://c/d" {
		t.Errorf("got %s", got)
	}
}

func TestSectionBehindAQueueHasNotFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := site(map[string]string{"/une": sectionPage})
		v := NewVisitor(Default(), o, newMemory())
		place, err := v.hosts.Enter(t.Context(), "1", "journal.example")
		if err != nil {
			t.Fatal(err)
		}
		_ = place.Closed(t.Context(), 4*time.Minute, host.ErrNotYet)
		place.Leave()
		w := NewWatcher(v, newCalendar(), newMemory(), slog.New(slog.DiscardHandler))
		w.SetSections([]Section{{URL: "https://journal.example/une"}})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		box := &inbox{}
		began := time.Now()
		if err := w.Run(ctx, box.emit); err != nil {
			t.Fatal(err)
		}
		if h := w.Health()[0]; h.Failures > 0 || h.Error != "" || h.Last.Sub(began) < 3*time.Minute || len(box.urls()) != 2 {
			t.Errorf("health %+v, links %q; want it visited at its turn", h, box.urls())
		}
	})
}

// Outlets whose bare name leads to "www." are common, and both are one host with one schedule.
func TestPagesThatMoveWithinTheirHostArriveAtTheFirstGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pages = 20
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			if !strings.HasPrefix(r.URL.Host, "www.") {
				http.Redirect(w, r, "https://www."+r.URL.Host+r.URL.Path, http.StatusMovedPermanently)
				return
			}
			_, _ = w.Write([]byte(articlePage + r.URL.Path))
		}}
		queue(t, o, pages)
		if len(o.asked) != 2*pages {
			t.Errorf("%d requests for %d pages, want the redirect and the page of each", len(o.asked), pages)
		}
	})
}
