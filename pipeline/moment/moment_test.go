package moment_test

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/moment"
)

func TestTimesDaysAndHowLongAgoAreRead(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                     {},
		"2026-11-20T08:00:00Z": time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
		"2026-11-20":           time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC),
		"36h":                  now.Add(-36 * time.Hour),
		"3d":                   now.AddDate(0, 0, -3),
	} {
		if got, err := moment.Parse(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-3h", "3 days", "2026-13-01", "99999999d"} {
		if _, err := moment.Parse(text, now); err == nil || !strings.Contains(err.Error(), "2026-11-20T08:00:00Z") {
			t.Errorf("%q: %v, want an error that shows a time", text, err)
		}
	}
}
