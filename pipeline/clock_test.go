package pipeline

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// setClock gives p a clock that shows what the returned function is told: the wall, and what was counted since.
func setClock(p *Pipeline, newest time.Time) (set func(wall time.Time, counted time.Duration)) {
	var wall time.Time
	var counted time.Duration
	p.clock = newClock(newest)
	p.clock.read = func() (time.Time, time.Duration) { return wall, counted }
	return func(w time.Time, c time.Duration) { wall, counted = w, c }
}

func TestClockTellsJumpsFromTimeThatPasses(t *testing.T) {
	noon := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	c := newClock(noon)
	wall, counted := noon, time.Duration(0)
	c.read = func() (time.Time, time.Duration) { return wall, counted }
	c.wall, c.count = c.read()
	for _, step := range []struct {
		passes, shows time.Duration
		jump          time.Duration
		behind        bool
	}{
		{time.Second, time.Second, 0, false},
		{5 * time.Hour, 5 * time.Hour, 0, false},                        // nobody looked for long
		{time.Second, time.Hour + time.Second, time.Hour, false},        // ahead
		{time.Second, -2*time.Hour + time.Second, -2 * time.Hour, true}, // back
		{time.Hour, time.Hour, 0, true},
		{time.Hour, time.Hour, 0, false}, // it has caught up
	} {
		counted += step.passes
		wall = wall.Add(step.shows)
		if jump := c.look(); jump != step.jump {
			t.Errorf("after %s the wall shows %s more: jump %s, want %s", step.passes, step.shows, jump, step.jump)
		}
		if err := c.trouble(); (err != nil) != step.behind {
			t.Errorf("after %s the wall shows %s more: %v, behind is %t", step.passes, step.shows, err, step.behind)
		}
	}
}

func TestClockBehindTheStoreIsNotReady(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1))
	p := newPipeline(b)
	set := setClock(p, b.newest())
	set(time.Now().Add(-3*time.Hour), 0)
	p.clock.wall, p.clock.count = p.clock.read()
	running(t, p)
	eventually(t, "it says so", func() bool {
		err := p.Ready(t.Context())
		return err != nil && strings.Contains(err.Error(), "the clock is 3h0m0s behind the newest message")
	})
}

func TestClockThatJumpsFarAheadEndsTheProcess(t *testing.T) {
	for jump, ends := range map[time.Duration]bool{12 * 365 * day: true, 2 * day: false} {
		b := openBus(t, testConfig(t))
		p := newPipeline(b)
		_, log := smallDisk(p)
		set := setClock(p, time.Now())
		set(time.Now(), 0)
		p.clock.wall, p.clock.count = p.clock.read()
		before, err := readManifest(b.cfg.Dir)
		if err != nil {
			t.Fatal(err)
		}
		set(time.Now().Add(jump), time.Second)
		p.lookAtClock(t.Context())
		if b.nc.IsClosed() != ends {
			t.Errorf("jump of %s: ended %t", jump, b.nc.IsClosed())
		}
		if !strings.Contains(log.String(), "the clock jumped") {
			t.Errorf("jump of %s is not said:\n%s", jump, log)
		}
		b.server.remember(true)
		after, err := readManifest(b.cfg.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if after.Saved.Equal(before.Saved) != ends {
			t.Errorf("jump of %s: the store was written to on %s, and now on %s", jump, before.Saved, after.Saved)
		}
	}
}

// A clock of the year 2038 finds a store that was last written to years before: what matters is how far apart they are.
func TestClockFarAheadOfTheStoreRefusesTheStart(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 3)
	m, err := readManifest(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for ago, refuses := range map[time.Duration]bool{12 * 365 * day: true, 31 * day: true, 29 * day: false} {
		m.Saved = time.Now().Add(-ago)
		if err := m.write(cfg.Dir); err != nil {
			t.Fatal(err)
		}
		if refuses {
			before := tree(t, cfg.Dir)
			openFails(t, cfg, cfg.Dir, "the clock says "+time.Now().Format(time.DateOnly), m.Saved.Format(time.DateOnly), "RAWI_ACCEPT=clock")
			if after := tree(t, cfg.Dir); after != before {
				t.Errorf("the store was touched: it held\n%sand holds\n%s", before, after)
			}
		}
		accepting := cfg
		if refuses {
			accepting.Accept = "clock"
		}
		b, log, err := reopen(t, accepting)
		if err != nil {
			t.Fatalf("%s ago: %v", ago, err)
		}
		if refuses && !strings.Contains(log.String(), "take the setting away") {
			t.Errorf("what was accepted is not said:\n%s", log)
		}
		if n := len(stored(t, b, streamRaw)); n != 3 {
			t.Errorf("%d pages, want 3", n)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestStoreWithoutManifestIsAsOldAsItsBlocks(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 3)
	remove(t, filepath.Join(cfg.Dir, manifestFile))
	if newest := newestBlock(cfg.Dir); time.Since(newest) > time.Minute || time.Since(newest) < 0 {
		t.Errorf("newest block is of %s", newest)
	}
	if err := checkAhead(cfg, newestBlock(cfg.Dir), time.Now().Add(12*365*day)); err == nil {
		t.Error("a clock 12 years ahead is fine")
	}
	if err := checkAhead(cfg, newestBlock(t.TempDir()), time.Now().Add(12*365*day)); err != nil {
		t.Errorf("an empty directory has no age: %v", err)
	}
}
