package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// testLease is short enough that a test can wait for it to end, and long enough that a daemon that lives renews it in time on a slow machine.
const testLease = 8 * time.Second

func openSchedule(t testing.TB, b *Bus) *Schedule {
	t.Helper()
	s, err := b.Schedule(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// twoBuses are those of two daemons that share a server, and stay apart in everything else.
func twoBuses(t testing.TB) (*Bus, *Bus) {
	t.Helper()
	cfg := testConfig(t)
	cfg.NATS.URL = serveNATS(t, t.TempDir(), "127.0.0.1:0").url
	return openBus(t, cfg), openBus(t, cfg)
}

// attending runs a schedule over names and returns what stops it and waits for the end.
func attending(t testing.TB, s *Schedule, names []string, look Look) (stop func()) {
	t.Helper()
	if err := s.Set(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, 8, look) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// looks counts the looks at each name.
type looks struct{ attempts }

// every returns a look that comes again after d, with a state that counts the looks at the name.
func (l *looks) every(d time.Duration) Look {
	return func(_ context.Context, name string, state []byte) ([]byte, time.Time) {
		l.add(name)
		return append(state, 'x'), time.Now().Add(d)
	}
}

func (l *looks) counts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.n)
}

func namesOf(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("https://desk:secret@host-%d.example/rss?n=%d", i%10, i))
	}
	return names
}

func entries(t testing.TB, s *Schedule) map[string]Entry {
	t.Helper()
	all, err := s.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]Entry{}
	for _, e := range all {
		byName[e.Name] = e
	}
	return byName
}

func TestTwoDaemonsLookAtEachNameOncePerTurn(t *testing.T) {
	a, b := twoBuses(t)
	names := namesOf(100)
	var seen looks
	for _, bus := range []*Bus{a, b} {
		attending(t, openSchedule(t, bus), names, seen.every(time.Hour))
	}
	list := openSchedule(t, a)
	eventually(t, "every name has a state", func() bool {
		all := entries(t, list)
		return len(all) == len(names) && !slices.ContainsFunc(slices.Collect(maps.Values(all)), func(e Entry) bool { return e.State == nil })
	})
	for name, e := range entries(t, list) {
		if e.Owner != "" || e.Held || string(e.State) != "x" || time.Until(e.Due) < 50*time.Minute {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for name, n := range seen.counts() {
		if n != 1 {
			t.Errorf("%s was looked at %d times, want once", name, n)
		}
	}
}

// Another daemon may look at a name, and be done, between the moment in which this one finds it due and that in which it claims it.
func TestNameThatWasJustLookedAtElsewhereIsLeftAlone(t *testing.T) {
	a, b := twoBuses(t)
	first, second := openSchedule(t, a), openSchedule(t, b)
	var seen looks
	second.line.want(namesOf(1), time.Now())
	second.line.loaded(time.Now())
	due, _ := second.line.next(time.Now().Add(time.Second))
	stop := attending(t, first, namesOf(1), seen.every(time.Hour))
	eventually(t, "the other daemon is done", first.CaughtUp)
	stop()
	is, err := second.get(t.Context(), nameKey(namesOf(1)[0]))
	if err != nil {
		t.Fatal(err)
	}
	second.line.see(is, time.Now())
	second.attend(t.Context(), due, seen.every(time.Hour))
	if n := seen.of(namesOf(1)[0]); n != 1 {
		t.Errorf("looked at %d times", n)
	}
}

func TestNameIsLookedAtAgainWhenItIsDue(t *testing.T) {
	a, b := twoBuses(t)
	var mu sync.Mutex
	last := map[string]time.Time{}
	turns := 0
	look := func(_ context.Context, name string, state []byte) ([]byte, time.Time) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if gap := now.Sub(last[name]); gap < leastWait-20*time.Millisecond {
			t.Errorf("%s again after %s", name, gap)
		}
		last[name] = now
		turns++
		return append(state, 'x'), now // asks for a loop, and gets a turn a second
	}
	for _, bus := range []*Bus{a, b} {
		attending(t, openSchedule(t, bus), namesOf(5), look)
	}
	eventually(t, "three turns of each", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return turns >= 15
	})
}

func TestDeadDaemonsNamesAreTakenOver(t *testing.T) {
	t.Parallel() // it waits for leases
	a, b := twoBuses(t)
	release, begun := make(chan struct{}), make(chan struct{}, 1)
	first := openSchedule(t, a)
	first.lease = testLease
	if err := first.Set(t.Context(), namesOf(1)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- first.Run(t.Context(), 1, func(context.Context, string, []byte) ([]byte, time.Time) {
			begun <- struct{}{}
			<-release
			return []byte("late"), time.Now().Add(time.Hour)
		})
	}()
	<-begun
	var seen looks
	second := openSchedule(t, b)
	second.lease = testLease
	attending(t, second, namesOf(1), seen.every(time.Hour))
	list := openSchedule(t, b)
	renewed := time.Now()
	eventually(t, "the claim is older than its lease", func() bool { return time.Since(renewed) > 2*testLease })
	if n := seen.counts(); len(n) != 0 {
		t.Errorf("taken over from a daemon that lives: %v", n)
	}
	if e := entries(t, list)[namesOf(1)[0]]; e.Owner != first.owner {
		t.Errorf("owner is %q, want %q", e.Owner, first.owner)
	}
	a.nc.Close()
	eventually(t, "the other daemon takes over", func() bool { return len(seen.counts()) == 1 })
	close(release)
	if err := <-ended; err == nil {
		t.Error("a daemon without its server does not say so")
	}
	if e := entries(t, list)[namesOf(1)[0]]; string(e.State) != "x" {
		t.Errorf("state %q, want that of the daemon that took over", e.State)
	}
}

func TestRestartLooksAtNothingAgain(t *testing.T) {
	cfg := testConfig(t)
	var seen looks
	for i := range 2 {
		b, err := Open(t.Context(), cfg, quiet())
		if err != nil {
			t.Fatal(err)
		}
		s := openSchedule(t, b)
		stop := attending(t, s, namesOf(20), seen.every(time.Hour))
		eventually(t, "everything had its turn", s.CaughtUp)
		if got := entries(t, s); len(got) != 20 {
			t.Errorf("start %d: %d entries", i, len(got))
		}
		stop()
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, n := range seen.counts() {
		if n != 1 {
			t.Errorf("%s was looked at %d times over a restart", name, n)
		}
	}
}

func TestStopGivesNamesBack(t *testing.T) {
	b := openBus(t, testConfig(t))
	s := openSchedule(t, b)
	begun := make(chan struct{}, 5000)
	stop := attending(t, s, namesOf(5000), func(ctx context.Context, _ string, _ []byte) ([]byte, time.Time) {
		begun <- struct{}{}
		<-ctx.Done()
		return []byte("cut"), time.Time{}
	})
	for range 8 {
		<-begun
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took > time.Minute {
		t.Errorf("stopped after %s with thousands due", took)
	}
	all := entries(t, s)
	for name, e := range all {
		if e.Owner != "" || e.State != nil || e.Due.After(time.Now().Add(time.Minute)) {
			t.Errorf("%s was not given back: %+v", name, e)
		}
	}
	if len(all) != 8 {
		t.Errorf("%d entries, want those that were in hand", len(all))
	}
}

func TestHeldNameWaitsOverARestart(t *testing.T) {
	a, b := twoBuses(t)
	desk := openSchedule(t, b)
	name := namesOf(1)[0]
	if err := desk.Hold(t.Context(), name, true); err != nil {
		t.Fatal(err)
	}
	var seen looks
	s := openSchedule(t, a)
	stop := attending(t, s, namesOf(2), seen.every(time.Hour))
	eventually(t, "the other name had its turn", func() bool { return seen.of(namesOf(2)[1]) == 1 && s.CaughtUp() })
	stop()
	attending(t, openSchedule(t, a), namesOf(2), seen.every(time.Hour))
	if err := desk.Hasten(t.Context(), namesOf(2)[1]); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the name that was hastened is looked at", func() bool { return seen.of(namesOf(2)[1]) == 2 })
	if seen.of(name) != 0 || !entries(t, desk)[name].Held {
		t.Errorf("a held name was looked at: %+v", entries(t, desk)[name])
	}
	if err := desk.Hold(t.Context(), name, false); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is looked at once it is let go", func() bool { return seen.of(name) == 1 })
}

func TestHoldDuringALookIsKept(t *testing.T) {
	a, b := twoBuses(t)
	begun, release := make(chan struct{}, 1), make(chan struct{})
	attending(t, openSchedule(t, a), namesOf(1), func(context.Context, string, []byte) ([]byte, time.Time) {
		begun <- struct{}{}
		<-release
		return []byte("looked"), time.Now()
	})
	<-begun
	desk := openSchedule(t, b)
	if err := desk.Hold(t.Context(), namesOf(1)[0], true); err != nil {
		t.Fatal(err)
	}
	close(release)
	eventually(t, "the look's state is kept beside the hold", func() bool {
		e := entries(t, desk)[namesOf(1)[0]]
		return e.Held && e.Owner == "" && string(e.State) == "looked"
	})
}

func TestNameHastenedDuringALookIsLookedAtAgain(t *testing.T) {
	a, b := twoBuses(t)
	begun, release := make(chan struct{}, 2), make(chan struct{})
	attending(t, openSchedule(t, a), namesOf(1), func(ctx context.Context, _ string, _ []byte) ([]byte, time.Time) {
		begun <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
		}
		return []byte("x"), time.Now().Add(time.Hour)
	})
	<-begun
	desk := openSchedule(t, b)
	if err := desk.Hasten(t.Context(), namesOf(1)[0]); err != nil {
		t.Fatal(err)
	}
	release <- struct{}{}
	eventually(t, "the look for which it was hastened", func() bool { return len(begun) == 1 })
	close(release)
	eventually(t, "it is left alone after that", func() bool { return time.Until(entries(t, desk)[namesOf(1)[0]].Due) > 30*time.Minute })
}

func TestGroupIsSpacedOverDaemons(t *testing.T) {
	const apart = 200 * time.Millisecond
	a, b := twoBuses(t)
	var mu sync.Mutex
	looked := map[string]int{}
	groupOf := func(name string, _ []byte) (string, time.Duration) {
		_, host, _ := strings.Cut(name, "@")
		host, _, _ = strings.Cut(host, "/")
		return host, apart
	}
	look := func(_ context.Context, name string, _ []byte) ([]byte, time.Time) {
		mu.Lock()
		defer mu.Unlock()
		host, _ := groupOf(name, nil)
		looked[host]++
		return []byte("x"), time.Now().Add(time.Hour)
	}
	var all []*Schedule
	for _, bus := range []*Bus{a, b} {
		s := openSchedule(t, bus)
		s.Group(groupOf)
		all = append(all, s)
	}
	if err := all[0].Delay(t.Context(), "host-3.example", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	turns := groupTurns(t, all[0])
	for _, s := range all {
		attending(t, s, namesOf(60), look)
	}
	eventually(t, "everything but the delayed group is looked at", func() bool {
		mu.Lock()
		defer mu.Unlock()
		n := 0
		for _, times := range looked {
			n += times
		}
		return n == 54
	})
	eventually(t, "names of a delayed group are not waited for", func() bool { return all[0].CaughtUp() && all[1].CaughtUp() })
	seen := 0
	for host, times := range turns() {
		seen += len(times)
		for i := 1; i < len(times); i++ {
			if early := times[i-1].Due.Sub(times[i].At); early > 0 {
				t.Errorf("%s: a turn was taken %s before the group was free", host, early)
			}
			if gap := times[i].At.Sub(times[i-1].At); gap < apart {
				t.Errorf("%s: turns %s apart", host, gap)
			}
		}
	}
	if seen < 27 { // a record may be overwritten before it is seen
		t.Errorf("%d of 54 turns were seen", seen)
	}
	mu.Lock()
	defer mu.Unlock()
	if looked["host-3.example"] != 0 {
		t.Error("a delayed group was looked at")
	}
}

// groupTurns watches the records of groups, which say when a look may begin, and returns those that were written, by group. When a look does begin is
// a matter of the machine as well.
func groupTurns(t *testing.T, s *Schedule) func() map[string][]turn {
	t.Helper()
	watcher, err := s.kv.Watch(t.Context(), groupKeys+">", jetstream.UpdatesOnly())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	turns := map[string][]turn{}
	go func() {
		for e := range watcher.Updates() {
			if e == nil {
				continue
			}
			r, err := decodeTurn(e.Value())
			if err != nil {
				t.Errorf("%s: %v", e.Key(), err)
			}
			mu.Lock()
			turns[r.Name] = append(turns[r.Name], r)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() { _ = watcher.Stop() })
	return func() map[string][]turn {
		eventually(t, "the last record of every group is seen", func() bool {
			for i := range 10 {
				group := fmt.Sprintf("host-%d.example", i)
				is, err := s.get(t.Context(), groupKey(group))
				if err != nil {
					t.Fatal(err)
				}
				mu.Lock()
				seen := turns[group]
				mu.Unlock()
				if i != 3 && (len(seen) == 0 || !seen[len(seen)-1].Due.Equal(is.record.Due)) {
					return false
				}
			}
			return true
		})
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(turns)
	}
}

func TestRecordThatCannotBeReadIsANewName(t *testing.T) {
	b := openBus(t, testConfig(t))
	s := openSchedule(t, b)
	if _, err := s.kv.Put(t.Context(), nameKey(namesOf(1)[0]), []byte("{broken")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.kv.Put(t.Context(), "of-a-later-version", []byte("[]")); err != nil {
		t.Fatal(err)
	}
	var seen looks
	attending(t, s, namesOf(2), seen.every(time.Hour))
	eventually(t, "both names had their turn", s.CaughtUp)
	if n := seen.counts(); len(n) != 2 || n[namesOf(1)[0]] != 1 {
		t.Errorf("looked at %v", n)
	}
}

func TestPanickingLookCostsOneTurn(t *testing.T) {
	b := openBus(t, testConfig(t))
	s := openSchedule(t, b)
	attending(t, s, namesOf(2), func(_ context.Context, name string, _ []byte) ([]byte, time.Time) {
		if name == namesOf(1)[0] {
			panic("a feed that nobody expected")
		}
		return []byte("x"), time.Now().Add(time.Hour)
	})
	eventually(t, "both names had their turn", s.CaughtUp)
	if e := entries(t, s)[namesOf(1)[0]]; e.Owner != "" || time.Until(e.Due) < afterPanic/2 {
		t.Errorf("after a panic: %+v", e)
	}
}

func TestScheduleGoesOnAfterTheServerWasAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := serveNATS(t, dir, "127.0.0.1:0")
	cfg := testConfig(t)
	way := wayTo(t, first)
	cfg.NATS.URL = way.url()
	b := openBus(t, cfg)
	var seen looks
	attending(t, openSchedule(t, b), namesOf(3), seen.every(time.Second))
	eventually(t, "the first looks", func() bool { return len(seen.counts()) == 3 })
	first.stop()
	eventually(t, "the connection is gone", func() bool { return !b.nc.IsConnected() })
	before := seen.counts()[namesOf(1)[0]]
	way.lead(serveNATS(t, dir, "127.0.0.1:0"))
	eventually(t, "more looks", func() bool { return seen.counts()[namesOf(1)[0]] > before+1 })
}

func TestNamesComeAndGo(t *testing.T) {
	b := openBus(t, testConfig(t))
	s := openSchedule(t, b)
	var seen looks
	attending(t, s, namesOf(1), seen.every(time.Second))
	eventually(t, "the first look", func() bool { return len(seen.counts()) == 1 })
	if err := s.Set(t.Context(), namesOf(3)[1:]); err != nil {
		t.Fatal(err)
	}
	eventually(t, "looks at the others", func() bool { return seen.of(namesOf(3)[1]) > 1 && seen.of(namesOf(3)[2]) > 1 })
	gone := seen.of(namesOf(1)[0])
	if err := s.Set(t.Context(), namesOf(1)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first is looked at again, with its state", func() bool {
		return seen.of(namesOf(1)[0]) > gone && len(entries(t, s)[namesOf(1)[0]].State) > gone
	})
}

func TestAFullStoreIsSaidOnceAndNotForEachNameThatIsDue(t *testing.T) {
	b := openBus(t, testConfig(t))
	s, err := b.Schedule(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	stream := bucketPrefix + s.kv.Bucket()
	kv, err := b.js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	full := kv.CachedInfo().Config
	full.MaxBytes, full.Discard = 1, jetstream.DiscardNew
	if _, err := b.js.UpdateStream(t.Context(), full); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	for i := range 50 {
		c := tenure{s: s, sight: sight{key: keyHash(fmt.Sprint(i)), record: turn{Name: fmt.Sprint(i)}}}
		if c.take(t.Context()) {
			t.Fatal("a full store took a claim")
		}
	}
	if err := b.store.trouble(); err == nil || !strings.Contains(err.Error(), stream) {
		t.Errorf("readiness says %v, want that %s takes nothing", err, stream)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "the store is full") {
		t.Errorf("%d lines of log, want one that says that the store is full:\n%s", lines, log.String())
	}
}
