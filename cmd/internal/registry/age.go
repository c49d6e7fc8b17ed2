package registry

import (
	"fmt"
	"time"
)

// Age is a length of time as a person says it: "12 minutes", "3 hours", "5 days", "2 years".
func Age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "0 seconds"
	case d < 2*time.Minute:
		return number(d, time.Second, "second")
	case d < 2*time.Hour:
		return number(d, time.Minute, "minute")
	case d < 2*day:
		return number(d, time.Hour, "hour")
	case d < 2*365*day:
		return number(d, day, "day")
	}
	return number(d, 365*day, "year")
}

func number(d, unit time.Duration, name string) string {
	n := int(d / unit)
	if n == 1 {
		return "1 " + name
	}
	return fmt.Sprintf("%d %ss", n, name)
}

// Rate is how often something comes, as a person says it: "24 items a day", "3 items a week".
func Rate(perDay float64) string {
	switch {
	case perDay >= 9.95:
		return fmt.Sprintf("%.0f items a day", perDay)
	case perDay >= 0.95:
		return fmt.Sprintf("%.1f items a day", perDay)
	case perDay*7 >= 0.95:
		return fmt.Sprintf("%.1f items a week", perDay*7)
	}
	return "less than an item a week"
}
