package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/places"
)

// restarted decides on everything three times: as a stage that is never stopped, as one that begins again and again by reading all states, and as one
// that reads what was written of a memory and the states after it.
type restarted struct {
	t                        *testing.T
	fresh                    func() *dedup.Stage
	lived, replayed, resumed *dedup.Stage
	log                      []message.State
	memory                   bytes.Buffer
	at                       int // states that were in the log when the memory was written
	calls, restarts          int
}

// every so many articles a memory is written, and half as many later the daemon begins again.
const every = 8

func (f *restarted) Process(ctx context.Context, a message.Article) ([]message.State, error) {
	switch f.calls++; f.calls % every {
	case 0:
		f.memory.Reset()
		f.at = len(f.log)
		if err := f.resumed.Save(&f.memory); err != nil {
			f.t.Fatal(err)
		}
	case every / 2:
		f.restart()
	}
	lived, err := f.lived.Process(ctx, a)
	want := told(f.t, lived, err)
	for how, s := range map[string]*dedup.Stage{"all states": f.replayed, "a checkpoint": f.resumed} {
		states, err := s.Process(ctx, a)
		if got := told(f.t, states, err); got != want {
			f.t.Errorf("article %d, after a start from %s:\n%s\nwant\n%s", f.calls, how, got, want)
		}
	}
	return lived, err
}

func told(t *testing.T, states []message.State, err error) string {
	t.Helper()
	body, bad := json.Marshal(states)
	if bad != nil {
		t.Fatal(bad)
	}
	return fmt.Sprint(string(body), err)
}

func (f *restarted) restart() {
	f.restarts++
	f.replayed, f.resumed = f.fresh(), f.fresh()
	if f.at > 0 {
		if err := f.resumed.Load(bytes.NewReader(f.memory.Bytes())); err != nil {
			f.t.Fatal(err)
		}
	}
	for _, s := range newest(f.log) {
		f.replayed.Apply(s)
	}
	for _, s := range newest(f.log[f.at:]) {
		f.resumed.Apply(s)
	}
}

// newest are the last states of each story, in the order of the log.
func newest(log []message.State) (out []message.State) {
	last := map[string]int{}
	for i, s := range log {
		last[s.Story.ID] = i
	}
	for i, s := range log {
		if last[s.Story.ID] == i {
			out = append(out, s)
		}
	}
	return out
}

func (f *restarted) Apply(s message.State) {
	f.log = append(f.log, s)
	for _, stage := range []*dedup.Stage{f.lived, f.replayed, f.resumed} {
		stage.Apply(s)
	}
}

func TestRestartsChangeNoDecision(t *testing.T) {
	for _, name := range []string{"dev/d1", "dev/d2"} {
		t.Run(name, func(t *testing.T) {
			gold, err := Read(set(t, name))
			if err != nil {
				t.Fatal(err)
			}
			line, table := whole(), places.Default()
			f := &restarted{t: t, fresh: func() *dedup.Stage { return dedup.New(dedup.Default(), table) }}
			f.lived, f.replayed, f.resumed = f.fresh(), f.fresh(), f.fresh()
			line.Dedup = f
			if _, err := Merge(t.Context(), gold, line); err != nil {
				t.Fatal(err)
			}
			if f.restarts < 5 {
				t.Errorf("%d restarts in %d articles", f.restarts, f.calls)
			}
			t.Logf("%d articles, %d states, %d restarts", f.calls, len(f.log), f.restarts)
		})
	}
}
