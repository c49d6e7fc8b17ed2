package feed

import (
	"testing"
	"time"
)

// every returns the dates of n items, so far apart, the last one just now.
func every(apart time.Duration, n int, now time.Time) []time.Time {
	var dates []time.Time
	for i := range n {
		dates = append(dates, now.Add(-apart*time.Duration(i)))
	}
	return dates
}

func TestIntervalFollowsTheFeed(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		dates    []time.Time
		from, to time.Duration
	}{
		{"no items", nil, 0, 0},
		{"one item says nothing", every(time.Hour, 1, now), 0, 0},
		{"an item an hour", every(time.Hour, 40, now), 50 * time.Minute, 2 * time.Hour},
		{"ten an hour", every(6*time.Minute, 40, now), 5 * time.Minute, 12 * time.Minute},
		{"little room", every(time.Hour, 5, now), 10 * time.Minute, 20 * time.Minute},
		{"an item a day", every(24*time.Hour, 40, now), 3 * time.Hour, 3 * time.Hour},
		{"undated", make([]time.Time, 20), 0, 0},
		{"dated ahead", every(-time.Hour, 20, now.Add(time.Hour)), 0, 0},
	} {
		var r rhythm
		r.learn(c.dates, c.dates, now)
		if got := r.interval(now, 3*time.Hour); got < c.from || got > c.to {
			t.Errorf("%s: every %s, want %s to %s", c.name, got, c.from, c.to)
		}
	}
}

// A newsroom that writes from 8 to 20 is asked often by day and seldom by night, after a week of being watched.
func TestNightOfANewsroomIsLearned(t *testing.T) {
	cfg := Default()
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var s state
	last := now
	polls := map[bool]int{}
	for end := now.Add(14 * 24 * time.Hour); now.Before(end); {
		var fresh []time.Time
		for t := last.Truncate(10 * time.Minute).Add(10 * time.Minute); !t.After(now); t = t.Add(10 * time.Minute) {
			if t.Hour() >= 8 && t.Hour() < 20 {
				fresh = append(fresh, t)
			}
		}
		last = now
		if len(fresh) == 0 {
			s.Rhythm.learn(nil, nil, now)
		} else {
			s.Rhythm.learn(fresh, append(fresh, every(time.Hour, 30, fresh[0])...), now)
		}
		if end.Sub(now) < 7*24*time.Hour {
			polls[now.Hour() >= 7 && now.Hour() < 20]++
		}
		now = now.Add(cfg.wait(Feed{}, s, false, now))
	}
	day, night := float64(polls[true])/13/7, float64(polls[false])/11/7
	if day < 3 || night > 1 {
		t.Errorf("%.1f polls an hour by day and %.1f by night, want more than 3 and less than 1", day, night)
	}
}

func TestBurstIsFollowed(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var r rhythm
	usual := every(time.Hour, 20, now)
	r.learn(usual, usual, now)
	calm := r.interval(now, 3*time.Hour)
	now = now.Add(10 * time.Minute)
	burst := every(time.Minute, 8, now)
	r.learn(burst, append(burst, usual[:12]...), now)
	if got := r.interval(now, 3*time.Hour); got > 6*time.Minute || calm < 30*time.Minute {
		t.Errorf("every %s in a burst of one item a minute, every %s before", got, calm)
	}
	now = now.Add(10 * time.Minute)
	r.learn(nil, nil, now)
	if got := r.interval(now, 3*time.Hour); got < 10*time.Minute {
		t.Errorf("every %s once the burst is over", got)
	}
}

func TestQuietFeedIsAskedLessAndLess(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var r rhythm
	usual := every(20*time.Minute, 50, now)
	r.learn(usual, usual, now)
	before := r.interval(now, 24*time.Hour)
	for range 30 {
		now = now.Add(2 * time.Hour)
		r.learn(nil, nil, now)
	}
	if after := r.interval(now, 24*time.Hour); after < 4*before {
		t.Errorf("every %s after two silent days, every %s before", after, before)
	}
}

// A feed without dates shows its rate by what is new from poll to poll.
func TestUndatedFeedIsLearnedFromItsPolls(t *testing.T) {
	cfg := Default()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var s state
	shown := make([]time.Time, 30)
	s.Rhythm.learn(shown, shown, now)
	if got := cfg.wait(Feed{}, s, false, now); got != cfg.Interval {
		t.Errorf("at first every %s, want %s", got, cfg.Interval)
	}
	last := now
	for range 12 {
		now = now.Add(cfg.wait(Feed{}, s, false, now))
		s.Rhythm.learn(shown[:min(int(now.Sub(last)/(10*time.Minute)), 30)], shown, now)
		last = now
	}
	if got := cfg.wait(Feed{}, s, false, now); got > 30*time.Minute {
		t.Errorf("every %s for six items an hour", got)
	}
}

func TestClockThatWasSetBackTeachesNothingWrong(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var r rhythm
	usual := every(time.Hour, 30, now)
	r.learn(usual, usual, now)
	for _, back := range []time.Duration{0, time.Hour, 365 * 24 * time.Hour} {
		r.learn(usual[:2], usual, now.Add(-back))
		if d := r.interval(now.Add(-back), 3*time.Hour); d < 0 || d > 3*time.Hour || r.Rate < 0 || r.Rate != r.Rate {
			t.Errorf("set back by %s: every %s, rate %f", back, d, r.Rate)
		}
	}
}

func FuzzRhythm(f *testing.F) {
	f.Add(int64(0), int64(time.Hour), uint8(3), uint8(10))
	f.Fuzz(func(t *testing.T, at, apart int64, fresh, all uint8) {
		now := time.Unix(0, at)
		var r rhythm
		dates := every(time.Duration(apart), int(all), now)
		for range 3 {
			r.learn(dates[:min(int(fresh), len(dates))], dates, now)
			if d := r.interval(now, 3*time.Hour); d < 0 || d > 3*time.Hour {
				t.Errorf("every %s", d)
			}
			now = now.Add(time.Duration(apart) / 2)
		}
	})
}
