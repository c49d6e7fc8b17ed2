// Package silence says in words that something which used to bring news answers and brings none: a feed, a section page, a sitemap.
package silence

import (
	"fmt"
	"time"
)

const (
	// lateFor and lateBy are when a source counts as silent: that many of its items late, and at least for so long.
	lateFor = 24 * time.Hour
	lateBy  = 10
	// emptyFor is when a source counts as silent that never brought anything after the first look.
	emptyFor = 7 * 24 * time.Hour
)

// Of says what is wrong with a source that has brought nothing new for so long, against what it usually brings in an hour; 0 for one that
// never did. It is empty while nothing is.
func Of(quiet time.Duration, usual float64) string {
	switch {
	case usual <= 0 && quiet >= emptyFor:
		return "it answers, and nothing new has come for " + days(quiet)
	case usual > 0 && quiet >= lateFor && quiet.Hours()*usual >= lateBy:
		return fmt.Sprintf("nothing new for %s, it used to bring %s", days(quiet), perDay(24*usual))
	}
	return ""
}

func days(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf("%.0f hours", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

func perDay(rate float64) string {
	if rate < 1 {
		return fmt.Sprintf("%.0f a month", 30*rate)
	}
	return fmt.Sprintf("%.0f a day", rate)
}
