package explain

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// Account is what is known of why a report is where it is.
type Account struct {
	Article     string            `json:"article"`
	Report      message.Report    `json:"report"`                 // with the decision that brought it in, as it was made then
	Story       string            `json:"story"`                  // that it is in now
	Titles      map[string]string `json:"titles"`                 // of that story, by language
	Reports     int               `json:"reports"`                // of that story
	Independent int               `json:"independent_sources"`    // of that story
	Withdrawn   *message.Hand     `json:"withdrawn,omitempty"`    // by which it was taken back
	Out         string            `json:"out_of,omitempty"`       // story that it was taken out of
	Asked       *dedup.Weighing   `json:"asked,omitempty"`        // against the story that was asked for, as weighed today
	AskedFor    string            `json:"asked_for,omitempty"`    // the id under which that story was asked for
	Others      map[string]string `json:"other_titles,omitempty"` // titles of the other stories that are named
}

// Name notes the titles of the stories that the account speaks of, from those of all stories by id.
func (a *Account) Name(titles map[string]string) {
	a.Others = map[string]string{}
	for _, id := range a.named() {
		if titles[id] != "" {
			a.Others[id] = titles[id]
		}
	}
}

// named are the other stories that the account speaks of.
func (a *Account) named() []string {
	var ids []string
	if a.AskedFor != "" {
		ids = append(ids, a.AskedFor)
	}
	if a.Asked != nil {
		ids = append(ids, a.Asked.Story)
	}
	if y := a.Report.Why; y != nil {
		for _, r := range []*message.Rejected{y.Merged, y.Other} {
			if r != nil {
				ids = append(ids, r.Story)
			}
		}
	}
	return ids
}

// width is the number of cells of a line: an explanation is read on a terminal or pasted into a mail.
const width = 80

// Write tells an account in words.
func (w Words) Write(out io.Writer, a Account) error {
	t := text{Words: w}
	t.line("%s %s (%s, %s)", w.say("report"), a.Article, a.Report.Source, a.Report.Language)
	t.title(a.Report.Title)
	if a.Withdrawn != nil {
		t.line("%s %s", w.say("withdrawn"), a.Out)
		t.hand(a.Withdrawn)
		_, err := io.WriteString(out, t.b.String())
		return err
	}
	count := func(of string, n int) string { return w.say(of) + w.say("colon") + fmt.Sprint(n) } // no language has the same plural for all numbers
	t.line("%s %s (%s, %s)", w.say("in"), a.Story, count("reports", a.Reports), count("sources", a.Independent))
	for _, lang := range []string{"fr", "ar"} {
		t.title(a.Titles[lang])
	}
	t.line("")
	t.line("%s", w.say("why"))
	t.why(a)
	if a.Asked != nil {
		t.line("")
		t.asked(a)
	}
	_, err := io.WriteString(out, t.b.String())
	return err
}

// text is an explanation while it is written.
type text struct {
	Words

	b strings.Builder
}

// line writes a line, and what of it is longer than the width below it.
func (t *text) line(format string, args ...any) { t.indented("", fmt.Sprintf(format, args...)) }

func (t *text) title(title string) {
	if title != "" {
		t.b.WriteString("    " + show.Cut(title, width-4) + "\n")
	}
}

// indented writes words behind a mark, and all further lines as far in.
func (t *text) indented(mark, words string) {
	room, used := width-runewidth.StringWidth(mark), 0
	t.b.WriteString(mark)
	words = strings.ReplaceAll(words, ", ", t.say("comma"))
	for i, word := range strings.Fields(show.Line(words)) {
		word = runewidth.Truncate(word, room, "…")
		need := runewidth.StringWidth(word)
		switch {
		case i == 0:
		case used+1+need > room:
			t.b.WriteString("\n" + strings.Repeat(" ", width-room))
			used = 0
		default:
			t.b.WriteString(" ")
			used++
		}
		t.b.WriteString(word)
		used += need
	}
	t.b.WriteString("\n")
}

// why tells the decision that was kept with a report.
func (t *text) why(a Account) {
	y := a.Report.Why
	if y == nil {
		t.indented("  ", t.say("why.kept"))
		return
	}
	if y.Hand != nil {
		t.indented("  ", t.outcome(message.OutcomeHand))
		t.hand(y.Hand)
		if y.Outcome == "" || y.Outcome == message.OutcomeHand {
			return
		}
		t.line("")
		t.line("%s", t.say("why.before"))
	}
	t.indented("  ", t.outcome(y.Outcome))
	t.indented("  ", fmt.Sprintf("%s %+.2f (%s), %s %s", t.say("score"), y.Score, t.say("threshold"), t.say("rules"), y.Rules))
	t.reasons(y.For, y.Against)
	if y.Merged != nil {
		t.line("")
		t.rejected("merged", y.Merged, a)
		t.reasons(y.Merged.For, y.Merged.Against)
	}
	t.line("")
	if y.Other == nil {
		if y.Merged == nil {
			t.line("%s", t.say("other.none"))
		}
		return
	}
	t.rejected("other", y.Other, a)
	switch {
	case y.Other.Veto != "":
		t.indented("  ", t.say("veto")+t.say("colon")+t.veto(y.Other.Veto))
	case y.Other.Score > 0:
		t.indented("  ", t.say("other.less"))
	default:
		t.indented("  ", t.say("other.low"))
	}
	t.reasons(y.Other.For, y.Other.Against)
}

// hand tells what a person decided, who it was and why. What nobody decided is an outlet's own doing, whose reason is in no editor's words.
func (t *text) hand(h *message.Hand) {
	words := t.say("act."+h.Act) + ", " + h.At.UTC().Format("2006-01-02 15:04") + " UTC"
	if h.By == "" {
		t.indented("  ", words)
		t.indented("  ", t.say("outlet"))
		return
	}
	t.indented("  ", words+", "+t.say("by")+" "+h.By)
	if h.Reason != "" {
		t.indented("  ", t.say("reason")+t.say("colon")+h.Reason)
	}
}

// outcome is a decision in a sentence.
func (t *text) outcome(outcome string) string {
	if p, ok := t.phrases["why."+outcome]; ok {
		return p.text
	}
	return outcome
}

// rejected names another story.
func (t *text) rejected(key string, r *message.Rejected, a Account) {
	t.line("%s%s%s%s", t.say(key), t.say("colon"), r.Story, t.scored(r.Score, r.Veto))
	t.title(a.Others[r.Story])
}

// scored is the score behind a name; what was ruled out has none.
func (t *text) scored(score float64, veto string) string {
	if veto != "" {
		return ""
	}
	return fmt.Sprintf(", %s %+.2f", t.say("score"), score)
}

// asked tells how the report stands to the story that was asked for.
func (t *text) asked(a Account) {
	o := a.Asked
	t.line("%s %s%s", t.say("asked"), o.Story, t.scored(o.Score, o.Veto))
	if a.AskedFor != o.Story {
		t.indented("  ", t.say("was")+" "+a.AskedFor)
	}
	t.title(a.Others[o.Story])
	for _, s := range []struct {
		key  string
		says bool
	}{
		{"asked.own", o.Own},
		{"asked.alone", o.Nearest == ""},
		{"asked.joins", !o.Own && o.Joins},
		{"asked.not", !o.Own && !o.Joins && o.Nearest != ""},
		{"asked.closed", o.Closed},
		{"asked.unfound", !o.Own && !o.Candidate && !o.Closed && o.Nearest != "" && o.Veto == ""},
	} {
		if s.says {
			t.indented("  ", t.say(s.key))
		}
	}
	if o.Veto != "" {
		t.indented("  ", t.say("veto")+t.say("colon")+t.veto(o.Veto))
	}
	if o.Nearest != "" {
		t.indented("  ", t.say("asked.nearest")+t.say("colon")+o.Nearest)
	}
	t.reasons(o.For, o.Against)
}

// reasons lists both sides, the weightier with more marks.
func (t *text) reasons(pro, contra []message.Reason) {
	t.side("for", "+", pro)
	t.side("against", "-", contra)
}

// Reasons that weigh less than this, in log odds, are not worth a line; from the others on they get two marks, and three.
const (
	worth  = 0.05
	plain  = 0.8
	strong = 2.0
)

func (t *text) side(key, mark string, reasons []message.Reason) {
	told := false
	for _, r := range reasons {
		weight := math.Abs(r.Weight)
		if weight < worth {
			continue
		}
		if !told {
			t.indented("  ", t.say(key))
			told = true
		}
		marks := 1
		if weight >= plain {
			marks++
		}
		if weight >= strong {
			marks++
		}
		t.indented(fmt.Sprintf("    %-4s", strings.Repeat(mark, marks)), t.reason(r))
	}
}
