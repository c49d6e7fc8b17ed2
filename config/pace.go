package config

import (
	"cmp"
	"slices"
	"time"

	"rawi/stages/crawl"
	"rawi/stages/feed"
)

// fullTexts are what full_text may be.
func fullTexts() []string {
	return []string{fullTextAuto, string(feed.FullTextAlways), string(feed.FullTextNever)}
}

// fullTextAuto is written where somebody wants to say what goes without saying.
const fullTextAuto = "auto"

// Bounds of an interval that somebody chooses: more often is no manners, and after more than a week a feed would have lost what it showed.
const (
	leastInterval = Duration(time.Minute)
	mostInterval  = Duration(7 * 24 * time.Hour)
)

// checkPace checks how often a source is looked at, and what is taken of it.
func (s Source) checkPace(wrong func(format string, args ...any)) {
	check := func(of string, interval Duration, budget int) {
		if interval != 0 && (interval < leastInterval || interval > mostInterval) {
			wrong("interval%s: %s wants %s to %s, or to be left out", of, interval, leastInterval, mostInterval)
		}
		if budget < 0 {
			wrong("budget%s: %d wants a number above zero, or to be left out", of, budget)
		}
	}
	check("", s.Interval, s.Budget)
	for _, section := range s.Sections {
		check(" of "+shown(section.URL), section.Interval, section.Budget)
	}
	if s.FullText != "" && !slices.Contains(fullTexts(), s.FullText) {
		wrong("full_text %q: %s", s.FullText, suggestion(s.FullText, fullTexts()))
	}
	if s.FullText != "" && len(s.Feeds) == 0 {
		wrong("full_text says what feeds hold, and it has none")
	}
	if s.Budget != 0 && len(s.Sections) == 0 {
		wrong("budget is for sections, and it has none")
	}
}

// Polled lists its feeds as they are polled.
func (s Source) Polled() []feed.Feed {
	full := feed.FullText(s.FullText)
	if s.FullText == fullTextAuto {
		full = feed.FullTextAuto
	}
	feeds := make([]feed.Feed, len(s.Feeds))
	for i, address := range s.Feeds {
		feeds[i] = feed.Feed{Outlet: s.Outlet(), URL: address, FullText: full, Interval: time.Duration(s.Interval)}
	}
	return feeds
}

// Watched lists its sections as they are visited.
func (s Source) Watched() []crawl.Section {
	sections := make([]crawl.Section, len(s.Sections))
	for i, own := range s.Sections {
		sections[i] = crawl.Section{
			Outlet: s.Outlet(), URL: own.URL, LinkPattern: own.Links,
			Budget: cmp.Or(own.Budget, s.Budget), Interval: time.Duration(cmp.Or(own.Interval, s.Interval)),
		}
	}
	return sections
}
