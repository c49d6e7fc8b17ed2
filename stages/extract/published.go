package extract

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dates"
	"rawi/stages/extract/page"
)

// urlDays find a whole date in a path: /2021/12/18/, /2021-12-18-, and with the section behind the year /2021/world/12/18/.
var urlDays = []*regexp.Regexp{
	regexp.MustCompile(`[/_-](20\d\d)[/_-](\d{1,2})[/_-](\d{1,2})(?:[/_.-]|$)`),
	regexp.MustCompile(`/(20\d\d)/(?:[a-zA-Z_.-]+/){1,2}(\d{1,2})/(\d{1,2})/`),
}

const (
	oldestNews = 1994           // the first news sites
	ahead      = 26 * time.Hour // how far a clock or a zone may be wrong
	now        = 5 * time.Second
)

// dating ranks the times of one article.
type dating struct {
	stage   *Stage
	raw     message.Raw
	zone    *time.Location
	fetched time.Time
}

func (s *Stage) dating(raw message.Raw) dating {
	zone, err := time.LoadLocation(raw.Outlet.Zone)
	if err != nil {
		zone = time.UTC
	}
	return dating{s, raw, zone, raw.Fetched.In(zone)}
}

// times finds when the article was published and changed. What is not whole, lies in the future or before there were news sites is not
// believed: a missing date is better than a wrong one.
func (d dating) times(p *page.Page, read []string) (published, modified message.Moment) {
	entry := d.raw.Found.Entry
	published = d.moment(entry.Published, message.PrecisionSecond, "feed")
	modified = d.moment(entry.Updated, message.PrecisionSecond, "feed")
	for _, date := range p.Dates {
		found, ok := dates.Read(date.Text, d.zone)
		if !ok || d.isNow(found) {
			continue
		}
		m := d.moment(found.Time, found.Precision, date.Origin)
		if date.Modified || found.Modified {
			modified = first(modified, m)
		} else {
			published = first(published, m)
		}
	}
	visible := slices.Concat(read, p.Visible)
	inText, changed := d.visible(visible)
	if inText.Time.IsZero() {
		inText = d.above(p.Above)
	}
	published, modified = first(published, inText), first(modified, changed)
	published = first(published, d.fromURL())
	published = first(published, d.relative(visible))
	if !modified.Time.IsZero() && modified.Time.Before(published.Time) {
		modified = message.Moment{}
	}
	return published, modified
}

// isNow reports whether a page says to the second that it was written when it was asked for: that is the server's clock.
func (d dating) isNow(found dates.Date) bool {
	return found.Precision == message.PrecisionSecond && !d.fetched.IsZero() && found.Time.Sub(d.fetched).Abs() <= now
}

// visible reads the dates that readers see.
func (d dating) visible(lines []string) (published, modified message.Moment) {
	for _, line := range lines {
		for _, found := range dates.Find(line, d.zone) {
			m := d.moment(found.Time, found.Precision, "text")
			if found.Modified {
				modified = first(modified, m)
			} else {
				published = first(published, m)
			}
		}
	}
	return published, modified
}

// above reads a date that stands above the headline. Many sites tell their readers there what day it is: a date of the day on which the page was
// fetched is that day's, whenever the article was published.
func (d dating) above(lines []string) message.Moment {
	published, _ := d.visible(lines)
	if published.Time.IsZero() || published.Time.In(d.zone).Format(time.DateOnly) == d.fetched.Format(time.DateOnly) {
		return message.Moment{}
	}
	return published
}

func first(have, other message.Moment) message.Moment {
	if have.Time.IsZero() {
		return other
	}
	return have
}

// moment is zero for a time that cannot be that of an article fetched when this one was.
func (d dating) moment(t time.Time, precision, origin string) message.Moment {
	if t.IsZero() || t.Year() < oldestNews || !d.fetched.IsZero() && t.After(d.fetched.Add(ahead)) {
		return message.Moment{}
	}
	return message.Moment{Time: t, Precision: precision, Origin: origin}
}

func (d dating) fromURL() message.Moment {
	for _, address := range []string{d.raw.FinalURL, d.raw.URL} {
		for _, pattern := range urlDays {
			if m := d.dayOf(pattern.FindStringSubmatch(address)); !m.Time.IsZero() {
				return m
			}
		}
	}
	return message.Moment{}
}

// dayOf makes a day of what matched: the year, month and day in figures.
func (d dating) dayOf(match []string) message.Moment {
	if match == nil {
		return message.Moment{}
	}
	year, _ := strconv.Atoi(match[1])
	month, _ := strconv.Atoi(match[2])
	day, _ := strconv.Atoi(match[3])
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, d.zone)
	if int(t.Month()) != month || t.Day() != day {
		return message.Moment{}
	}
	return d.moment(t, message.PrecisionDay, "url")
}

// relative asks the language pack about lines such as "il y a 3 heures".
func (d dating) relative(lines []string) message.Moment {
	if d.stage.language.Date == nil || d.fetched.IsZero() {
		return message.Moment{}
	}
	for _, line := range lines {
		if t, precision, ok := d.stage.language.Date(line, d.fetched); ok {
			return d.moment(t, precision, "text")
		}
	}
	return message.Moment{}
}
