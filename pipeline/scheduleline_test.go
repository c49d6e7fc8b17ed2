package pipeline

import (
	"fmt"
	"testing"
	"time"
)

// newLine holds one name, and is as a daemon's that has just read the bucket, or has for long.
func newLine(ready bool) *line {
	l := &line{lots: map[string]*lot{}, groups: map[string]*group{}, ready: ready}
	l.want([]string{"name"}, time.Now())
	return l
}

func TestWrongClocksDoNotMoveATurn(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name     string
		ready    bool
		at, due  time.Time
		from, to time.Duration // now
	}{
		{"read at the start", false, now.Add(-40 * time.Minute), now.Add(20 * time.Minute), 19 * time.Minute, 20 * time.Minute},
		{"overdue at the start", false, now.Add(-40 * time.Hour), now.Add(-39 * time.Hour), -40 * time.Hour, 0},
		{"written by a clock of ten years ahead", false, now.AddDate(10, 0, 0), now.AddDate(10, 0, 0).Add(time.Hour), 59 * time.Minute, time.Hour},
		{"just written by a clock that is ahead", true, now.Add(2 * time.Hour), now.Add(3 * time.Hour), 59 * time.Minute, time.Hour},
		{"just written by a clock that is behind", true, now.Add(-2 * time.Hour), now.Add(-1 * time.Hour), 59 * time.Minute, time.Hour},
		{"due before it was written", true, now, now.Add(-time.Hour), 0, 0},
	} {
		l := newLine(c.ready)
		l.see(sight{nameKey("name"), 1, turn{Name: "name", At: c.at, Due: c.due}}, now)
		l.loaded(now)
		if got := l.lots[nameKey("name")].due.Sub(now); got < c.from || got > c.to {
			t.Errorf("%s: due in %s, want %s to %s", c.name, got, c.from, c.to)
		}
	}
}

func TestSleepOfTheMachineCountsAsTime(t *testing.T) {
	now := time.Now()
	l := newLine(true)
	l.see(sight{nameKey("name"), 1, turn{Name: "name", At: now, Due: now.Add(time.Hour)}}, now)
	if _, wait := l.next(now); wait != longestRest {
		t.Fatalf("rests %s", wait)
	}
	l.skip(2 * time.Hour)
	if due, _ := l.next(now); due == nil {
		t.Error("not due after two hours that nobody noticed")
	}
}

func TestClaimHoldsUntilItsLeaseEnds(t *testing.T) {
	now := time.Now()
	l := newLine(true)
	l.see(sight{nameKey("name"), 1, turn{Name: "name", At: now, Due: now, Owner: "another", Lease: time.Minute}}, now)
	for after, want := range map[time.Duration]bool{0: false, 59 * time.Second: false, time.Minute: true} {
		due, _ := l.next(now.Add(after))
		if (due != nil) != want {
			t.Errorf("after %s: claimed %t", after, due != nil)
		}
		if due != nil {
			l.release(due, sight{}, 9, now)
		}
	}
}

// The store's lock says that the daemon which ran the server before is gone; one that reached it from outside may live.
func TestNamesOfTheServersLastProcessAreTakenAtOnce(t *testing.T) {
	now := time.Now()
	for owner, want := range map[string]bool{"rawi/1" + atServer: true, "rawi/2": false} {
		l := newLine(true)
		l.alone = true
		l.see(sight{nameKey("name"), 1, turn{Name: "name", At: now, Due: now, Owner: owner, Lease: time.Minute}}, now)
		if due, _ := l.next(now); (due != nil) != want {
			t.Errorf("%s: taken %t", owner, due != nil)
		}
	}
}

func TestRecordThatExpiredMakesTheNameNew(t *testing.T) {
	now := time.Now()
	l := newLine(true)
	l.see(sight{nameKey("name"), 7, turn{Name: "name", At: now, Due: now, State: []byte("old")}}, now)
	due, _ := l.next(now)
	l.release(due, sight{key: due.key}, 7, now)
	if got := l.lots[due.key]; got.revision != 0 || got.record.State != nil || got.record.Name != "name" {
		t.Errorf("still known as %+v", got.sight)
	}
}

// A host whose names are all due is gone through one by one, each name in its place, and none of them is tried more often than needed.
func TestGroupsLineIsKept(t *testing.T) {
	now := time.Now()
	l := &line{lots: map[string]*lot{}, groups: map[string]*group{}, ready: true}
	l.of = func(string, []byte) (string, time.Duration) { return "host", 2 * time.Second }
	var names []string
	for i := range 50 {
		names = append(names, fmt.Sprint(i))
	}
	l.want(names, now)
	for _, one := range l.lots {
		one.due = now
		l.plan(one)
	}
	began, taken := now, 0
	for range 400 {
		due, wait := l.next(now)
		if due == nil {
			now = now.Add(wait + time.Millisecond) // a timer is a little late
			continue
		}
		taken++
		l.groups[due.group].free = now.Add(2*time.Second + 3*time.Millisecond) // writing takes a while
		due.record.Held, due.record.At = true, now
		l.release(due, sight{}, 9, now)
	}
	if took := now.Sub(began); taken != 50 || took < 98*time.Second {
		t.Errorf("%d names in %s, want 50 in 98 s or a little more", taken, took)
	}
}
