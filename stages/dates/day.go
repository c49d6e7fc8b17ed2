package dates

import "time"

// scanner reads the parts of one text. Indices are those of parts, and every reader bears any index.
type scanner struct {
	s     string // folded
	parts []part
	lone  bool // the text is a date of its own: short years, compact forms and years behind the clock are read, too
	whole bool // a whole date was seen, real or not
}

// day is a date found in a text.
type day struct {
	year, month, day int
	from, to         int // parts, the last one not included
}

func (sc *scanner) number(i int) int {
	if i < 0 || i >= len(sc.parts) {
		return -1
	}
	return sc.parts[i].number
}

func (sc *scanner) text(i int) string {
	if i < 0 || i >= len(sc.parts) {
		return ""
	}
	return sc.parts[i].text
}

func (sc *scanner) glued(i int) bool { return i > 0 && i < len(sc.parts) && sc.parts[i].glued }

// days appends the days of the text.
func (sc *scanner) days(found []day) []day {
	for i := 0; i < len(sc.parts); {
		d, ok := sc.dayAt(i)
		if !ok {
			i++
			continue
		}
		if d.real() {
			found = append(found, d)
		}
		sc.whole = true
		i = d.to
	}
	return found
}

// real reports whether the date exists in the calendar and in the world of news sites.
func (d day) real() bool {
	if d.year < oldest || d.year > newest || d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	return d.day <= 28 || time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).Day() == d.day
}

// dayAt reads the day that begins at part i. What is written as one is taken for one, real or not.
func (sc *scanner) dayAt(i int) (day, bool) {
	d := day{from: i}
	switch n := sc.number(i); {
	case n < 0:
		return d, sc.monthFirst(&d)
	case sc.text(i-1) == ":" && sc.glued(i): // minutes
		return d, false
	case sc.lone && len(sc.text(i)) == 8 && n > oldest*10000:
		d.year, d.month, d.day, d.to = n/10000, n/100%100, n%100, i+1
		return d, true
	case len(sc.text(i)) > 4:
		return d, false
	}
	return d, sc.numeric(&d) || sc.dayFirst(&d) || sc.lone && sc.yearFirst(&d)
}

// numeric reads 2021-12-17 and 17/12/2021, and 12/17/2021 where the day cannot be a month.
func (sc *scanner) numeric(d *day) bool {
	i, mark := d.from, sc.text(d.from+1)
	a, b, c := sc.number(i), sc.number(i+2), sc.number(i+4)
	if mark != "-" && mark != "/" && mark != "." || sc.text(i+3) != mark || b < 0 || c < 0 || len(sc.text(i+2)) > 2 {
		return false
	}
	switch long := len(sc.text(i)) == 4; {
	case long && len(sc.text(i+4)) > 2:
		return false
	case long:
		d.year, d.month, d.day = a, b, c
	case len(sc.text(i)) > 2, len(sc.text(i+4)) != 4 && (!sc.lone || len(sc.text(i+4)) != 2):
		return false
	case a > 31:
		d.year, d.month, d.day = century(a), b, c
	case b > 12: // only the American order makes a date of it
		d.year, d.month, d.day = century(c), a, b
	default:
		d.year, d.month, d.day = century(c), b, a
	}
	d.to = i + 5
	return true
}

// dayFirst reads "17 décembre 2021", "18 ديسمبر/كانون الأول 2021", "17-Dec-21".
func (sc *scanner) dayFirst(d *day) bool {
	if len(sc.text(d.from)) > 2 {
		return false
	}
	d.day = sc.number(d.from)
	at, ok := sc.monthAt(d, sc.past(d.from+1))
	if !ok {
		return false
	}
	return sc.year(d, sc.past(at)) || sc.lateYear(d, at)
}

// monthFirst reads "December 17, 2021" and "Dec 17 10:30:05 2021".
func (sc *scanner) monthFirst(d *day) bool {
	at, ok := sc.monthAt(d, d.from)
	if !ok {
		return false
	}
	at = sc.past(at)
	d.day = sc.number(at)
	if d.day < 0 || len(sc.text(at)) > 2 || sc.isClock(at) {
		return false
	}
	return sc.year(d, sc.past(at+1)) || sc.lateYear(d, at+1)
}

// yearFirst reads "2021 December 17".
func (sc *scanner) yearFirst(d *day) bool {
	if len(sc.text(d.from)) != 4 {
		return false
	}
	d.year = sc.number(d.from)
	at, ok := sc.monthAt(d, sc.past(d.from+1))
	if !ok {
		return false
	}
	at = sc.past(at)
	d.day, d.to = sc.number(at), at+1
	return d.day > 0 && len(sc.text(at)) <= 2 && !sc.isClock(at)
}

// monthAt reads a month and the part after it. A second name beside it must be another one of the same month.
func (sc *scanner) monthAt(d *day, i int) (next int, ok bool) {
	month, next := sc.month(i)
	if month == 0 {
		return i, false
	}
	d.month = int(month)
	if sc.text(next) == "." {
		next++
	}
	if mark := sc.text(next); mark != "/" && mark != "(" && mark != "-" {
		return next, true
	}
	other, after := sc.month(next + 1)
	switch {
	case other == 0:
		return next, true
	case sc.text(after) == ")":
		after++
	}
	return after, other == month
}

// month returns the month whose name stands at part i, or 0, and the part after it.
func (sc *scanner) month(i int) (time.Month, int) {
	if i < 0 || i >= len(sc.parts) || !sc.parts[i].word {
		return 0, i
	}
	known, word := monthNames(), sc.parts[i]
	if i+1 < len(sc.parts) && known.begins[word.text] {
		if m := known.of[sc.s[word.start:sc.parts[i+1].end]]; m != 0 {
			return m, i + 2
		}
	}
	return known.of[word.text], i + 1
}

// past steps over what people write between the parts of a date.
func (sc *scanner) past(i int) int {
	for range 4 {
		switch sc.text(i) {
		case ",", "،", "-", "/", ".", "de", "of", "er", "e", "st", "nd", "rd", "th", "eme":
			i++
		default:
			return i
		}
	}
	return i
}

// year reads the year at part i: of four digits, or in a lone date of two where neither a clock nor the count of something can be meant.
func (sc *scanner) year(d *day, i int) bool {
	digits := len(sc.text(i))
	short := sc.lone && digits == 2 && !sc.isClock(i) && (i+1 >= len(sc.parts) || !sc.parts[i+1].word || sc.text(i+1) == "t")
	if sc.number(i) < 0 || digits != 4 && !short {
		return false
	}
	d.year, d.to = century(sc.number(i)), i+1
	return true
}

// lateYear reads the year behind the clock, as Unix writes it.
func (sc *scanner) lateYear(d *day, i int) bool {
	if !sc.lone || !sc.isClock(i) {
		return false
	}
	for j := i + 3; j < len(sc.parts); j++ {
		signed := sc.glued(j) && (sc.text(j-1) == "+" || sc.text(j-1) == "-")
		if n := sc.number(j); n >= oldest && n <= newest && !signed {
			d.year, d.to = n, i
			return true
		}
	}
	return false
}

func (sc *scanner) isClock(i int) bool {
	return sc.number(i) >= 0 && (sc.text(i+1) == ":" || sc.text(i+1) == "h") && sc.number(i+2) >= 0
}

// century completes a year of two digits.
func century(year int) int {
	switch {
	case year >= 100:
		return year
	case year >= oldest%100:
		return year + 1900
	}
	return year + 2000
}

// monthAlone reads "décembre 2021", but not what is left of a date that cannot be.
func (sc *scanner) monthAlone(zone *time.Location) (time.Time, bool) {
	if sc.whole {
		return time.Time{}, false
	}
	for i := range sc.parts {
		d := day{day: 1}
		at, ok := sc.monthAt(&d, i)
		if ok && len(sc.text(sc.past(at))) == 4 && sc.year(&d, sc.past(at)) && d.real() {
			return time.Date(d.year, time.Month(d.month), 1, 0, 0, 0, 0, location(zone)), true
		}
	}
	return time.Time{}, false
}

func location(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}
