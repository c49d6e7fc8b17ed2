package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// wrong is the store as a daemon sees it whose clock is ahead: times that it writes are too late by that, and times that others have written are
// too early in its eyes.
type wrong struct {
	*memory
	ahead time.Duration
}

func (w wrong) Load(ctx context.Context, key string) ([]byte, uint64, time.Duration, error) {
	value, revision, age, err := w.memory.Load(ctx, key)
	return shifted(value, -w.ahead), revision, age, err
}

func (w wrong) Swap(ctx context.Context, key string, value []byte, revision uint64) (uint64, bool, error) {
	return w.memory.Swap(ctx, key, shifted(value, w.ahead), revision)
}

// shifted moves every time that stands in a value.
func shifted(value []byte, by time.Duration) []byte {
	var fields map[string]any
	if json.Unmarshal(value, &fields) != nil {
		return value
	}
	for name, field := range fields {
		text, _ := field.(string)
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			fields[name] = at.Add(by)
		}
	}
	out, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return out
}

var wrongClocks = []time.Duration{5 * time.Second, -5 * time.Second, 6 * time.Hour, -6 * time.Hour}

func TestDaemonsWhoseClocksDifferKeepTheSpacing(t *testing.T) {
	for _, ahead := range wrongClocks {
		t.Run(ahead.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, l := newMemory(), &log{}
				right, wrong := New(limits(), store), New(limits(), wrong{store, ahead})
				began := time.Now()
				for i := range 40 { // in turn, now close together and now far apart
					page(t, []*Schedule{right, wrong}, i, 10*time.Millisecond, l)
					time.Sleep(time.Duration(i%7) * 300 * time.Millisecond)
				}
				if l.closest() < time.Second {
					t.Errorf("two requests are %s apart", l.closest())
				}
				if took := time.Since(began); took > 3*time.Minute {
					t.Errorf("40 pages took %s", took)
				}
			})
		})
	}
}

func TestWaitOfAHostHoldsWhateverTheClockThatWroteIt(t *testing.T) {
	for _, ahead := range wrongClocks {
		for _, later := range []time.Duration{0, 10 * time.Minute, 59 * time.Minute} {
			t.Run(fmt.Sprintf("%s, read after %s", ahead, later), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					store := newMemory()
					v, err := New(limits(), wrong{store, ahead}).Enter(t.Context(), "1", "journal.example")
					if err != nil {
						t.Fatal(err)
					}
					if err := v.Start(t.Context(), 0); err != nil {
						t.Fatal(err)
					}
					delayOf(t, v.Refused(t.Context(), time.Hour, errors.New("status 429")))
					v.Leave()
					time.Sleep(later)
					_, err = New(limits(), store).Enter(t.Context(), "2", "journal.example")
					if wait := delayOf(t, err); wait < time.Hour-later || wait > time.Hour-later+time.Minute {
						t.Errorf("left alone for another %s", wait)
					}
				})
			})
		}
	}
}
