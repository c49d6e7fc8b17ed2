package when

import (
	"strings"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dates"
	"rawi/stages/text"
)

// longestLine bounds a line that may be a date, in bytes; anything longer is a text.
const longestLine = 300

// FrenchLine reads the time of publication from a line that tells it by now, such as "il y a 20 minutes" or "hier à 14h". precision is one of
// those of package message: an hour counted back gives only the day. Whole dates are read by package dates.
func FrenchLine(line string, now time.Time) (t time.Time, precision string, ok bool) {
	return relativeLine(line, now, frenchWords, frenchCounter)
}

// ArabicLine is FrenchLine for lines such as "منذ 3 ساعات" or "قبل يومين".
func ArabicLine(line string, now time.Time) (t time.Time, precision string, ok bool) {
	return relativeLine(line, now, arabicWords, arabicCounter)
}

func relativeLine(s string, now time.Time, words vocabulary, count counter) (time.Time, string, bool) {
	s = strings.TrimSpace(text.Clean(s))
	if len(s) > longestLine || now.IsZero() {
		return time.Time{}, "", false
	}
	tokens := text.Words(s)
	found := findIn(s, tokens, Reference{now}, reading{words: words, count: count})
	if len(found) == 0 || found[0].Kind != Relative || found[0].Precision != message.PrecisionDay || !found[0].From.Equal(found[0].To) {
		return time.Time{}, "", false
	}
	terms, _ := words.read(tokens)
	sc := scanner{s: s, tokens: tokens, terms: terms, count: count, clock: newClock(now)}
	if back, u, ok := sc.backFromNow(); ok && len(found) == 1 {
		return now.Add(-back), u, true
	}
	return withClock(s, found[0])
}

// backFromNow reads "il y a 3 heures" and "منذ 5 دقائق", whose time of day is as good as their unit: an hour gives only the day.
func (s *scanner) backFromNow() (back time.Duration, precision string, ok bool) {
	for i := range s.terms {
		if s.terms[i].class != ago && s.terms[i].class != since {
			continue
		}
		n, u, _, ok := s.amount(i)
		switch {
		case ok && u == minuteUnit:
			return time.Duration(n) * time.Minute, message.PrecisionMinute, true
		case ok && u == hourUnit:
			return time.Duration(n) * time.Hour, message.PrecisionDay, true
		}
	}
	return 0, "", false
}

// withClock adds the time of day to a day. It follows its date, except where a page writes it first.
func withClock(s string, m Mention) (time.Time, string, bool) {
	hour, minute, found := dates.Clock(s[m.End:])
	if !found {
		hour, minute, found = dates.Clock(s[:m.Start])
	}
	if !found {
		return m.From, message.PrecisionDay, true
	}
	y, mo, d := m.From.Date()
	return time.Date(y, mo, d, hour, minute, 0, 0, m.From.Location()), message.PrecisionMinute, true
}
