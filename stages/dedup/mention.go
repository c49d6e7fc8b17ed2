package dedup

import (
	"slices"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

// links are the stories that a report ties its own to.
type links struct{ mentions, mentionedBy []string }

// maxLinks bounds the stories that one report is tied to: a yearly balance recalls many, a page that recalls hundreds is no report.
const maxLinks = 24

// links finds the stories that a report recalls, and those whose reports recall what it tells. Background never merges: this is all
// that comes of it.
func (s *Stage) links(own message.Story, m message.Member) links {
	var l links
	for _, f := range m.Recalled {
		for _, e := range s.index.Told(f) {
			if s.other(own, e.ID()) && len(l.mentions) < maxLinks && s.tells(e.Reports, f) {
				l.mentions = union(l.mentions, []string{e.ID()})
			}
		}
	}
	for _, e := range s.index.Recalling(m.Facts) {
		if s.other(own, e.ID()) && len(l.mentionedBy) < maxLinks && recalls(s.matcher, e.Reports, m.Facts) {
			l.mentionedBy = union(l.mentionedBy, []string{e.ID()})
		}
	}
	return l
}

func (s *Stage) other(own message.Story, id string) bool {
	return id != own.ID && !slices.Contains(own.Aliases, id)
}

func (s *Stage) tells(reports []*match.Report, recalled message.Facts) bool {
	return slices.ContainsFunc(reports, func(r *match.Report) bool { return s.matcher.Recalls(recalled, r.Facts) })
}

func recalls(m *match.Matcher, reports []*match.Report, told message.Facts) bool {
	for _, r := range reports {
		if slices.ContainsFunc(r.Recalled, func(f message.Facts) bool { return m.Recalls(f, told) }) {
			return true
		}
	}
	return false
}

// backlinks are the states of linked stories that do not show the link yet.
func (s *Stage) backlinks(state message.State, article string, at time.Time) []message.State {
	b := backlinks{of: state.Story, index: s.index}
	b.decision = message.Decision{Article: article, Outcome: message.OutcomeMention, Rules: s.matcher.Version(), At: at}
	for _, other := range state.Story.Mentions {
		b.mark(other, func(s *message.Story) *[]string { return &s.MentionedBy })
	}
	for _, other := range state.Story.MentionedBy {
		b.mark(other, func(s *message.Story) *[]string { return &s.Mentions })
	}
	return b.out
}

type backlinks struct {
	of       message.Story
	index    *index.Index
	decision message.Decision
	out      []message.State
}

// mark puts the story into one list of another, which is told and tells of it by one state alone.
func (b *backlinks) mark(other string, list func(*message.Story) *[]string) {
	e, ok := b.index.Story(other)
	if !ok || e.ID() == b.of.ID || slices.Contains(b.of.Aliases, e.ID()) || slices.Contains(*list(&e.State.Story), b.of.ID) {
		return
	}
	i := slices.IndexFunc(b.out, func(s message.State) bool { return s.Story.ID == e.ID() })
	if i < 0 {
		i = len(b.out)
		b.out = append(b.out, following(e.State, message.ChangeUpdate, b.decision))
	}
	marked := list(&b.out[i].Story)
	*marked = union(*marked, []string{b.of.ID})
}
