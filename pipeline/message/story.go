package message

import (
	"strconv"
	"strings"
	"time"
)

// What happened to a story with a revision.
const (
	ChangeNew     = "new"
	ChangeUpdate  = "update"
	ChangeMerge   = "merge"   // another story was merged into it, or it into another: see MergedInto
	ChangeSplit   = "split"   // part of it became a story of its own
	ChangeRetract = "retract" // this subject no longer carries the story: its kind or country moved, it was merged away, or all its reports were taken back
)

// Story is what the reports of one happening have in common: a whole snapshot with a revision, never a delta.
type Story struct {
	Type        string            `json:"type"` // StoryV1
	ID          string            `json:"id"`
	Revision    int               `json:"revision"` // from 1, without gaps
	Change      string            `json:"change"`
	Kind        string            `json:"kind"`    // KindOperation, ...
	Country     string            `json:"country"` // ISO 3166-1 alpha-2; empty where unknown
	Titles      map[string]string `json:"titles"`  // by language: that of the report that tells most
	Facts       Facts             `json:"facts"`   // fact by fact the value that most independent sources give; of those hurt or rescued the last official number
	Values      []Value           `json:"values,omitempty"`
	Tolls       []Toll            `json:"tolls,omitempty"` // how the numbers of killed, wounded and rescued went, by time of publication
	Phase       string            `json:"phase,omitempty"` // PhaseBreaking, PhaseDeveloping or PhaseClosed at this revision
	Closes      time.Time         `json:"closes,omitzero"` // from when on it takes no more reports unless it changes before; a reader takes it as closed then
	Reports     []Report          `json:"reports"`         // by time of publication
	Independent int               `json:"independent_sources"`
	Mentions    []string          `json:"mentions,omitempty"`     // stories that its reports only recall
	MentionedBy []string          `json:"mentioned_by,omitempty"` // stories whose reports recall it
	FirstSeen   time.Time         `json:"first_seen"`             // when its first report was fetched, in UTC
	LastChanged time.Time         `json:"last_changed"`           // when the article that made this revision was fetched, in UTC: as Decision.At
	Aliases     []string          `json:"aliases,omitempty"`      // ids of stories merged into it
	MergedInto  string            `json:"merged_into,omitempty"`  // the story that took its reports
	SplitFrom   string            `json:"split_from,omitempty"`   // the story that its first reports came out of
	Withdrawn   []string          `json:"withdrawn,omitempty"`    // articles that were taken back out of it, and are in no story
	Decision    Decision          `json:"decision"`               // what made this revision
}

// Phases of a story's life.
const (
	PhaseBreaking   = "breaking"   // first seen within twelve hours
	PhaseDeveloping = "developing" // still takes reports
	PhaseClosed     = "closed"     // takes no more reports: too old, merged away, or all of them taken back
)

// PhaseAt is the phase of the story at a time after its last revision.
func (s Story) PhaseAt(t time.Time) string {
	switch {
	case s.Phase == PhaseClosed || !s.Closes.IsZero() && !t.Before(s.Closes):
		return PhaseClosed
	case t.Sub(s.FirstSeen) < breaking:
		return PhaseBreaking
	}
	return PhaseDeveloping
}

// breaking is how long after its first report a story is breaking news.
const breaking = 12 * time.Hour

// Toll is one step of a number of people that outlets correct as they learn more.
type Toll struct {
	Fact      string    `json:"fact"` // "killed", "wounded", "rescued"
	Value     string    `json:"value"`
	Article   string    `json:"article"` // that gave it first after another value stood
	Published time.Time `json:"published"`
	Official  bool      `json:"official,omitempty"` // an authority is named as its source
}

// Value is one value of one fact with the reports that give it: values that disagree stand side by side.
type Value struct {
	Fact     string            `json:"fact"`
	Value    string            `json:"value"`
	Reports  []string          `json:"reports"`            // article ids, of those whose facts are kept
	Passages map[string]string `json:"passages,omitempty"` // sentences that give it, by article: of the first two reports
}

// Report is one outlet's account in a story.
type Report struct {
	Article   string    `json:"article"`
	Source    string    `json:"source"`
	Outlet    string    `json:"outlet,omitempty"` // title of the source
	Language  string    `json:"language"`
	Title     string    `json:"title"`
	URL       string    `json:"url"`
	Published time.Time `json:"published,omitzero"`
	CopyOf    string    `json:"copy_of,omitempty"` // article id it repeats nearly word for word
	Credit    string    `json:"credit,omitempty"`
	Why       *Why      `json:"why,omitempty"`
}

// Why says in short by which decision a report came into its story, or into one that was merged into it. What comes later does not change it.
type Why struct {
	Outcome string    `json:"outcome"` // OutcomeNew, OutcomeJoin, OutcomeCopy, OutcomeMerge
	Score   float64   `json:"score,omitempty"`
	For     []Reason  `json:"for,omitempty"` // with Against, the six weightiest reasons at most; none of the many copies of a large story
	Against []Reason  `json:"against,omitempty"`
	Rules   string    `json:"rules"`            // version of the rules
	Merged  *Rejected `json:"merged,omitempty"` // the other story, where the report showed two to be one
	Hand    *Hand     `json:"hand,omitempty"`   // the decision of a person that put it there or keeps it there: it outranks the score
	Other   *Rejected `json:"other,omitempty"`  // the best story that it did not join, its reasons cut in the same way
}

// Outcomes of a decision.
const (
	OutcomeNew      = "new"      // opened a story
	OutcomeJoin     = "join"     // same happening as an open story
	OutcomeCopy     = "copy"     // near copy of a report of the story
	OutcomeRevision = "revision" // the same article again, changed
	OutcomeMention  = "mention"  // another story's report recalls this one
	OutcomeMerge    = "merge"    // two stories turned out to be one
	OutcomeHand     = "hand"     // a person decided
	OutcomeRetract  = "retract"  // the report was taken back
)

// Hand is a decision of a person.
type Hand struct {
	Ruling string    `json:"ruling"` // id of the Ruling
	Act    string    `json:"act"`    // ActMerge, ActSplit, ActMove, ActRetract
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"` // UTC
}

// Decision says why a report went where it went.
type Decision struct {
	Article  string    `json:"article"`
	Outcome  string    `json:"outcome"`
	Score    float64   `json:"score"`
	For      []Reason  `json:"for,omitempty"`
	Against  []Reason  `json:"against,omitempty"`
	Veto     string    `json:"veto,omitempty"`
	Rules    string    `json:"rules"`               // version of the rules
	RunnerUp *Rejected `json:"runner_up,omitempty"` // the best story it did not join
	At       time.Time `json:"at"`                  // the article's fetch time: equal input gives an equal decision
	Hand     *Hand     `json:"hand,omitempty"`      // who decided, where a person did
}

// Reason is one agreement or disagreement and its weight in the score.
type Reason struct {
	Fact   string  `json:"fact"`
	Detail string  `json:"detail"`
	Weight float64 `json:"weight"`
}

// Rejected is a story that was considered and not joined, or, in a merge, the second story of which the report is.
type Rejected struct {
	Story   string   `json:"story"`
	Score   float64  `json:"score"`
	For     []Reason `json:"for,omitempty"`
	Against []Reason `json:"against,omitempty"`
	Veto    string   `json:"veto,omitempty"`
}

// Topic is the kind and country by which a story's subject is made.
type Topic struct {
	Kind    string `json:"kind"`
	Country string `json:"country"`
}

// Topic of the story.
func (s Story) Topic() Topic { return Topic{s.Kind, s.Country} }

// Subject is news.story.<kind>.<country>.<id>; the country is "xx" where unknown.
func (s Story) Subject() string {
	country := "xx"
	if s.Country != "" {
		country = Token(strings.ToLower(s.Country))
	}
	kind := KindOther
	if s.Kind != "" {
		kind = Token(s.Kind)
	}
	return "news.story." + kind + "." + country + "." + Token(s.ID)
}

// Key is <id>:<revision>, with the subject where the revision retracts it: the same revision then stands on the new subject.
func (s Story) Key() string {
	key := s.ID + ":" + strconv.Itoa(s.Revision)
	if s.Change == ChangeRetract {
		key += ":retract:" + s.Subject()
	}
	return key
}

// Schema is StoryV1.
func (Story) Schema() string { return StoryV1 }
