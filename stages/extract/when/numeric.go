package when

import (
	"time"
	"unicode/utf8"
)

// numericDate reads a date in digits at the beginning of s, day first or year first, and how many bytes it takes: 17/12/2021, 17.12.2021,
// 17-12-21, 2021-12-17T18:32, ٢٠٢١/١٢/١٧.
func (c clock) numericDate(s string) (t time.Time, length int, ok bool) {
	var values, widths [3]int
	var mark rune
	at := 0
	for k := range values {
		if k > 0 {
			at += gapBefore(s[at:], '/')
			r, n := utf8.DecodeRuneInString(s[at:])
			if r != '/' && r != '-' && r != '.' || k == 2 && r != mark {
				return time.Time{}, 0, false
			}
			mark = r
			at += n
			if r == '/' && at < len(s) && s[at] == ' ' {
				at++
			}
		}
		var size int
		values[k], widths[k], size = leadingDigits(s[at:])
		at += size
	}
	if r, n := utf8.DecodeRuneInString(s[at:]); r == '/' || r == '-' {
		if _, width, _ := leadingDigits(s[at+n:]); width > 0 {
			return time.Time{}, 0, false
		}
	}
	t, ok = c.orderDate(values, widths)
	return t, at, ok
}

// gapBefore is 1 where a space stands before the mark that s goes on with: 14 /11 /2024.
func gapBefore(s string, mark byte) int {
	if len(s) > 1 && s[0] == ' ' && s[1] == mark {
		return 1
	}
	return 0
}

// orderDate tells day, month and year apart by how wide they are written, and swaps day and month where only that makes a date.
func (c clock) orderDate(v, width [3]int) (time.Time, bool) {
	switch {
	case width[0] == 4 && width[1] <= 2 && width[2] <= 2:
		return c.date(v[0], v[1], v[2])
	case width[0] > 2 || width[1] > 2 || width[0] == 0 || width[1] == 0:
		return time.Time{}, false
	case width[2] == 2 && width[0] == 2 && width[1] == 2:
		v[2] += 2000
		if c.known && v[2] > c.today.Year()+1 {
			v[2] -= 100
		}
	case width[2] != 4:
		return time.Time{}, false
	}
	if v[1] > 12 {
		v[0], v[1] = v[1], v[0]
	}
	return c.date(v[2], v[1], v[0])
}

// leadingDigits reads up to four digits of any of our systems: their value, how many they are, and their bytes. More digits are none.
func leadingDigits(s string) (value, width, size int) {
	for size < len(s) {
		r, n := utf8.DecodeRuneInString(s[size:])
		d, ok := digit(r)
		if !ok {
			break
		}
		if width == 4 {
			return 0, 0, 0
		}
		value, width, size = value*10+d, width+1, size+n
	}
	return value, width, size
}

func digit(r rune) (int, bool) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), true
	case r >= '٠' && r <= '٩':
		return int(r - '٠'), true
	case r >= '۰' && r <= '۹':
		return int(r - '۰'), true
	}
	return 0, false
}
