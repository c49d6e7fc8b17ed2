package facts

import (
	"slices"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract/when"
)

// oldDate reports whether the sentence names a time before any that news would be about.
func (p *page) oldDate(s *sentence) bool {
	limit := p.published.AddDate(0, 0, -oldDays)
	for _, d := range s.dates {
		if d.Kind != when.Since && !d.To.IsZero() && d.To.Before(limit) && !p.maybeAhead(d) {
			return true
		}
	}
	return false
}

// maybeAhead reports whether a day without a year, read as long past, is more likely to come: a plot against the fourteenth of July.
func (p *page) maybeAhead(d date) bool {
	const long = 200 * 24 * time.Hour
	return d.Precision == message.PrecisionDay && d.Kind == when.Absolute && p.published.Sub(d.To) > long && !d.year
}

func (p *page) recentDate(s *sentence) bool {
	return slices.ContainsFunc(s.dates, p.isRecent)
}

func (p *page) isRecent(d date) bool {
	if d.Kind == when.Since || d.Kind == when.Vague || d.Precision != message.PrecisionDay || d.From.IsZero() {
		return false
	}
	from := p.published.AddDate(0, 0, -recentDays)
	return !d.To.Before(from) && d.From.Before(p.published.AddDate(0, 0, 2))
}

// since reports whether the sentence counts from a time long ago.
func (p *page) since(s *sentence) bool {
	for _, d := range s.dates {
		if d.Kind == when.Since && !d.From.IsZero() && p.published.Sub(d.From) > 60*24*time.Hour && len(s.counts) > 0 {
			return true
		}
	}
	return false
}

// openingDay is the day of what the report opens with, told by words of those classes; zero where it opens with none.
func (p *page) openingDay(by []Class) time.Time {
	var opening []*sentence
	for _, s := range p.sentences {
		if s.depth <= 0 {
			opening = append(opening, s)
		}
	}
	if act := bestDay(p.dayCandidates(opening), func(c dayCandidate) bool { return !c.announced && (by == nil || c.s.has(by...)) }); act != nil {
		return act.from
	}
	return time.Time{}
}

// earlier reports whether the sentence tells of an operation on days before the one that the report opens with.
func (p *page) earlier(s *sentence) bool {
	if p.home.IsZero() || !s.has(police...) || s.has(classProcedure) || s.tipsOff() || p.atHome(s) {
		return false
	}
	limit := p.home.AddDate(0, 0, -1)
	if s.depth > 1 && slices.ContainsFunc(s.spots, spot.scene) {
		limit = p.home // elsewhere, and told so
	}
	before := false
	for _, d := range s.dates {
		if d.Precision != message.PrecisionDay || d.From.IsZero() || d.Kind == when.Vague {
			continue
		}
		if !d.To.Before(limit) {
			return false
		}
		before = true
	}
	return before
}

// tipsOff reports whether the sentence tells how another service set the operation off: la DGSI l'a transmis fin décembre.
func (s *sentence) tipsOff() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classCoop && h.Value == "tip" })
}
