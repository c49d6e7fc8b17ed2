// Package moment reads the times that people write in commands and requests.
package moment

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Parse reads a time, a day in the location of now, or how long ago; "" is the zero time. Its error shows one of each.
func Parse(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return t, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is neither a time (2026-11-20T08:00:00Z), nor a day (2026-11-20), nor how long ago (36h, 3d)", text)
}
