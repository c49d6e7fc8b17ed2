package dedup

import (
	"slices"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// takenBack are the records of reports that are taken out of a state.
func takenBack(from message.State, articles []string, h message.Hand) []message.Withdrawn {
	var out []message.Withdrawn
	for _, m := range from.Members {
		if !slices.Contains(articles, m.Article) {
			continue
		}
		w := message.Withdrawn{Member: m, Hand: h}
		for _, r := range from.Story.Reports {
			if r.Article == m.Article {
				w.Report = r
			}
		}
		out = append(out, w)
	}
	return out
}

// ruleRetract takes reports of one story back. A story without reports is retracted.
func (s *Stage) ruleRetract(r message.Ruling) ([]message.State, error) {
	articles, err := s.newer(r)
	if err != nil || len(articles) == 0 {
		return nil, orDone(err)
	}
	from, _ := s.listed(articles[0])
	if from == nil && r.By == "" {
		return nil, fault.Dropped(ReasonOverruled) // taken back before, by a person or by the outlet
	}
	for _, article := range articles {
		if e, _ := s.listed(article); e == nil || e != from {
			return nil, refuse("article %s is %s, and %s is %s: take back the reports of one story at a time", article, where(e), articles[0], where(from))
		}
	}
	d := s.ruled(r, from.State)
	d.Outcome = message.OutcomeRetract
	next := s.next(from.State, message.ChangeUpdate, d)
	next.Withdrawn = slices.Concat(next.Withdrawn, takenBack(next, articles, *d.Hand))
	next = lacking(next, func(article string) bool { return slices.Contains(articles, article) })
	return []message.State{emptied(computed(next, from.State))}, nil
}

// putBack are those of some reports that were taken back and are in no story.
func (s *Stage) putBack(articles []string, w *message.Why) (p part) {
	for _, article := range articles {
		if e, _ := s.listed(article); e != nil {
			continue
		}
		_, gone := s.index.Withdrawn(article)
		m, report := gone.Member, gone.Report
		m.Moved++
		report.Why = w
		p.members, p.reports = append(p.members, m), append(p.reports, report)
	}
	return p
}
