// Package dedup decides which story a report belongs to: an article comes in, the states of the stories that it changes go out.
//
// What people decide by hand goes the same way and outranks the score: see Rule.
//
// A report that opens a story, joins one, copies a report of one or replaces its own earlier revision changes that story; a report that
// shows two stories to be one changes both; one that recalls other stories leaves a mark on each. The first state is the decision itself
// and is enough: whatever follows it can be computed again from it, and is when the article is delivered again after a crash.
package dedup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

// Config of the dedup stage. The zero value is not valid: start from Default.
type Config struct {
	// Live is how long after its last change a story takes further reports.
	Live time.Duration `yaml:"live"`
	// Known is how long after its last change a story is remembered: its reports are recognised when they come again, and a report that
	// recalls it is linked to it.
	Known time.Duration `yaml:"known"`
}

// Default is three weeks of open stories and thirteen months of memory, so that a report can recall what happened a year ago.
func Default() Config {
	const day = 24 * time.Hour
	return Config{Live: 21 * day, Known: 400 * day}
}

// Validate names the first setting that cannot work.
func (c Config) Validate() error {
	const day = 24 * time.Hour
	if c.Live < day {
		return fmt.Errorf("live: %s is too short, want at least 24h: reports of one happening come within days", c.Live)
	}
	if c.Known < c.Live {
		return fmt.Errorf("known: %s is shorter than live (%s): an open story must be known", c.Known, c.Live)
	}
	return nil
}

// Stage decides against all stories it knows. It is used by one goroutine: Process reads, Apply and Reset write.
type Stage struct {
	matcher *match.Matcher
	index   *index.Index
	live    time.Duration
}

// New makes a stage that knows no story yet. A nil places knows no place, which costs most merges across languages.
func New(c Config, places match.Places) *Stage { return By(match.Default(), c, places) }

// By makes a stage that decides by other rules than those that ship with rawi: to see what they would change.
func By(rules match.Rules, c Config, places match.Places) *Stage {
	return &Stage{
		matcher: match.New(rules, places),
		index:   index.New(index.Limits{Live: c.Live, Known: c.Known}),
		live:    c.Live,
	}
}

// Apply puts a committed state into memory. Applying it again, or an older revision after it, changes nothing.
func (s *Stage) Apply(state message.State) { s.index.Apply(state) }

// Reset forgets all stories, before a replay.
func (s *Stage) Reset() { s.index.Reset() }

// Process decides where an article goes and returns the states that follow, the deciding one first. It changes nothing: equal memory and
// an equal article give an equal answer.
func (s *Stage) Process(_ context.Context, a message.Article) ([]message.State, error) {
	if a.ID == "" {
		return nil, fault.Permanently("no_id", errors.New("an article without an id cannot be told from another"))
	}
	s.index.Settle()
	if e, i := s.known(a); e != nil {
		states, err := s.again(e, i, a)
		return s.aged(states), err
	}
	if w := s.withdrawn(a); w != nil && (w.Hand.By != "" || !a.Fetched.After(w.Hand.At)) {
		return nil, fault.Dropped("withdrawn") // where no person took it back, a page that is there again counts
	}
	return s.aged(s.place(arrive(a))), nil
}

// arrival is an article on its way into a story.
type arrival struct {
	article message.Article
	member  message.Member
	report  *match.Report
}

func arrive(a message.Article) arrival {
	m := member(a)
	return arrival{article: a, member: m, report: match.Prepare(m)}
}

// known finds the story that already lists an article, by its id or by its canonical URL, and the index of its member.
func (s *Stage) known(a message.Article) (*index.Entry, int) {
	for _, id := range identities(a) {
		e, ok := s.index.Owner(id)
		if !ok {
			continue
		}
		if i := e.Listed(id); i >= 0 && (id == a.ID || sameText(e, i, a)) {
			return e, i
		}
	}
	return nil, -1
}

// identities are the ids under which an article may be known: its own, and that of its canonical URL.
func identities(a message.Article) []string {
	if a.Canonical == "" {
		return []string{a.ID}
	}
	return []string{a.ID, message.ArticleID(message.Identity(a.Canonical))}
}

// withdrawn is the report that was taken back and that an article is, also where it comes under another address of the same page.
func (s *Stage) withdrawn(a message.Article) *message.Withdrawn {
	for _, id := range identities(a) {
		_, w := s.index.Withdrawn(id)
		if w != nil && (id == a.ID || w.Member.Source == a.Outlet.Name && (w.Member.Digest == a.Digest || tellsAs(w.Member, a))) {
			return w
		}
	}
	return nil
}

func tellsAs(m message.Member, a message.Article) bool {
	return match.Copied(match.Prepare(m), match.Prepare(member(a))) >= sameArticle
}

// sameText guards against outlets whose pages all claim one canonical URL, that of their front page. A copy that is not kept whole is what it
// copied.
func sameText(e *index.Entry, i int, a message.Article) bool {
	known := e.State.Members[i]
	if known.Source != a.Outlet.Name {
		return false
	}
	if known.Digest == a.Digest {
		return true
	}
	r, ok := e.Report(known.Article)
	if !ok {
		r, ok = e.Report(known.CopyOf)
	}
	return ok && match.Copied(r, match.Prepare(member(a))) >= sameArticle
}

// sameArticle is how much of the shorter text two revisions of an article under different URLs share at least.
const sameArticle = 0.5

// member is what is kept of an article.
func member(a message.Article) message.Member {
	m := message.Member{
		Article: a.ID, Digest: a.Digest, Source: a.Outlet.Name, Family: a.Outlet.Family, Language: a.Language, Published: published(a),
		Facts: bare(a.Facts), Signature: match.Keep(a.Signature), Fetched: a.Fetched,
		Passages: passages(a),
	}
	for _, f := range a.Recalled {
		m.Recalled = append(m.Recalled, bare(f))
	}
	return m
}

// published is the time of publication, or that of the fetch where the page says nothing or a time that has not come yet.
func published(a message.Article) time.Time {
	t := a.Published.Time
	if t.IsZero() || !a.Fetched.IsZero() && t.After(a.Fetched.Add(24*time.Hour)) {
		return a.Fetched
	}
	return t
}

// bare is facts without their passages, which stay with the article.
func bare(f message.Facts) message.Facts {
	f.Evidence = nil
	return f
}

func report(a message.Article, why *message.Why) message.Report {
	url := a.Canonical
	if url == "" {
		url = a.URL
	}
	return message.Report{
		Article: a.ID, Source: a.Outlet.Name, Outlet: a.Outlet.Title, Language: a.Language, Title: a.Title, URL: url,
		Published: a.Published.Time, Credit: a.Credit, Why: why,
	}
}

// at is the time of a decision on an article, in UTC: of its fetch, so that equal input gives an equal decision.
func at(a message.Article) time.Time {
	if a.Fetched.IsZero() {
		return published(a).UTC()
	}
	return a.Fetched.UTC()
}
