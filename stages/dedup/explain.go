package dedup

import (
	"cmp"
	"fmt"
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

// Weighing is how a known report stands to a story by today's rules, with words as rare as they are now. What was decided when the report came
// in stands with the report (message.Why) and may differ: the story has grown since, and rules change.
type Weighing struct {
	message.Rejected

	Nearest   string `json:"nearest,omitempty"` // article of the story that is most like the report, itself left out
	CopyOf    string `json:"copy_of,omitempty"` // article of the story that it copies
	Joins     bool   `json:"joins"`             // whether the score and the vetoes would let it in
	Candidate bool   `json:"candidate"`         // whether the search for candidates finds the story for it
	Closed    bool   `json:"closed"`            // the story takes no more reports
	Own       bool   `json:"own"`               // the report is in that story
}

// UnknownError says that no story lists an article, or that there is no story of that id.
type UnknownError struct{ What, ID string }

func (e UnknownError) Error() string { return fmt.Sprintf("no %s %q is known", e.What, e.ID) }

// Weigh compares a report with any story as if it came in now. Both are named by their ids; that of a story may be one that was merged away.
func (s *Stage) Weigh(article, story string) (Weighing, error) {
	own, i := s.listed(article)
	if own == nil {
		return Weighing{}, UnknownError{"article", article}
	}
	e, ok := s.index.Story(story)
	if !ok {
		return Weighing{}, UnknownError{"story", story}
	}
	in := s.arriveAgain(own, i)
	others := *e
	others.Reports = slices.DeleteFunc(slices.Clone(e.Reports), func(r *match.Report) bool { return r.Article == in.article.ID })
	w := Weighing{Rejected: message.Rejected{Story: e.ID()}, Closed: !e.Live(), Own: e == own}
	if len(others.Reports) == 0 {
		return w, nil
	}
	o := s.consider(in, s.look(in.report), &others)
	why := s.matcher.Explain(o.best, in.report, s.index.Rarity())
	w.Score, w.For, w.Against, w.Veto = round(o.score), why.For(), why.Against(), o.veto
	if w.Veto != "" {
		w.Veto = cmp.Or(why.Vetoed(), w.Veto)
	}
	w.Nearest, w.CopyOf, w.Joins = o.best.Article, o.copyOf, o.joins()
	if e != own && (byHand(own.State, article) || s.apart(own.State, e.ID())) {
		w.Veto, w.Joins = "hand: "+own.ID(), false
	}
	w.Candidate = slices.Contains(s.index.Candidates(in.report, considered), e)
	return w, nil
}

// listed finds the story that lists an article by its id, and the index of its member.
func (s *Stage) listed(article string) (*index.Entry, int) {
	e, ok := s.index.Owner(article)
	if !ok {
		return nil, -1
	}
	i := slices.IndexFunc(e.State.Members, func(m message.Member) bool { return m.Article == article })
	if i < 0 {
		return nil, -1
	}
	return e, i
}

// arriveAgain is a report that a story lists as if it came in again. Of its text only what is compared is known.
func (s *Stage) arriveAgain(e *index.Entry, i int) arrival {
	m := e.State.Members[i]
	a := message.Article{ID: m.Article, Digest: m.Digest, Language: m.Language, Fetched: m.Fetched, Facts: m.Facts, Recalled: m.Recalled}
	for _, r := range e.State.Story.Reports {
		if r.Article == m.Article {
			a.Title, a.URL, a.Credit, a.Published.Time = r.Title, r.URL, r.Credit, r.Published
		}
	}
	report, ok := e.Report(m.Article)
	if !ok || report.Terms == nil { // its reasons are put into words
		report = match.Prepare(m)
	}
	return arrival{article: a, member: m, report: report}
}
