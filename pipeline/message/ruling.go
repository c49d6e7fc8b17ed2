package message

import (
	"strings"
	"time"
)

// What a person can decide about stories.
const (
	ActMerge   = "merge"   // two stories are one
	ActSplit   = "split"   // some reports of a story are a story of their own
	ActMove    = "move"    // reports belong to another story than the one they are in
	ActRetract = "retract" // reports are taken back: they belong to no story
)

// Ruling is what a person decides about reports and stories, or an outlet about its own page (Withdrawal). It outranks the score for the reports
// that it names, or that the stories it names have, until another ruling says otherwise: a later revision of a report, a replay or a restart
// changes nothing of it.
type Ruling struct {
	Type     string    `json:"type"` // RulingV1
	ID       string    `json:"id"`
	Act      string    `json:"act"`                // merge, split, move or retract
	Story    string    `json:"story,omitempty"`    // merge: it stays. split: the reports leave it. move: they go there
	Other    string    `json:"other,omitempty"`    // merge: it is merged into Story
	Articles []string  `json:"articles,omitempty"` // of split, move and retract
	By       string    `json:"by"`                 // who decided; empty where no person did: then a later revision may come back
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"` // of the decision; of two rulings on a report the later one holds
}

// RulingID is the id of a ruling: the same for the same words of the same person at the same time.
func RulingID(r Ruling) string {
	parts := []string{"ruling", r.Act, r.Story, r.Other, r.By, r.Reason, r.At.UTC().Format(time.RFC3339Nano)}
	return "h" + digest(16, append(parts, r.Articles...)...)
}

// Withdrawal is the ruling that an outlet gives which takes a page away for good: nobody's, so that a page that is back with another text counts
// again. It is the same for the same look at a page.
func Withdrawal(page Fetch, reason string, at time.Time) Ruling {
	return Ruling{
		Type: RulingV1, ID: "p" + digest(16, "withdrawal", page.ID, page.Seen), Act: ActRetract, Articles: []string{page.ID}, Reason: reason, At: at.UTC(),
	}
}

// Hand is what a ruling leaves on a report and in a decision.
func (r Ruling) Hand() *Hand {
	return &Hand{Ruling: r.ID, Act: r.Act, By: r.By, Reason: r.Reason, At: r.At.UTC()}
}

// Subject is news.ruling.<act>.
func (r Ruling) Subject() string { return "news.ruling." + Token(r.Act) }

// handKey begins the key of a person's ruling.
const handKey = "hand:"

// Key is the same for the same ruling.
func (r Ruling) Key() string {
	if r.By == "" {
		return "page:" + r.ID
	}
	return handKey + r.ID
}

// ByHand reports whether a key is that of a ruling which a person brought in.
func ByHand(key string) bool { return strings.HasPrefix(key, handKey) }

// Schema is RulingV1.
func (Ruling) Schema() string { return RulingV1 }
