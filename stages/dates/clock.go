package dates

import (
	"strings"
	"time"

	"rawi/pipeline/message"
)

// clock is a time of day.
type clock struct {
	hour, minute, second, nanos int
	precision                   string
	next                        int // the part after it
}

// date joins the i-th day with the time of day that stands beside it: behind it, or before it.
func (sc *scanner) date(days []day, i int, zone *time.Location) Date {
	d, end, begin := days[i], len(sc.parts), 0
	zone = location(zone)
	if i+1 < len(days) {
		end = days[i+1].from
	}
	if i > 0 {
		begin = days[i-1].to
	}
	c, ok := sc.clock(d.to, end)
	zoneAt := c.next
	if !ok {
		c, ok = sc.clock(begin, d.from)
		zoneAt = c.next
		if zoneAt == d.from { // "10:30, 17 Dec 2021 +0100"
			zoneAt = d.to
		}
	}
	if !ok {
		return Date{Time: time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, zone), Precision: message.PrecisionDay}
	}
	if east, named := sc.offset(zoneAt); named {
		zone = fixed(east)
	}
	t := time.Date(d.year, time.Month(d.month), d.day, c.hour, c.minute, c.second, c.nanos, zone)
	return Date{Time: t, Precision: c.precision}
}

// fixed is the zone at some minutes east of Greenwich.
func fixed(east int) *time.Location {
	if east == 0 {
		return time.UTC
	}
	return time.FixedZone("", east*60)
}

// Clock finds the first time of day in a text: 20:15, 18h32, 18h, 12:09 م, 8:05 pm.
func Clock(s string) (hour, minute int, ok bool) {
	var space [24]part
	sc := lone(s, space[:0])
	c, ok := sc.clock(0, len(sc.parts))
	return c.hour, c.minute, ok
}

// clock reads the first time of day among some parts: 20:15, 20h15, 8:15 pm, 10:30:05.250, and of lone dates T103005 and 18h.
func (sc *scanner) clock(from, to int) (clock, bool) {
	for i := from; i < to; i++ {
		if sc.number(i) < 0 || i > from && sc.text(i-1) == ":" {
			continue
		}
		if c, ok := sc.clockAt(i); ok && c.next <= to {
			return c, true
		}
	}
	return clock{}, false
}

func (sc *scanner) clockAt(i int) (clock, bool) {
	hour, digits := sc.number(i), len(sc.text(i))
	c := clock{hour: hour, precision: message.PrecisionMinute}
	switch mark := sc.text(i + 1); {
	case sc.lone && sc.text(i-1) == "t" && digits == 6:
		c.hour, c.minute, c.second, c.next, c.precision = hour/10000, hour/100%100, hour%100, i+1, message.PrecisionSecond
	case sc.lone && sc.text(i-1) == "t" && digits == 4:
		c.hour, c.minute, c.next = hour/100, hour%100, i+1
	case digits > 2:
		return c, false
	case sc.isClock(i) && (len(sc.text(i+2)) == 2 || sc.lone && len(sc.text(i+2)) == 1):
		c.minute, c.next = sc.number(i+2), i+3
		sc.seconds(&c)
	case sc.lone && mark == "h" && sc.number(i+2) < 0 && hour < 24:
		c.next = i + 2
	default:
		return c, false
	}
	sc.halfDay(&c)
	midnight := c.hour == 24 && c.minute == 0 && c.second == 0 // the end of the day in ISO 8601
	return c, (c.hour < 24 || midnight) && c.minute < 60 && c.second <= 60
}

func (sc *scanner) seconds(c *clock) {
	if sc.text(c.next) != ":" || sc.number(c.next+1) < 0 || len(sc.text(c.next+1)) > 2 {
		return
	}
	c.second, c.precision = sc.number(c.next+1), message.PrecisionSecond
	c.next += 2
	if sc.text(c.next) != "." || !sc.glued(c.next) || sc.text(c.next+1) == "" || sc.parts[c.next+1].word || !sc.glued(c.next+1) {
		return
	}
	fraction := sc.text(c.next + 1)
	for i := range 9 {
		c.nanos *= 10
		if i < len(fraction) && fraction[i] >= '0' && fraction[i] <= '9' {
			c.nanos += int(fraction[i] - '0')
		}
	}
	c.next += 2
}

// halfDay applies am and pm, in Arabic ص and م.
func (sc *scanner) halfDay(c *clock) {
	mark, width := sc.text(c.next), 1
	if (mark == "a" || mark == "p") && sc.text(c.next+1) == "." && sc.text(c.next+2) == "m" {
		mark, width = mark+"m", 3
	}
	switch mark {
	case "pm", "م", "مساء":
		if c.hour < 12 {
			c.hour += 12
		}
	case "am", "ص", "صباحا":
		if c.hour == 12 {
			c.hour = 0
		}
	default:
		return
	}
	c.next += width
}

// offset reads a zone, in minutes east: +0100, +01:00, +01, GMT+1, CET, Z. Within a sentence a name must be no common word, and a bare number
// needs its minutes: "20:15 - 3 min" is no zone.
func (sc *scanner) offset(i int) (east int, ok bool) {
	z, named := zoneNames()[sc.text(i)]
	named = named && (sc.lone || !z.word)
	if named {
		i++
	}
	sign := sc.text(i)
	hours, digits := sc.number(i+1), len(sc.text(i+1))
	if sign != "+" && sign != "-" || hours < 0 || digits > 4 || digits <= 2 && !sc.glued(i+1) {
		return z.east, named
	}
	minutes := 0
	switch colon := sc.text(i+2) == ":" && sc.glued(i+2) && sc.number(i+3) >= 0; {
	case digits > 2:
		hours, minutes = hours/100, hours%100
	case colon:
		minutes = sc.number(i + 3)
	case !sc.lone && !named:
		return 0, false
	}
	if hours > 14 || minutes > 59 {
		return z.east, named
	}
	if sign == "-" {
		return -hours*60 - minutes, true
	}
	return hours*60 + minutes, true
}

// modified reports whether words beside the i-th day say that something was changed then. They stand before it; behind the last one, too,
// where they can belong to no other: "28 août 2013, mis à jour à 14:00".
func (sc *scanner) modified(days []day, i int) bool {
	begin := 0
	if i > 0 {
		begin = sc.parts[days[i-1].to-1].end
	}
	if sc.saysChanged(sc.s[begin:sc.parts[days[i].from].start]) {
		return true
	}
	return i+1 == len(days) && sc.saysChanged(sc.s[sc.parts[days[i].to-1].end:])
}

func (sc *scanner) saysChanged(s string) bool {
	if len(s) < len("maj") {
		return false
	}
	for _, word := range changes() {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
