package dates_test

import (
	"slices"
	"testing"
	"time"

	"rawi/stages/dates"
	"rawi/stages/text"
)

func TestWholeDatesAsOutletsWriteThem(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2021-12-18T20:15:00+01:00", "2021-12-18 20:15 second"},
		{"2021-12-18T20:15:00.000Z", "2021-12-18 20:15 second"},
		{"2021-12-18", "2021-12-18 00:00 day"},
		{"Sat, 18 Dec 2021 20:15:00 +0000", "2021-12-18 20:15 second"},
		{"Publié le 17/12/2021 à 21:05", "2021-12-17 21:05 minute"},
		{"17 déc. 2021", "2021-12-17 00:00 day"},
		{"Le 1er février 2022", "2022-02-01 00:00 day"},
		{"17.12.2021 à 20h15", "2021-12-17 20:15 minute"},
		{"vendredi 17 décembre 2021 - 8 h 15", "2021-12-17 08:15 minute"},
		{"December 17, 2021 8:15 pm", "2021-12-17 20:15 minute"},
		{"2021/12/18", "2021-12-18 00:00 day"},
		{"17 ديسمبر 2021", "2021-12-17 00:00 day"},
		{"الجمعة، 17 ديسمبر 2021 - 20:15", "2021-12-17 20:15 minute"},
		{"٢٨ يناير ٢٠٢٢", "2022-01-28 00:00 day"},
		{"١٨/١٢/٢٠٢١", "2021-12-18 00:00 day"},
		{"السبت 18 دجنبر 2021", "2021-12-18 00:00 day"},
		{"5 شتنبر 2022", "2022-09-05 00:00 day"},
		{"14 يوليوز 2022", "2022-07-14 00:00 day"},
		{"8 فيفري 2019", "2019-02-08 00:00 day"},
		{"25 جويلية 2021", "2021-07-25 00:00 day"},
		{"18 كانون الأول 2021", "2021-12-18 00:00 day"},
		{"18 كانون الثاني 2021", "2021-01-18 00:00 day"},
		{"18 كانون أول 2021", "2021-12-18 00:00 day"},
		{"18 تشرين ثاني/نوفمبر 2021", "2021-11-18 00:00 day"},
		{"18 ديسمبر/كانون الأول 2021", "2021-12-18 00:00 day"},
		{"21 آب/اغسطس 2019", "2019-08-21 00:00 day"},
		{"13 جمادى الأولى 1443 هـ - 18 ديسمبر 2021 م", "2021-12-18 00:00 day"},
		{"الخميس، 05 نوفمبر 2020 - 12:09 م", "2020-11-05 12:09 minute"},
		{"الخميس، 05 نوفمبر 2020 - 09:09 م", "2020-11-05 21:09 minute"},
		{"Mis à jour le 18 août 2022 à 07:13, publié le 17 août 2022 à 21h00", "2022-08-17 21:00 minute"},
		{"décembre 2021", ""},
		{"2021", ""},
		{"17 décembre", ""},
		{"31/02/2021", ""},
		{"Tél. 05 37 12 20 21", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got := ""
		if d, ok := dates.Read(tt.in, time.UTC); ok {
			got = shown(d)
			if parsed, precision, ok := dates.Parse(tt.in, time.UTC); !ok || !parsed.Equal(d.Time) || precision != d.Precision {
				t.Errorf("%s: parsed as %s %s, read as %s", tt.in, parsed, precision, got)
			}
		}
		if got != tt.want {
			t.Errorf("%s (%+q): got %q, want %q", tt.in, tt.in, got, tt.want)
		}
		found := dates.Find(tt.in, time.UTC)
		if got := slices.ContainsFunc(found, func(d dates.Date) bool { return shown(d) == tt.want }); got != (tt.want != "") {
			t.Errorf("%s (%+q) as a line: got %v, want %q in it", tt.in, tt.in, found, tt.want)
		}
	}
}

func shown(d dates.Date) string { return d.Time.Format("2006-01-02 15:04 ") + d.Precision }

func TestLinesAreReadMoreStrictly(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"17/12/21 à 10:30", ""},
		{"20211217", ""},
		{"Réf. 05.37.12.2021", ""},
		{"décembre 2021", ""},
		{"Le 17/12/2021 à 20:15 - 3 min de lecture", "2021-12-17T20:15:00+01:00"},
		{"Le 17/12/2021 à 20:15 est paru", "2021-12-17T20:15:00+01:00"},
		{"Fri, 17 Dec 2021 20:15:00 GMT", "2021-12-17T20:15:00Z"},
		{"17/12/2021 20:15 GMT+2 | Monde", "2021-12-17T20:15:00+02:00"},
	} {
		got := ""
		if found := dates.Find(test.line, zone); len(found) > 0 {
			got = found[0].Time.Format(time.RFC3339)
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
}

func TestTimesOfDayAreFound(t *testing.T) {
	for _, test := range []struct {
		in           string
		hour, minute int
		ok           bool
	}{
		{" à 14h", 14, 0, true},
		{"à 18 h 32", 18, 32, true},
		{"20:15", 20, 15, true},
		{"08:09 مساءً", 20, 9, true},
		{"12:09 م", 12, 9, true},
		{"8:05 p.m.", 20, 5, true},
		{"12:30 am", 0, 30, true},
		{"24h sur 24", 0, 0, false},
		{"18:61", 0, 0, false},
		{"3 hommes", 0, 0, false},
	} {
		if hour, minute, ok := dates.Clock(test.in); ok != test.ok || ok && (hour != test.hour || minute != test.minute) {
			t.Errorf("%s: got %d:%d %t, want %d:%d %t", test.in, hour, minute, ok, test.hour, test.minute, test.ok)
		}
	}
}

func TestTimesOfChangeAreToldApart(t *testing.T) {
	all := dates.Find("Publié le 17 août 2022 à 21h00 - Mis à jour le 18 août 2022 à 07:13", nil)
	if len(all) != 2 || all[0].Modified || !all[1].Modified || all[1].Time.Day() != 18 {
		t.Errorf("got %+v, want a publication and a change", all)
	}
	if only, ok := dates.Read("Mis à jour le 18 août 2022", nil); !ok || !only.Modified {
		t.Errorf("got %+v, want the time of a change", only)
	}
}

func TestChangeMayBeSaidBehindTheDate(t *testing.T) {
	all := dates.Find("الخميس، 12 أيلول/سبتمبر 2019، آخر تحديث 09:40", nil)
	if len(all) != 1 || !all[0].Modified {
		t.Errorf("got %+v, want one time of a change", all)
	}
}

func TestTimesWithoutZoneAreTheOutlets(t *testing.T) {
	d, ok := dates.Read("2021-12-18 00:30", zone)
	if want := time.Date(2021, 12, 17, 23, 30, 0, 0, time.UTC); !ok || !d.Time.Equal(want) {
		t.Errorf("got %v, want %v", d.Time, want)
	}
}

func TestEveryMonthHasItsNamesInEveryLanguage(t *testing.T) {
	for _, lang := range []string{"fr", "ar", "en", "es"} {
		count := map[time.Month]int{}
		for _, name := range dates.Names(lang) {
			count[name.Month]++
			if text.Fold(name.Form) != name.Form {
				t.Errorf("%s (%+q) is changed by folding and can never match", name.Form, name.Form)
			}
			if !slices.Contains([]string{dates.KindName, dates.KindWord, dates.KindShort}, name.Kind) {
				t.Errorf("%s is of kind %q", name.Form, name.Kind)
			}
			if got, ok := dates.Read("17 "+name.Form+" 2021", nil); !ok || got.Time.Month() != name.Month {
				t.Errorf("%s (%+q) is read as %s", name.Form, name.Form, got.Time)
			}
		}
		for month := time.January; month <= time.December; month++ {
			if count[month] == 0 || lang == "ar" && count[month] < 2 {
				t.Errorf("%s: %s has %d names", lang, month, count[month])
			}
		}
	}
}

func FuzzDates(f *testing.F) {
	f.Add("Fri, 17 Dec 2021 10:30:05 +0100")
	f.Add("١٧ كانون الأول ٢٠٢١ ١٠:٣٠")
	f.Add("18 ديسمبر/كانون الأول 2021")
	f.Add("Publié le 17/12/2021 à 21:05")
	f.Add("2021-12-18T99:15:00+01:00 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		if got, precision, ok := dates.Parse(s, nil); ok && (got.UTC().Year() < 1990 || got.UTC().Year() > 2100 || precision == "") {
			t.Errorf("%q: %s %q", s, got, precision)
		}
		for _, d := range dates.Find(s, nil) {
			if y := d.Time.UTC().Year(); y < 1989 || y > 2101 {
				t.Errorf("%q: got year %d", s, y)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, text string }{
		{"RFC822", "Fri, 17 Dec 2021 10:30:05 +0100"},
		{"Arabic", "الجمعة، 17 ديسمبر 2021 - 20:15"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dates.Parse(bench.text, nil)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		dates.Find("Publié le 17 août 2022 à 21h00 - Mis à jour le 18 août 2022 à 07:13", nil)
	}
}
