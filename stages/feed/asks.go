package feed

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longestWait is how long a server may ask us to stay away; some ask for years.
const longestWait = 24 * time.Hour

// asks is what a feed asks of its readers in its head.
type asks struct {
	TTL   time.Duration  `json:"ttl,omitempty"`   // for how long it stays as it is
	Every time.Duration  `json:"every,omitempty"` // how often it is brought up to date
	Hours []int          `json:"hours,omitempty"` // hours of the day, GMT, in which it is not
	Days  []time.Weekday `json:"days,omitempty"`  // days, GMT, on which it is not
}

// least is the shortest time between two polls that a feed and its server allow. Publishing systems write "hourly" as the pace of every feed,
// whatever it is; only a slower one was chosen by somebody.
func (a asks) least(h http.Header, ceiling time.Duration) time.Duration {
	least := max(a.TTL, fresh(h))
	if a.Every > time.Hour {
		least = max(least, a.Every)
	}
	return min(least, ceiling)
}

// awake moves a time out of the hours and days in which the feed says that it sleeps, by a day at most.
func (a asks) awake(t time.Time) time.Time {
	for later := t; later.Sub(t) <= longestWait; later = later.Truncate(time.Hour).Add(time.Hour) {
		if u := later.UTC(); !slices.Contains(a.Hours, u.Hour()) && !slices.Contains(a.Days, u.Weekday()) {
			return later
		}
	}
	return t.Add(longestWait)
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

// fresh is how long the answer says that it stays as it is, by Cache-Control, else by Expires.
func fresh(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(strings.ToLower(h.Get("Cache-Control")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
				return min(max(time.Duration(seconds)*time.Second-age(h), 0), longestWait)
			}
		}
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0 // against our own clock it would measure the difference between clocks
	}
	return min(max(expires.Sub(date), 0), longestWait)
}

// age is how long the answer has been in a cache on its way.
func age(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(h.Get("Age")), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
