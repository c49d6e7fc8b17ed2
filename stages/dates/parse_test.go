package dates_test

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dates"
)

var zone = time.FixedZone("", 3600)

func TestDatesOfFeedsAreRead(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Fri, 17 Dec 2021 10:30:05 +0100", "2021-12-17T09:30:05Z"},
		{"Fri, 17 Dec 2021 10:30 GMT", "2021-12-17T10:30:00Z"},
		{"fri, 17 dec 2021 10:30:00 gmt", "2021-12-17T10:30:00Z"},
		{"Fri, 17 Dec 21 10:30:00 CET", "2021-12-17T09:30:00Z"},
		{"Fri, 17 Dec 2021 10:30:00 GMT+1", "2021-12-17T09:30:00Z"},
		{"Fri, 17 Dec 2021 10:30:00 +01", "2021-12-17T09:30:00Z"},
		{"Fri, 17 Dec 2021 10:30:00 -05:00", "2021-12-17T15:30:00Z"},
		{"Fri, 17 Dec 2021 10:30:00 +0000 (UTC)", "2021-12-17T10:30:00Z"},
		{"Friday, December 17, 2021 - 10:30", "2021-12-17T09:30:00Z"},
		{"17 Sept 2021 10:30:00 +0100", "2021-09-17T09:30:00Z"},
		{"2021-12-17T10:30:05.250+01:00", "2021-12-17T09:30:05Z"},
		{"2021-12-17T10:30:05Z", "2021-12-17T10:30:05Z"},
		{"2021-12-17 10:30", "2021-12-17T09:30:00Z"},
		{"2021-12-17", "2021-12-16T23:00:00Z"},
		{"2021-12-17T24:00:00Z", "2021-12-18T00:00:00Z"},
		{"17/12/2021 10:30", "2021-12-17T09:30:00Z"},
		{"17.12.2021 à 10h30", "2021-12-17T09:30:00Z"},
		{"12/17/2021 10:30 PM", "2021-12-17T21:30:00Z"},
		{"1639736105", "2021-12-17T10:15:05Z"},
		{"1639736105000", "2021-12-17T10:15:05Z"},
		{"ven., 17 déc. 2021 10:30:00 +0100", "2021-12-17T09:30:00Z"},
		{"vendredi 17 décembre 2021 à 10:30", "2021-12-17T09:30:00Z"},
		{"1er août 2021", "2021-07-31T23:00:00Z"},
		{"الجمعة، 17 ديسمبر 2021 10:30:00 +0100", "2021-12-17T09:30:00Z"},
		{"الجمعة 17 دجنبر 2021 - 10:30", "2021-12-17T09:30:00Z"},
		{"١٧ كانون الأول ٢٠٢١ ١٠:٣٠", "2021-12-17T09:30:00Z"},
		{"17 جويلية 2021", "2021-07-16T23:00:00Z"},
		{"17 غشت 2021 على الساعة 22:05", "2021-08-17T21:05:00Z"},
		{"17 أغسطس 2021 10:05 م", "2021-08-17T21:05:00Z"},
		{"10:30 17 ديسمبر 2021", "2021-12-17T09:30:00Z"},
	} {
		got, _, ok := dates.Parse(test.text, zone)
		if !ok || got.UTC().Format(time.RFC3339) != test.want {
			t.Errorf("%s (%+q): got %s, %t; want %s", test.text, test.text, got.UTC().Format(time.RFC3339), ok, test.want)
		}
	}
}

func TestDatesOfPagesAreReadWithTheirPrecision(t *testing.T) {
	for _, test := range []struct{ text, want, precision string }{
		{"2021-12-17T18:32:00+01:00", "2021-12-17T18:32:00+01:00", message.PrecisionSecond},
		{"Fri, 17 Dec 2021 18:32:00 +0000", "2021-12-17T18:32:00Z", message.PrecisionSecond},
		{"2021-12-17 18:32:05", "2021-12-17T18:32:05+01:00", message.PrecisionSecond},
		{"2021-12-17", "2021-12-17T00:00:00+01:00", message.PrecisionDay},
		{"December 17, 2021", "2021-12-17T00:00:00+01:00", message.PrecisionDay},
		{"05 نوفمبر 2020 - 08:09 مساءً", "2020-11-05T20:09:00+01:00", message.PrecisionMinute},
		{"Publié le 17/12/2021 à 18h32", "2021-12-17T18:32:00+01:00", message.PrecisionMinute},
		{"17 décembre 2021 à 18 h 32", "2021-12-17T18:32:00+01:00", message.PrecisionMinute},
		{"Modifié le 18 août 2022 à 07:13", "2022-08-18T07:13:00+01:00", message.PrecisionMinute},
		{"18 آب/اغسطس 2013", "2013-08-18T00:00:00+01:00", message.PrecisionDay},
		{"17 دجنبر 2021", "2021-12-17T00:00:00+01:00", message.PrecisionDay},
		{"17 غشت 2021 على الساعة 10:45", "2021-08-17T10:45:00+01:00", message.PrecisionMinute},
		{"décembre 2021", "2021-12-01T00:00:00+01:00", message.PrecisionMonth},
	} {
		got, precision, ok := dates.Parse(test.text, zone)
		if !ok || got.Format(time.RFC3339) != test.want || precision != test.precision {
			t.Errorf("%s (%+q): got %s %s %t; want %s %s", test.text, test.text, got.Format(time.RFC3339), precision, ok, test.want, test.precision)
		}
	}
}

func TestWhatIsNoDateIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "hier", "décembre", "0000-00-00 00:00:00", "2021-13-45", "31 février 2021", "Thu, 01 Jan 1970 00:00:00 GMT", "12", "::", "17 Dec",
		"2021", "en 2021", "عام 2021", "   ", "hello", "31/02/2021", "la semaine dernière", "17 décembre", "12 mai 20 vues",
	} {
		if got, precision, ok := dates.Parse(text, nil); ok {
			t.Errorf("%q: got %s %s, want nothing", text, got, precision)
		}
	}
}

func TestWithoutAZoneDatesAreUniversal(t *testing.T) {
	got, _, ok := dates.Parse("17 décembre 2021 à 18h32", nil)
	if want := time.Date(2021, 12, 17, 18, 32, 0, 0, time.UTC); !ok || !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
