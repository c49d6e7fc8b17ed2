package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/fault"
)

// memory is a store that daemons share; each answer takes a moment, so that they get into each other's way.
type memory struct {
	mu        sync.Mutex
	values    map[string][]byte
	revisions map[string]uint64
	at        map[string]time.Time
	writes    int
	broken    bool
}

func newMemory() *memory {
	return &memory{values: map[string][]byte{}, revisions: map[string]uint64{}, at: map[string]time.Time{}}
}

var errBroken = errors.New("store is away")

func (m *memory) Load(_ context.Context, key string) ([]byte, uint64, time.Duration, error) {
	time.Sleep(time.Millisecond) // of the bubble's clock
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return nil, 0, 0, errBroken
	}
	return m.values[key], m.revisions[key], time.Since(m.at[key]), nil
}

func (m *memory) Swap(_ context.Context, key string, value []byte, revision uint64) (uint64, bool, error) {
	time.Sleep(time.Millisecond)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.broken:
		return 0, false, errBroken
	case m.revisions[key] != revision:
		return 0, false, nil
	}
	m.values[key], m.at[key] = value, time.Now()
	m.revisions[key]++
	m.writes++
	return m.revisions[key], true, nil
}

func limits() Limits {
	return Limits{Spacing: time.Second, MaxDelay: 30 * time.Second, Hold: 2 * time.Second, Parallel: 2}
}

func delayOf(t *testing.T, err error) time.Duration {
	t.Helper()
	d, ok := errors.AsType[*fault.Delayed](err)
	if !ok {
		t.Fatalf("got %v, want to be told when to come back", err)
	}
	return d.Delay
}

// log is when requests left.
type log struct {
	mu     sync.Mutex
	starts []time.Time
}

func (l *log) add() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.starts = append(l.starts, time.Now())
}

// closest is the least time between two starts.
func (l *log) closest() time.Duration {
	slices.SortFunc(l.starts, time.Time.Compare)
	least := time.Hour
	for i := 1; i < len(l.starts); i++ {
		least = min(least, l.starts[i].Sub(l.starts[i-1]))
	}
	return least
}

// page fetches one page of a host by whichever daemon the bus gives it to, and returns how often it was asked to wait.
func page(t *testing.T, daemons []*Schedule, i int, took time.Duration, l *log) (waits int) {
	t.Helper()
	id := strconv.Itoa(i)
	for ; waits < 1000; waits++ {
		s := daemons[(i+waits)%len(daemons)] // a message that comes back goes to another one
		v, err := s.Enter(t.Context(), id, "journal.example")
		if err == nil {
			err = v.Start(t.Context(), 0)
			if err == nil {
				l.add()
				time.Sleep(took)
				err = v.Done(t.Context())
			}
			v.Leave()
		}
		if err == nil {
			return waits
		}
		time.Sleep(delayOf(t, err))
	}
	t.Errorf("page %d is not fetched", i)
	return waits
}

func TestDaemonsShareTheTurnsOfAHost(t *testing.T) {
	for _, daemons := range []int{1, 2, 5} {
		t.Run(fmt.Sprintf("%d daemons", daemons), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const pages = 200
				store, all := newMemory(), []*Schedule{}
				for range daemons {
					all = append(all, New(limits(), store))
				}
				began, l := time.Now(), &log{}
				var work sync.WaitGroup
				most := make([]int, pages)
				for i := range pages {
					work.Go(func() { most[i] = page(t, all, i, 200*time.Millisecond, l) })
				}
				work.Wait()
				took := time.Since(began)
				t.Logf("%d pages in %s, closest %s, at most %d waits, %.2f writes a page", pages, took, l.closest(), slices.Max(most), float64(store.writes)/pages)
				if l.closest() < time.Second {
					t.Errorf("two requests are %s apart", l.closest())
				}
				if took > time.Duration(pages)*time.Second*3/2 {
					t.Errorf("took %s: turns were lost", took)
				}
				if store.writes > pages {
					t.Errorf("%d writes for %d pages", store.writes, pages)
				}
			})
		})
	}
}

func TestLateStartDoesNotHaveTheNextOnItsHeels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		h := s.host("journal.example")
		enter := func(id string) *Visit {
			v, err := s.Enter(t.Context(), id, "journal.example")
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		first, second := enter("1"), enter("2")
		if err := first.Start(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		h.last = h.last.Add(900 * time.Millisecond) // as if it had woken up late
		late := h.last
		if err := second.Start(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if apart := time.Since(late); apart < time.Second || apart > 1100*time.Millisecond {
			t.Errorf("started %s after the late one", apart)
		}
	})
}

func TestVisitThatNeverStartedSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		v, err := s.Enter(t.Context(), "1", "journal.example")
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Done(t.Context()); err != nil {
			t.Error(err)
		}
		if took := s.host("journal.example").record.Took; took != 0 {
			t.Errorf("the host is taken to need %s for an answer", took)
		}
	})
}

func TestSlowHostHoldsNoMoreThanItsPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		var inHand []*Visit
		for i := range 20 {
			if v, err := s.Enter(t.Context(), strconv.Itoa(i), "lent.example"); err == nil {
				inHand = append(inHand, v)
			} else {
				delayOf(t, err)
			}
		}
		if len(inHand) != 2 {
			t.Errorf("%d messages of one host in hand, want 2", len(inHand))
		}
		if _, err := s.Enter(t.Context(), "x", "vif.example"); err != nil {
			t.Errorf("another host: %v", err)
		}
	})
}

func TestIntervalFollowsSlowAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := New(limits(), newMemory()), &log{}
		var work sync.WaitGroup
		for i := range 30 {
			work.Go(func() { page(t, []*Schedule{s}, i, 10*time.Second, l) })
		}
		work.Wait()
		slices.SortFunc(l.starts, time.Time.Compare)
		for i := 12; i < len(l.starts); i++ {
			if apart := l.starts[i].Sub(l.starts[i-1]); apart < 4*time.Second {
				t.Errorf("answers take 10s, requests %d and %d are %s apart", i-1, i, apart)
			}
		}
	})
}

// refuse has a host refuse one request and returns how long it is left alone.
func refuse(t *testing.T, s *Schedule, id string) time.Duration {
	t.Helper()
	v, err := s.Enter(t.Context(), id, "journal.example")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Leave()
	if err := v.Start(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	return delayOf(t, v.Refused(t.Context(), 0, errors.New("status 429")))
}

func TestPenaltyGrowsAndFades(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		s := New(limits(), store)
		var waits []time.Duration
		for i := range 5 {
			wait := refuse(t, s, strconv.Itoa(i))
			waits = append(waits, wait.Round(time.Minute))
			if _, err := New(limits(), store).Enter(t.Context(), "other", "journal.example"); delayOf(t, err) < busy {
				t.Error("another daemon does not leave the host alone")
			}
			time.Sleep(wait)
		}
		want := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 8 * time.Minute}
		if waits[0] != want[0] || waits[1] != want[1] || waits[2] != want[2] || waits[3] < want[3] {
			t.Errorf("left alone for %v, want %v", waits, want)
		}
		time.Sleep(2 * time.Hour)
		if wait := refuse(t, s, "later"); wait.Round(time.Minute) != time.Minute {
			t.Errorf("two good hours later left alone for %s", wait)
		}
	})
}

func TestRequestsUnderWayTogetherAreOneRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limits()
		l.Parallel, l.Spacing = 4, 10*time.Millisecond
		s := New(l, newMemory())
		var visits []*Visit
		for i := range 4 {
			v, err := s.Enter(t.Context(), strconv.Itoa(i), "journal.example")
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Start(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			visits = append(visits, v)
		}
		for i, v := range visits {
			if wait := delayOf(t, v.Refused(t.Context(), 0, errors.New("status 503"))); wait > 75*time.Second {
				t.Errorf("refusal %d leaves the host alone for %s", i, wait)
			}
		}
	})
}

func TestHostThatCannotBeReachedIsSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		fail := func(id string) {
			v, err := s.Enter(t.Context(), id, "journal.example")
			if err != nil {
				t.Fatal(err)
			}
			defer v.Leave()
			if err := v.Start(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			why := errors.New("connection refused")
			err = v.Failed(t.Context(), why)
			if _, delayed := errors.AsType[*fault.Delayed](err); delayed || !errors.Is(err, why) {
				t.Errorf("got %v, want the failure of this message", err)
			}
		}
		fail("1")
		_, err := s.Enter(t.Context(), "2", "journal.example")
		first := delayOf(t, err)
		time.Sleep(first)
		fail("2")
		_, err = s.Enter(t.Context(), "3", "journal.example")
		if second := delayOf(t, err); first < away || second < first+away/2 {
			t.Errorf("skipped for %s, then for %s", first, second)
		}
	})
}

func TestPlatformsShareAScheduleAndOtherHostsDoNot(t *testing.T) {
	l := limits()
	l.Platforms = []string{"blog.example"}
	for _, test := range []struct{ a, b string }{
		{"a.blog.example", "b.blog.example"},
		{"A.Blog.Example:443", "blog.example"},
		{"journal.example", "Journal.example"},
		{"www.journal.example", "journal.example"},
		{"WWW.Journal.example.:443", "journal.example:80"},
		{"صحيفة.example", "xn--ogbhx3c3b.example"},
	} {
		if l.key(test.a) != l.key(test.b) {
			t.Errorf("%s and %s are two hosts", test.a, test.b)
		}
	}
	for _, test := range []struct{ a, b string }{
		{"a.journal.example", "b.journal.example"}, {"monblog.example", "blog.example"}, {"journal.example:8080", "journal.example"},
	} {
		if l.key(test.a) == l.key(test.b) {
			t.Errorf("%s and %s are one host", test.a, test.b)
		}
	}
}

func TestNothingLeavesWithoutTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		store.broken = true
		s := New(limits(), store)
		_, err := s.Enter(t.Context(), "1", "journal.example")
		if delayOf(t, err); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
		store.broken = false
		v, err := s.Enter(t.Context(), "1", "journal.example")
		if err != nil {
			t.Fatal(err)
		}
		defer v.Leave()
		store.broken = true
		delayOf(t, v.Start(t.Context(), 0))
	})
}

func TestIdleHostsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := New(limits(), newMemory()), &log{}
		for i := range 50 {
			v, err := s.Enter(t.Context(), "1", fmt.Sprintf("h%d.example", i))
			if err != nil {
				t.Fatal(err)
			}
			v.Leave()
			v.Leave() // twice is harmless
		}
		time.Sleep(time.Hour)
		page(t, []*Schedule{s}, 1, 0, l)
		if len(s.hosts) != 2 {
			t.Errorf("%d hosts and owners are remembered, want those of the last page", len(s.hosts))
		}
	})
}

func TestCancelEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		ctx, cancel := context.WithCancel(t.Context())
		first, err := s.Enter(ctx, "1", "journal.example")
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Start(ctx, 0); err != nil {
			t.Fatal(err)
		}
		second, err := s.Enter(ctx, "2", "journal.example")
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		began := time.Now()
		if err := second.Start(ctx, 0); !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Millisecond {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}

// A request with a longer interval than the one before it, for instance the first page after a robots.txt with a Crawl-delay, is told when to come
// back, and neither holds a worker nor a slot.
func TestLongerIntervalThanBeforeIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		s := New(limits(), store)
		for i, delay := range []time.Duration{0, 30 * time.Second} {
			v, err := s.Enter(t.Context(), strconv.Itoa(i), "journal.example")
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			err = v.Start(t.Context(), delay)
			if i == 0 && err != nil {
				t.Fatal(err)
			} else if i == 1 && (delayOf(t, err) < 20*time.Second || time.Since(began) > time.Second) {
				t.Errorf("got %v after %s", err, time.Since(began))
			}
			v.Leave()
		}
		if store.writes != 1 {
			t.Errorf("%d claims, want none for a slot that is not waited for", store.writes)
		}
	})
}
