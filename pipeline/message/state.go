package message

import (
	"strconv"
	"time"
)

// State is the whole record of a story: what consumers see of it and what the dedup index is rebuilt from. The last State of each
// subject is the truth; it is written only by the dedup stage, one for each decision.
type State struct {
	Type    string   `json:"type"` // StateV1
	Story   Story    `json:"story"`
	Members []Member `json:"members"` // in the order in which they joined
	Former  []Left   `json:"former,omitempty"`
	// Apart are stories that a person holds to be other ones: they are never merged with it, whatever the score says.
	Apart     []string    `json:"apart,omitempty"`
	Withdrawn []Withdrawn `json:"withdrawn,omitempty"`
}

// Withdrawn is a report that was taken back, whole, so that it can be put back.
type Withdrawn struct {
	Member Member `json:"member"`
	Report Report `json:"report"`
	Hand   Hand   `json:"hand"`
}

// Left is a topic that a story has left. All of them stay in the state: who publishes may have missed the revision that moved, since only the
// last state of a story is kept.
type Left struct {
	Topic
	Revision int `json:"revision"` // from which on the story no longer stands there
}

// Member is what dedup keeps of an article.
type Member struct {
	Article   string    `json:"article"`
	Digest    string    `json:"digest"`
	Source    string    `json:"source"`
	Family    string    `json:"family,omitempty"`
	Language  string    `json:"language"`
	Published time.Time `json:"published"` // of publication, or of the fetch where that is unknown
	Facts     Facts     `json:"facts,omitzero"`
	Recalled  []Facts   `json:"recalled,omitempty"`
	Passages  []Passage `json:"passages,omitempty"` // by which its facts are given, of a dozen values at most
	Signature Signature `json:"signature,omitzero"`
	CopyOf    string    `json:"copy_of,omitempty"`
	Fetched   time.Time `json:"fetched,omitzero"`  // of this revision: an older one that comes late changes nothing
	Read      int       `json:"read,omitempty"`    // how often the same bytes were read anew
	Moved     int       `json:"moved,omitempty"`   // how often it went from one story to another: where two list it, it is in the one that says more
	Reduced   bool      `json:"reduced,omitempty"` // one of so many that it is only known, and compared no more: without signature, often without facts
}

// Passage is a sentence by which a report gives values of its facts.
type Passage struct {
	Text  string  `json:"text"` // a long one is cut to 160 bytes or so around the value
	Gives []Given `json:"gives"`
}

// Given is a value of a fact, as in Evidence.
type Given struct {
	Fact  string `json:"fact"` // JSON name of the field of Facts
	Value string `json:"value"`
}

// Subject is news.state.<story id>: kind and country are left out because they move.
func (s State) Subject() string { return "news.state." + Token(s.Story.ID) }

// Key is one for each revision of each story.
func (s State) Key() string { return "s:" + s.Story.ID + ":" + strconv.Itoa(s.Story.Revision) }

// Schema is StateV1.
func (State) Schema() string { return StateV1 }
