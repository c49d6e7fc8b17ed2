package feed

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait is how long a server may ask us to stay away; some ask for years.
const longestWait = 24 * time.Hour

// pace returns the interval that the dates of a feed's items ask for: one item a poll, and never so long that a third of the items could be
// pushed out of the feed between two polls. It is 0 where the dates do not tell.
func pace(items []Item, now time.Time) time.Duration {
	var newest, oldest time.Time
	dated, recent := 0, 0
	for _, item := range items {
		t := item.Published
		if t.IsZero() || t.After(now) {
			continue
		}
		dated++
		if now.Sub(t) <= 2*time.Hour {
			recent++
		}
		if newest.IsZero() || t.After(newest) {
			newest = t
		}
		if oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
	}
	if dated < 2 || !newest.After(oldest) {
		return 0
	}
	perHour := max(float64(dated)/max(now.Sub(oldest).Hours(), 0.1), float64(recent)/2)
	hours := min(1, 0.3*float64(dated)) / perHour
	return time.Duration(min(hours, longestWait.Hours()) * float64(time.Hour))
}

// interval returns the time to the next poll of a feed that answered: its own pace, a little longer after each poll without anything new.
func (c Config) interval(f Feed, s state) time.Duration {
	d := s.Pace
	switch {
	case f.Interval > 0:
		return f.Interval
	case d == 0:
		d = c.Interval
	}
	for range min(s.Quiet, 20) {
		d += d * 15 / 100
		if d > c.Ceiling {
			break
		}
	}
	return min(max(d, c.Floor), c.Ceiling)
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

// retryAfter reads the header in seconds or as a date, up to longestWait; 0 where there is none or it makes no sense.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) { // written so that it holds for NaN too
			return 0
		}
		return time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestWait)
	}
	return 0
}

// fresh is how long the answer says that it stays as it is, by Cache-Control.
func fresh(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(h.Get("Cache-Control")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
				return min(time.Duration(seconds)*time.Second, longestWait)
			}
		}
	}
	return 0
}
