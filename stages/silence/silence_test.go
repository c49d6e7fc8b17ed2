package silence

import (
	"testing"
	"time"
)

func TestSilenceIsSaidAgainstWhatIsUsual(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		quiet time.Duration
		usual float64 // an hour
		want  string
	}{
		{6 * day, 0, ""},
		{8 * day, 0, "it answers, and nothing new has come for 8 days"},
		{23 * time.Hour, 10, ""},
		{25 * time.Hour, 10, "nothing new for 25 hours, it used to bring 240 a day"},
		{3 * day, 1.0 / 24, ""},
		{11 * day, 1.0 / 24, "nothing new for 11 days, it used to bring 1 a day"},
		{60 * day, 0.25 / 24, "nothing new for 60 days, it used to bring 8 a month"},
	} {
		if got := Of(tt.quiet, tt.usual); got != tt.want {
			t.Errorf("%s, %g an hour: %q, want %q", tt.quiet, tt.usual, got, tt.want)
		}
	}
}
