package feed

import (
	"errors"
	"math/rand/v2"
	"time"

	"rawi/pipeline/fault"
)

// wait returns the time to the next poll of a feed that answered at now, before jitter and before what the server asks for.
func (c Config) wait(f Feed, s state, gap bool, now time.Time) time.Duration {
	switch {
	case f.Interval > 0:
		return f.Interval
	case gap:
		return c.Floor
	}
	d := s.Rhythm.interval(now, c.Ceiling)
	if d == 0 {
		d = c.unknown(s, now)
	}
	return min(max(d, c.Floor), c.Ceiling)
}

// unknown is the interval of a feed that has not shown its pace: what it says of itself, else the configured one, longer the longer nothing new
// has come.
func (c Config) unknown(s state, now time.Time) time.Duration {
	d := c.Interval
	if s.Asks.Every > 0 {
		d = s.Asks.Every
	}
	return max(d, now.Sub(s.Rhythm.New)/8)
}

// hurry is the least time between two polls of a feed, however often somebody says that it has something new.
const hurry = 30 * time.Second

// tooSoon says until when a feed that was made due has to wait since it has just been asked.
func (c Config) tooSoon(s state, now time.Time) (until time.Time, soon bool) {
	until = s.Last.Add(min(hurry, c.Floor))
	return until, now.Before(until) && !s.Last.After(now)
}

// notYet reports whether a request was not sent because it was not its host's turn.
func notYet(err error) bool {
	_, ok := errors.AsType[*fault.Delayed](err)
	return ok
}

// backOff returns the time to the next poll of a feed that failed that often in a row. It grows to the ceiling and never ends.
func (c Config) backOff(failures int) time.Duration {
	d := c.Floor
	for i := 1; i < failures && d < c.Ceiling; i++ {
		d *= 2
	}
	return min(d, c.Ceiling)
}

// jitter spreads polls that would otherwise fall together, by a tenth either way.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5+1)
}
