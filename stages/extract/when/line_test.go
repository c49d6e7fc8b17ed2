package when

import (
	"testing"
	"time"

	"rawi/pipeline/message"
)

func TestLinesThatTellTheirTimeByNow(t *testing.T) {
	now := time.Date(2022, 2, 1, 12, 0, 0, 0, time.FixedZone("+01", 3600))
	for _, c := range []struct{ in, lang, want, precision string }{
		{"hier à 14h", "fr", "2022-01-31T14:00:00+01:00", message.PrecisionMinute},
		{"il y a 20 minutes", "fr", "2022-02-01T11:40:00+01:00", message.PrecisionMinute},
		{"منذ 3 ساعات", "ar", "2022-02-01T09:00:00+01:00", message.PrecisionDay},
		{"قبل يومين", "ar", "2022-01-30T00:00:00+01:00", message.PrecisionDay},
	} {
		read := FrenchLine
		if c.lang == "ar" {
			read = ArabicLine
		}
		got, precision, ok := read(c.in, now)
		if !ok || got.Format(time.RFC3339) != c.want || precision != c.precision {
			t.Errorf("%q (%+q) = %s %s %v, want %s %s", c.in, c.in, got.Format(time.RFC3339), precision, ok, c.want, c.precision)
		}
	}
}

func TestNoDateIsBetterThanAMadeUpOne(t *testing.T) {
	now := time.Date(2022, 2, 1, 12, 0, 0, 0, time.UTC)
	for _, in := range []string{
		"2021", "en 2021", "عام 2021", "", "   ", "hello", "2021-13-45", "31/02/2021", "la semaine dernière", "0000-00-00 00:00:00",
	} {
		for _, read := range []func(string, time.Time) (time.Time, string, bool){FrenchLine, ArabicLine} {
			if got, precision, ok := read(in, now); ok {
				t.Errorf("%q = %s %s, want nothing", in, got, precision)
			}
		}
	}
	if got, _, ok := FrenchLine("hier à 14h", time.Time{}); ok {
		t.Errorf("without now: got %s, want nothing", got)
	}
}
