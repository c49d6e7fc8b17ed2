package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"rawi/pipeline/message"
)

// Field is how well one field of the facts was read: precision, recall, F1 to three digits, and how many values the labels hold.
type Field struct {
	P    float64 `json:"p"`
	R    float64 `json:"r"`
	F1   float64 `json:"f1"`
	Gold int     `json:"gold"`
}

// FactScore is how well the facts of main happenings were read.
type FactScore struct {
	Reports        int              `json:"reports"`         // of operations and incidents with labelled facts: the ones scored
	BackgroundLeak int              `json:"background_leak"` // days more than ten before publication where the label's is not
	Fields         map[string]Field `json:"fields"`
}

// FactMistake is one value that differs from its label; a value that is absent is nil.
type FactMistake struct {
	Field, ID  string
	Want, Have any
}

func (m FactMistake) String() string {
	return fmt.Sprintf("%s\t%s\t%v\t%v", m.Field, m.ID, m.Want, m.Have)
}

// singles are the fields of one value: right when equal.
var singles = []string{"action", "country", "arrested", "killed", "wounded", "age", "ages", "group"}

// sameAction are the actions that careful readers do not tell apart.
var sameAction = map[string]string{
	message.ActionDismantling: message.ActionArrest, message.ActionFoiled: message.ActionArrest, message.ActionRaid: message.ActionArrest,
}

// scoredAgencies are the services whose names the labels write in one way; others are not scored.
var scoredAgencies = []string{
	"ANP", "Armée libanaise", "BCIJ", "BNPJ", "CGI", "DGSI", "DGSN", "DGST", "Douane", "Europol", "FAMa", "FBI", "GEO", "Garde nationale",
	"Gendarmerie nationale", "Gendarmerie royale", "Guardia Civil", "Hachd", "Marine nationale", "Marine royale", "PNAT", "Police fédérale",
	"Police judiciaire", "Policía Nacional", "RAID", "Sûreté générale",
}

// GradeFacts scores predictions against the labels of operations and incidents, as the scorer that goes with the sets does, and lists what
// is wrong in the order of the reports.
func GradeFacts(gold []Labelled, predicted []Prediction) (FactScore, []FactMistake) {
	g := factGrader{counts: map[string]*tally{}}
	read := make(map[string]Flat, len(predicted))
	for _, p := range predicted {
		read[p.ID] = p.Facts
	}
	for _, r := range gold {
		if !r.HasFacts() {
			continue
		}
		g.reports++
		g.one(r, read[r.ID])
	}
	score := FactScore{Reports: g.reports, BackgroundLeak: g.leak, Fields: make(map[string]Field, len(g.counts))}
	for name, c := range g.counts {
		score.Fields[name] = c.field()
	}
	return score, g.mistakes
}

// HasFacts reports whether a report is of an operation or incident and carries the facts that a reading is scored against.
func (l Labelled) HasFacts() bool {
	return (l.Kind == message.KindOperation || l.Kind == message.KindIncident) && len(l.Facts) > 0
}

// tally counts the values of one field: right, wrongly there, missing.
type tally struct{ right, wrong, missing int }

func (t tally) field() Field {
	p, r := share(t.right, t.wrong), share(t.right, t.missing)
	return Field{thousandths(p), thousandths(r), thousandths(harmonic(p, r)), t.right + t.missing}
}

// share is 1 where there is nothing to be wrong about.
func share(right, wrong int) float64 {
	if right+wrong == 0 {
		return 1
	}
	return float64(right) / float64(right+wrong)
}

// thousandths rounds the exact value of x, so that it does not depend on how a product of it is rounded.
func thousandths(x float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 3, 64), 64)
	return v
}

type factGrader struct {
	reports, leak int
	counts        map[string]*tally
	mistakes      []FactMistake
}

func (g *factGrader) count(field string) *tally {
	if g.counts[field] == nil {
		g.counts[field] = &tally{}
	}
	return g.counts[field]
}

func (g *factGrader) one(r Labelled, have Flat) {
	for _, field := range singles {
		want, wanted := r.Facts[field]
		got := have[field]
		if field == "action" {
			want, got = familyOf(want), familyOf(got)
		}
		g.note(FactMistake{field, r.ID, want, got}, wanted && reflect.DeepEqual(want, got), wanted)
	}
	g.day(r, have)
	for _, field := range []string{"agencies", "partners"} {
		g.members(field, r, have)
	}
	g.places(r, have)
}

func familyOf(action any) any {
	if name, ok := action.(string); ok {
		return cmp.Or(sameAction[name], name)
	}
	return action
}

func (g *factGrader) note(m FactMistake, right, wanted bool) {
	t := g.count(m.Field)
	if right {
		t.right++
		return
	}
	given := !empty(m.Have)
	if wanted {
		t.missing++
	}
	if given {
		t.wrong++
	}
	if wanted || given {
		g.mistakes = append(g.mistakes, m)
	}
}

func empty(v any) bool { return v == nil || v == float64(0) || v == "" }

// day accepts any day of a labelled span.
func (g *factGrader) day(r Labelled, have Flat) {
	from, to := cmp.Or(r.Facts.text("date_from"), r.Facts.text("date")), cmp.Or(r.Facts.text("date_to"), r.Facts.text("date"))
	got := cmp.Or(have.text("date"), have.text("date_from"))
	right := from != "" && got != "" && from <= got && got <= cmp.Or(to, from)
	g.note(FactMistake{"date", r.ID, from, got}, right, from != "")
	if from != "" && got != "" && late(r.Published, got) && !late(r.Published, from) {
		g.leak++
	}
}

// late reports whether a day lies more than ten days before publication.
func late(published, day string) bool {
	const limit = 10 * 24 * time.Hour
	at, err := time.Parse(time.DateOnly, published[:min(len(published), len(time.DateOnly))])
	then, wrong := time.Parse(time.DateOnly, day)
	return err == nil && wrong == nil && at.Sub(then) > limit
}

// members scores a set value by value.
func (g *factGrader) members(field string, r Labelled, have Flat) {
	want, got := distinct(r.Facts.texts(field)), distinct(have.texts(field))
	if field == "agencies" {
		maps.DeleteFunc(got, func(name string, _ bool) bool { return !slices.Contains(scoredAgencies, name) })
	}
	g.sets(field, want, got)
	if !maps.Equal(want, got) {
		g.mistakes = append(g.mistakes, FactMistake{field, r.ID, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))})
	}
}

func (g *factGrader) sets(field string, want, got map[string]bool) {
	t := g.count(field)
	for v := range want {
		if got[v] {
			t.right++
		} else {
			t.missing++
		}
	}
	for v := range got {
		if !want[v] {
			t.wrong++
		}
	}
}

func distinct(values []string) map[string]bool {
	all := make(map[string]bool, len(values))
	for _, v := range values {
		all[v] = true
	}
	return all
}

func (g *factGrader) places(r Labelled, have Flat) {
	want, got := folded(r.Facts.texts("places")), folded(have.texts("places"))
	g.sets("places", distinct(want), distinct(got))
	main := len(got) > 0 && slices.Contains(want, got[0])
	if len(want) > 0 {
		g.note(FactMistake{"main_place", r.ID, r.Facts["places"], have["places"]}, main, true)
	}
	if (main || len(want) == 0) && !maps.Equal(distinct(want), distinct(got)) {
		g.mistakes = append(g.mistakes, FactMistake{"places", r.ID, r.Facts["places"], have["places"]})
	}
}

func folded(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = foldName(n)
	}
	return out
}

// spellings are letters by which one Arabic name is written in several ways, and what stands between the words of a name.
var spellings = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ٱ", "ا", "ى", "ي", "ة", "ه", "ـ", "", "-", " ", "'", " ", "’", " ")

// foldName is a name as the labels' scorer compares it: without case, accents, the Arabic article and what is joined to it. It is not that of
// stages/text, which decides what is found: what scores must not change with it.
func foldName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFKD.String(name)) {
		if norm.NFKD.PropertiesString(string(r)).CCC() == 0 {
			b.WriteRune(r)
		}
	}
	words := strings.Fields(spellings.Replace(b.String()))
	for i, w := range words {
		words[i] = bare(w)
	}
	return strings.Join(words, " ")
}

func bare(word string) string {
	const shortest = 3
	for _, joined := range []string{"وال", "بال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(word, joined); ok && utf8.RuneCountInString(rest) >= shortest {
			return rest
		}
	}
	return word
}
