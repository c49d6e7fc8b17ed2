//go:build crash

package crash

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// damage is something that can happen to the files of a store while no process has it open.
type damage struct {
	name  string
	kill  bool
	files string // pattern below the account's streams
	do    func([]byte) []byte
	says  string // in the log of the next process
}

func spoiled(b []byte) []byte {
	for i := len(b) / 2; i < min(len(b)/2+20, len(b)); i++ {
		b[i] ^= 0x55
	}
	return b
}

func halved(b []byte) []byte { return b[:len(b)/2] }

// damages after which nothing may be missing. Positions have no checksum: a spoiled one is known after a stop, where they were written down
// last; after a kill it is what the account is for.
func damages() []damage {
	return []damage{
		{"nothing", true, "none", halved, "did not stop by itself"},
		{"every index cut", false, "*/msgs/index.db", halved, "Stream state checksum did not match"},
		{"every description spoiled", false, "*/meta.inf", spoiled, "did not find a stream that was there"},
		{"every position of a stage spoiled", false, "[A-Z]*/obs/*/o.dat", spoiled, "the position of a"},
		{"every description of a stage spoiled", true, "[A-Z]*/obs/*/meta.inf", spoiled, "position of a reader is lost"},
	}
}

// strikeFiles changes what matches below a store's streams, and returns how many files that were.
func strikeFiles(t *testing.T, dir, pattern string, change func([]byte) []byte) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "jetstream", "$G", "streams", pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, change(b), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return len(files)
}

// leftBusy is a run whose daemon left in the middle of its work, killed or stopped.
func leftBusy(t *testing.T, killed bool) *run {
	t.Helper()
	r := newRun(t, theForm(t).articles, "")
	l := r.start(t)
	r.busy(t, l)
	wait(t, 300*time.Millisecond)
	if killed {
		l.kill()
	} else {
		l.stop(t)
	}
	return r
}

// A store whose messages are whole heals, whatever else of it is damaged.
func TestDamagedStoreHeals(t *testing.T) {
	t.Parallel()
	for _, d := range damages() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			r := leftBusy(t, d.kill)
			if n := strikeFiles(t, r.cfg.Dir, d.files, d.do); n == 0 && d.files != "none" {
				t.Fatalf("no file is %s", d.files)
			}
			l := r.start(t)
			r.drain(t)
			r.judge(t)
			l.told(t, d.says)
			t.Logf("ready after %s", round(l.untilReady()))
			l.stop(t)
		})
	}
}

// Whatever a stop cuts short, the next start finds the store as it was left.
func TestOrderlyStopsAreNoDamage(t *testing.T) {
	t.Parallel()
	r := newRun(t, theForm(t).articles, "")
	for _, s := range r.press.sites {
		s.waves = 20
	}
	for range 5 {
		l := r.start(t)
		r.busy(t, l)
		wait(t, 200*time.Millisecond)
		l.stop(t)
	}
	last := r.start(t)
	r.drain(t)
	r.judge(t)
	last.stop(t)
	for _, l := range r.lives {
		for line := range strings.Lines(l.said()) {
			if strings.Contains(line, "damaged") || strings.Contains(line, "lost") || strings.Contains(line, "by itself") {
				t.Errorf("after a stop: %s", line)
			}
		}
	}
}

// refused waits until the daemon has ended by itself, and fails the test unless it said all of the words.
func (l *life) refused(t *testing.T, words ...string) {
	t.Helper()
	eventually(t, limit, "the daemon refuses to start", l.dead)
	if l.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("it ended with %s", l.cmd.ProcessState)
	}
	l.told(t, words...)
}

// Without its states a daemon would tell everything anew: it does not start, and finds them again where they are brought back.
func TestLostStatesRefuseTheStart(t *testing.T) {
	t.Parallel()
	r := newRun(t, theForm(t).articles, "")
	first := r.start(t)
	r.drain(t)
	first.stop(t)
	whole := t.TempDir()
	if err := os.CopyFS(whole, os.DirFS(r.cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	strikeFiles(t, r.cfg.Dir, "STATE/msgs/*.blk", halved)
	for range 2 {
		r.start(t).refused(t, r.cfg.Dir, "is damaged", "stream STATE lost", "RAWI_ACCEPT=damage")
	}
	r.cfg.Dir = whole // the copy of before
	l := r.start(t)
	r.drain(t)
	r.judge(t)
	l.stop(t)
}

// A clock of many years ahead must not wipe the store: here the store is of many years ago.
func TestClockOfAnotherAgeRefusesTheStart(t *testing.T) {
	t.Parallel()
	r := leftBusy(t, true)
	name := filepath.Join(r.cfg.Dir, "rawi.json")
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]any{}
	if err := json.Unmarshal(body, &held); err != nil {
		t.Fatal(err)
	}
	held["saved"] = time.Now().AddDate(-12, 0, 0)
	if body, err = json.Marshal(held); err == nil {
		err = os.WriteFile(name, body, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.start(t).refused(t, "the clock says", r.cfg.Dir, "RAWI_ACCEPT=clock")
	r.cfg.Accept = "clock"
	l := r.start(t)
	r.drain(t)
	r.judge(t)
	if !strings.Contains(l.said(), "take the setting away") {
		t.Errorf("what was accepted is not said:\n%s", l.said())
	}
	l.stop(t)
}
