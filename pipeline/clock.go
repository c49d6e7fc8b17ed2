package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Limits of a clock that can be trusted.
const (
	clockSlack = time.Minute // by which clocks differ without harm
	// clockAhead is how far the clock may be ahead of the last sign of life of a store. A server that believes in the year 2038 deletes every
	// message whose age is up, at its start, and nothing brings it back. Streams keep articles for 30 days: a store that was left alone for
	// longer has little to lose that a person should not have a look at first.
	clockAhead = 30 * day
)

// clock compares the wall clock with the one that only counts. It is used by one goroutine, but for trouble.
type clock struct {
	read   func() (wall time.Time, counted time.Duration)
	wall   time.Time // at the last look
	count  time.Duration
	latest time.Time // that the wall clock, or the store, has ever shown
	behind atomic.Pointer[time.Duration]
}

// newClock begins with the newest time that the store knows of.
func newClock(newest time.Time) *clock {
	began := time.Now()
	c := &clock{latest: newest, read: func() (time.Time, time.Duration) {
		now := time.Now()
		return now.Round(0), now.Sub(began)
	}}
	c.wall, c.count = c.read()
	return c
}

// look returns by how much the wall clock has moved since the last look beside the time that passed.
func (c *clock) look() (jump time.Duration) {
	wall, count := c.read()
	jump = wall.Sub(c.wall) - (count - c.count)
	c.wall, c.count = wall, count
	c.behind.Store(nil)
	if late := c.latest.Sub(wall); late > clockSlack {
		c.behind.Store(&late)
	} else if wall.After(c.latest) {
		c.latest = wall
	}
	return jump
}

// trouble says while the clock is behind what it has shown before.
func (c *clock) trouble() error {
	if late := c.behind.Load(); late != nil {
		return fmt.Errorf("the clock is %s behind the newest message: articles get wrong times, set it right", late.Round(time.Second))
	}
	return nil
}

// lookAtClock says when the wall clock jumps. A jump far ahead ends the process before the embedded server acts on it: the next start refuses
// to go on until somebody has looked at the clock.
func (p *Pipeline) lookAtClock(ctx context.Context) {
	switch jump := p.clock.look(); {
	case ctx.Err() != nil:
	case jump > clockAhead && p.bus.server != nil:
		p.log.Error("the clock jumped ahead, the process ends before messages are deleted as too old: set it right and start again", "by", jump)
		p.bus.server.distrust()
		p.bus.nc.Close()
	case jump > clockSlack || jump < -clockSlack:
		p.log.Warn("the clock jumped: times of articles and stories may be wrong by as much", "by", jump, "now", p.clock.wall)
	}
}

// checkAhead refuses a clock that is far ahead of the last sign of life of a store.
func checkAhead(cfg Config, last, now time.Time) error {
	ahead := now.Sub(last)
	if last.IsZero() || ahead <= clockAhead || cfg.accepts(acceptClock) {
		return nil
	}
	return fmt.Errorf("the clock says %s, the store in %s was last written to on %s, %d days before: started now, the server would delete all messages "+
		"that are too old by that clock. Set the clock right; if it is right, start once with accept: clock (RAWI_ACCEPT=clock)",
		now.Format(time.DateOnly), cfg.Dir, last.Format(time.DateOnly), int(ahead/day))
}

// What Config.Accept can name.
const (
	acceptClock  = "clock"
	acceptDamage = "damage"
)

// accepts reports whether an operator has said that the daemon is to start all the same.
func (c Config) accepts(what string) bool {
	for part := range strings.SplitSeq(c.Accept, ",") {
		if strings.TrimSpace(part) == what {
			return true
		}
	}
	return false
}

func (c Config) validateAccept() error {
	for part := range strings.SplitSeq(c.Accept, ",") {
		switch strings.TrimSpace(part) {
		case "", acceptClock, acceptDamage:
		default:
			return errors.New(`accept: want "clock", "damage", both with a comma between them, or nothing`)
		}
	}
	return nil
}
