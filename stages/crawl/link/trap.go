package link

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	maxURL = 2000 // bytes of an address; longer ones are made by machines
	// maxSlugs is how many addresses of one document may differ in their words only: some outlets answer to one number with any slug.
	maxSlugs = 3
	// maxQueries is how many addresses of one document may differ in their query only where no parameter is an article's number.
	maxQueries = 5
	// maxRepeats of one segment in a path; more come from relative links that lead ever deeper.
	maxRepeats = 3
)

// calendar is the end of an address that leads to a day's list and not to an article.
var calendar = regexp.MustCompile(`(?:^|/)(?:19|20)\d\d(?:/|-)(?:0?[1-9]|1[0-2])(?:(?:/|-)(?:0?[1-9]|[12]\d|3[01]))?/?$`)

// dayIn is a day anywhere in a path.
var dayIn = regexp.MustCompile(`(?:^|/)((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?:/|-|$)`)

// Endless reports whether an address is of a kind that machines make without end: too long, too deep, or a segment over and over.
func Endless(u *url.URL) bool {
	if len(u.RequestURI()) > maxURL || strings.Count(u.Path, "/") > maxSegments+1 {
		return true
	}
	count := map[string]int{}
	for segment := range strings.SplitSeq(u.Path, "/") {
		segment = strings.ToLower(segment)
		if count[segment]++; segment != "" && count[segment] > maxRepeats {
			return true
		}
	}
	return false
}

// Calendar reports whether an address is a page of a calendar, or of a day that has not come yet.
func Calendar(u *url.URL, now time.Time) bool {
	if calendar.MatchString(u.Path) {
		return true
	}
	for name := range u.Query() {
		switch strings.ToLower(name) {
		case "date", "day", "month", "year", "calendar":
			return !numbered(u)
		}
	}
	day := dayIn.FindStringSubmatch(u.Path)
	if day == nil {
		return false
	}
	t, err := time.Parse("2006-1-2", day[1]+"-"+day[2]+"-"+day[3])
	return err == nil && t.After(now.AddDate(0, 0, 2))
}

// patterns counts the addresses of one document that differ where articles do not.
type patterns map[string]int

// full reports whether there are enough addresses of this pattern, and counts this one.
func (p patterns) full(u *url.URL) bool {
	host := strings.ToLower(u.Host)
	if number := longNumber(u.Path); number != "" {
		return p.count(host+" "+number, maxSlugs)
	}
	if u.RawQuery != "" && !numbered(u) {
		return p.count(host+u.Path+"?", maxQueries)
	}
	return false
}

func (p patterns) count(pattern string, most int) bool {
	p[pattern]++
	return p[pattern] > most
}

var numberIn = regexp.MustCompile(`\d{5,}`)

// longNumber is what looks like an article's number: five digits or more that are no date.
func longNumber(path string) string {
	for _, n := range numberIn.FindAllString(path, -1) {
		if len(n) != len("20211217") || n[:2] != "20" && n[:2] != "19" {
			return n
		}
	}
	return ""
}
