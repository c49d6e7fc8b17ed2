package facts

import (
	"rawi/pipeline/message"
	"rawi/stages/extract/when"
)

// recalled reads the happenings that the report only recalls: one for each passage of the background that opens one, and one for each that
// a sentence of the report's own names by an older date. A report without a happening of its own recalls all it tells of.
func (p *page) recalled(kind string) []message.Facts {
	all := !tellsHappening(kind)
	var found []message.Facts
	var passage []*sentence
	keep := func(f message.Facts) {
		if !f.Empty() && len(found) < maxRecalled {
			found = append(found, f)
		}
	}
	flush := func() {
		keep(p.readRecalled(passage))
		passage = passage[:0]
	}
	for _, s := range p.sentences {
		dates := p.past(s, all)
		switch {
		case s.total && len(dates) < 2:
			flush()
		case len(dates) > 1 && (s.background || all) || len(dates) > 0 && !s.background && s.tellsAct() && !s.formerConviction():
			flush()
			for _, part := range p.byDate(s, dates) {
				keep(p.readRecalled([]*sentence{part}))
			}
		case s.background || all && s.tellsAct() && len(s.spots)+len(dates) > 0:
			if (s.opens || all) && len(s.dates) > 0 && len(passage) > 0 {
				flush()
			}
			passage = append(passage, s)
		default:
			flush()
		}
	}
	flush()
	return found
}

// past are the dates of a sentence that may be the time of a recalled happening: any before publication in the background, old ones
// elsewhere.
func (p *page) past(s *sentence, all bool) []date {
	limit := p.published
	if !s.background && !all {
		limit = p.published.AddDate(0, 0, -oldDays)
	}
	var dates []date
	for _, d := range s.dates {
		if d.Kind != when.Since && !d.From.IsZero() && d.To.Before(limit) && !p.maybeAhead(d) {
			dates = append(dates, d)
		}
	}
	return dates
}

// byDate parts a sentence that names several times into what stands nearest to each.
func (p *page) byDate(s *sentence, dates []date) []*sentence {
	parts := make([]*sentence, len(dates))
	for i, d := range dates {
		part := *s
		part.dates = []date{d}
		part.hits, part.spots, part.counts, part.ages = nil, nil, nil, nil
		parts[i] = &part
	}
	at := func(token int) *sentence { return parts[nearest(dates, token)] }
	for _, h := range s.hits {
		at(h.Start).hits = append(at(h.Start).hits, h)
	}
	for _, x := range s.spots {
		at(x.start).spots = append(at(x.start).spots, x)
	}
	for _, q := range s.counts {
		at(q.start).counts = append(at(q.start).counts, q)
	}
	for _, a := range s.ages {
		at(a.start).ages = append(at(a.start).ages, a)
	}
	return parts
}

// nearest is the index of the date that stands nearest to a token.
func nearest(dates []date, token int) int {
	best, least := 0, 1<<30
	for i, d := range dates {
		far := max(d.start-token, token-d.end, 0)
		if far < least {
			best, least = i, far
		}
	}
	return best
}
