// Package dates reads the dates of feeds and pages: machine formats, and dates as French, Arabic, English and Spanish outlets write them. A date
// comes in as a string of its own or within a line; a time, how precise it is and what the line says of it go out.
package dates

import (
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

const (
	longest = 400 // bytes of a text that are read
	oldest  = 1990
	newest  = 2100
)

// Date is one time found in a text.
type Date struct {
	Time      time.Time // in the zone that the text names, else in that of the caller
	Precision string    // message.PrecisionSecond, PrecisionMinute or PrecisionDay
	Modified  bool      // words beside it say that it is the time of a change
}

// Parse reads a string that is a date and little else, such as "Fri, 17 Dec 2021 10:30:05 +0100", "1639736105" or "17 ديسمبر 2021 - 20:15". A
// text without a zone is read in zone, or in UTC where that is nil. ok is false where no day, or at least no month with its year, from
// 1990 to 2100 could be read: a missing date is better than a wrong one. precision is that of a Date, or message.PrecisionMonth.
func Parse(s string, zone *time.Location) (t time.Time, precision string, ok bool) {
	var space [24]part
	sc := lone(s, space[:0])
	if d, ok := sc.read(zone); ok {
		return d.Time, d.Precision, true
	}
	t, ok = sc.monthAlone(zone)
	return t, message.PrecisionMonth, ok
}

// Read reads a string that is a date and little else, like Parse, but never less than a whole day. Where it holds several, the first that is
// not the time of a change is chosen.
func Read(s string, zone *time.Location) (Date, bool) {
	var space [24]part
	sc := lone(s, space[:0])
	return sc.read(zone)
}

// Find returns the whole dates in a line of text, in order. It is stricter than Parse: years have four digits, and an abbreviation of a zone
// that is a word, too, is none.
func Find(line string, zone *time.Location) []Date {
	folded := strings.Join(strings.Fields(text.Fold(clip(line))), " ")
	if !strings.Contains(folded, "19") && !strings.Contains(folded, "20") { // no year, no date
		return nil
	}
	var space [48]part
	sc := scanner{s: folded, parts: split(folded, space[:0])}
	days := sc.days(nil)
	found := make([]Date, len(days))
	for i := range days {
		found[i] = sc.date(days, i, zone)
		found[i].Modified = sc.modified(days, i)
	}
	return found
}

// lone prepares s to be read as a date of its own.
func lone(s string, parts []part) scanner {
	folded := text.Fold(clip(s))
	return scanner{s: folded, parts: split(folded, parts), lone: true}
}

func (sc *scanner) read(zone *time.Location) (Date, bool) {
	if t, ok := epoch(strings.TrimSpace(sc.s)); ok {
		return Date{Time: t, Precision: message.PrecisionSecond}, plausible(t)
	}
	var space [2]day
	days := sc.days(space[:0])
	if len(days) == 0 {
		return Date{}, false
	}
	chosen, changed := 0, sc.modified(days, 0)
	for i := 1; changed && i < len(days); i++ {
		if !sc.modified(days, i) {
			chosen, changed = i, false
		}
	}
	d := sc.date(days, chosen, zone)
	d.Modified = changed
	return d, plausible(d.Time)
}

func clip(s string) string {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	return s
}

func plausible(t time.Time) bool {
	year := t.UTC().Year()
	return year >= oldest && year <= newest
}

// epoch reads seconds or milliseconds since 1970.
func epoch(s string) (time.Time, bool) {
	if len(s) < 9 || len(s) > 13 || s[0] < '0' || s[0] > '9' {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case len(s) == 13:
		return time.UnixMilli(n).UTC(), true
	case len(s) <= 10:
		return time.Unix(n, 0).UTC(), true
	}
	return time.Time{}, false
}
