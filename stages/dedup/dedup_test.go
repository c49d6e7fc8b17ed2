package dedup_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/places"
)

// told is a report in short.
type told struct {
	id, outlet, lang, at string // at: "2021-12-17 20:12"
	kind, action, day    string
	places               string // ids of the place table, apart by spaces
	arrested, killed     int
	age                  int
	partners             string
	about                string // concepts, apart by spaces
	words                string
	recalls              []message.Facts
}

func (r told) article() message.Article {
	at, err := time.Parse("2006-01-02 15:04", r.at)
	if err != nil {
		panic(err)
	}
	a := message.Article{
		Type: message.ArticleV1, ID: r.id, Digest: message.Digest(fmt.Sprint(r)), Outlet: message.Outlet{Name: r.outlet, Title: r.outlet},
		URL: "https://" + r.outlet + ".example/" + r.id, Language: r.lang, Title: r.words, Published: message.Moment{Time: at}, Fetched: at.Add(time.Hour),
		Facts: r.facts(), Recalled: r.recalls,
	}
	for w := range strings.FieldsSeq(r.words) {
		a.Signature.Words = append(a.Signature.Words, r.lang+":"+w)
	}
	a.Signature.Concepts = strings.Fields(r.about)
	return a
}

func (r told) facts() message.Facts {
	f := message.Facts{Kind: r.kind, Action: r.action, Country: "MA", Partners: strings.Fields(r.partners)}
	if r.day != "" {
		f.Day = &message.Days{From: r.day, To: r.day, Precision: message.PrecisionDay}
	}
	for id := range strings.FieldsSeq(r.places) {
		f.Places = append(f.Places, message.Place{ID: id, Name: id, Kind: "city", Country: "MA"})
	}
	if r.arrested > 0 {
		f.Arrested = &message.Count{N: r.arrested}
	}
	if r.killed > 0 {
		f.Killed = &message.Count{N: r.killed}
	}
	if r.age > 0 {
		f.Ages = &message.Range{Min: r.age, Max: r.age}
	}
	return f
}

const (
	terror = "act:arrest org:isis obj:explosive thm:terrorism"
	drugs  = "act:seize obj:cannabis thm:drugs"
)

var (
	saleFrench = told{
		id: "a1", outlet: "atlas", lang: "fr", at: "2021-12-17 20:12", kind: "operation", action: "arrest", day: "2021-12-16", places: "ma-sale",
		arrested: 1, age: 24, partners: "US", about: terror, words: "partisan arret sal communiqu explos",
	}
	saleArabic = told{
		id: "a2", outlet: "almasar", lang: "ar", at: "2021-12-17 22:05", kind: "operation", action: "foiled-attack", day: "2021-12-16", places: "ma-sale",
		arrested: 1, age: 24, partners: "US", about: terror, words: "بسيج مخطط سلا داعش",
	}
	saleDrugs = told{
		id: "a3", outlet: "bouregreg", lang: "fr", at: "2021-12-16 18:40", kind: "operation", action: "seizure", day: "2021-12-16", places: "ma-sale",
		arrested: 2, about: drugs, words: "tonn chir garag sal",
	}
	berkane = told{
		id: "a4", outlet: "oriental", lang: "fr", at: "2022-06-03 11:40", kind: "operation", action: "arrest", day: "2022-06-03", places: "ma-berkane",
		arrested: 1, age: 37, partners: "US", about: terror, words: "extrem interpel berkan coordin",
		recalls: []message.Facts{saleFrench.facts()},
	}
)

func newStage(t testing.TB) *dedup.Stage {
	t.Helper()
	return dedup.New(dedup.Default(), places.Default())
}

// take lets the stage decide on an article and commits what it decided.
func take(t testing.TB, s *dedup.Stage, a message.Article) []message.State {
	t.Helper()
	states, err := s.Process(t.Context(), a)
	if err != nil {
		t.Fatalf("Process(%s): %v", a.ID, err)
	}
	for _, state := range states {
		s.Apply(state)
	}
	return states
}

// stories takes reports in their order and tells which of them ended together.
func stories(t testing.TB, reports ...told) map[string][]string {
	t.Helper()
	s, last := newStage(t), map[string]message.State{}
	for _, r := range reports {
		for _, state := range take(t, s, r.article()) {
			last[state.Story.ID] = state
		}
	}
	out := map[string][]string{}
	for id, state := range last {
		for _, m := range state.Members {
			out[id] = append(out[id], m.Article)
		}
		slices.Sort(out[id])
	}
	return out
}

func wantStories(t *testing.T, got map[string][]string, want ...[]string) {
	t.Helper()
	var have []string
	for _, articles := range got {
		have = append(have, strings.Join(articles, "+"))
	}
	var wanted []string
	for _, w := range want {
		wanted = append(wanted, strings.Join(w, "+"))
	}
	slices.Sort(have)
	slices.Sort(wanted)
	if d := cmp.Diff(wanted, have); d != "" {
		t.Errorf("stories (-want +got):\n%s", d)
	}
}

func TestFrenchAndArabicReportsOfOneArrestAreOneStory(t *testing.T) {
	wantStories(t, stories(t, saleFrench, saleArabic), []string{"a1", "a2"})
	wantStories(t, stories(t, saleArabic, saleFrench), []string{"a1", "a2"})
}

func TestSecondOperationInTheSameTownOnTheSameDayStaysApart(t *testing.T) {
	wantStories(t, stories(t, saleDrugs, saleFrench, saleArabic), []string{"a3"}, []string{"a1", "a2"})
}

func TestNextArrestInTheSameTownStaysApart(t *testing.T) {
	next := saleFrench
	next.id, next.at, next.day, next.age, next.outlet = "b1", "2021-12-20 19:30", "2021-12-20", 31, "gazette"
	wantStories(t, stories(t, saleFrench, next), []string{"a1"}, []string{"b1"})
}

func TestArrestsOfOneDayInTwoTownsStayApart(t *testing.T) {
	tangier := saleArabic
	tangier.id, tangier.places, tangier.age = "b1", "ma-tanger", 26
	wantStories(t, stories(t, saleFrench, tangier), []string{"a1"}, []string{"b1"})
}

func TestBackgroundLinksAndDoesNotMerge(t *testing.T) {
	for _, order := range [][]told{{saleFrench, berkane}, {berkane, saleFrench}} {
		s, last := newStage(t), map[string]message.Story{}
		for _, r := range order {
			for _, state := range take(t, s, r.article()) {
				last[state.Story.ID] = state.Story
			}
		}
		sale, other := last[message.StoryID("a1")], last[message.StoryID("a4")]
		if !slices.Equal(other.Mentions, []string{sale.ID}) || !slices.Equal(sale.MentionedBy, []string{other.ID}) {
			t.Errorf("%s first: Berkane mentions %q, Salé is mentioned by %q; want each other", order[0].id, other.Mentions, sale.MentionedBy)
		}
		if len(sale.Reports) != 1 || len(other.Reports) != 1 {
			t.Errorf("%s first: %d and %d reports, want one each", order[0].id, len(sale.Reports), len(other.Reports))
		}
	}
}

func TestJointOperationToldFromEitherTownIsOneStory(t *testing.T) {
	nador := told{
		id: "a1", outlet: "rif", lang: "ar", at: "2022-09-13 12:00", kind: "operation", action: "dismantling", day: "2022-09-13",
		places: "ma-nador es-melilla", arrested: 12, partners: "ES", about: terror, words: "تفكيك خليه ناظور مليلي",
	}
	melilla := nador
	melilla.id, melilla.outlet, melilla.lang, melilla.places = "a2", "radio", "fr", "es-melilla ma-nador"
	melilla.words = "cellul demantel melill"
	wantStories(t, stories(t, nador, melilla), []string{"a1", "a2"})
}

func TestRisingTollIsOneStory(t *testing.T) {
	first := told{
		id: "a1", outlet: "one", lang: "fr", at: "2022-06-24 15:10", kind: "incident", day: "2022-06-24", places: "ma-nador", killed: 5,
		about: "obj:fence thm:migration", words: "migr nador mort clotur",
	}
	second, third := first, first
	second.id, second.outlet, second.lang, second.at, second.killed, second.words = "a2", "two", "ar", "2022-06-25 17:30", 18, "مهاجر ناظور قتيل سياج"
	third.id, third.outlet, third.at, third.killed = "a3", "three", "2022-06-26 12:15", 23
	got := stories(t, first, second, third)
	wantStories(t, got, []string{"a1", "a2", "a3"})

	s := newStage(t)
	var last message.State
	for _, r := range []told{first, second, third} {
		last = take(t, s, r.article())[0]
	}
	if k := last.Story.Facts.Killed; k == nil || k.N != 23 {
		t.Errorf("killed %+v, want the last toll, 23", k)
	}
	var tolls []string
	for _, v := range last.Story.Values {
		if v.Fact == "killed" {
			tolls = append(tolls, v.Value)
		}
	}
	slices.Sort(tolls)
	if !slices.Equal(tolls, []string{"18", "23", "5"}) {
		t.Errorf("values of killed %q, want every toll kept", tolls)
	}
}

// days are three reports of one event, told on the day of its first act and of its second, and one of the last act, five days after the first.
func days(kind string) []told {
	first := told{
		id: "a1", outlet: "one", lang: "fr", at: "2022-06-24 15:10", kind: kind, day: "2022-06-24", places: "ma-nador", about: terror,
		words: "fugit nador camion attaqu march suspect polic",
	}
	second, third, last := first, first, first
	second.id, second.outlet = "a2", "two"
	third.id, third.outlet, third.at, third.day = "a3", "three", "2022-06-26 12:15", "2022-06-26"
	last.id, last.outlet, last.at, last.day = "a4", "four", "2022-06-29 12:15", "2022-06-29"
	return []told{first, second, third, last}
}

func TestAnEventOfDaysTakesItsLatestDay(t *testing.T) {
	wantStories(t, stories(t, days(message.KindIncident)...), []string{"a1", "a2", "a3", "a4"})
}

func TestAnOperationOfDaysLaterStaysApart(t *testing.T) {
	wantStories(t, stories(t, days(message.KindOperation)...), []string{"a1", "a2", "a3"}, []string{"a4"})
}

func TestRoundupAndTrialStayApartFromTheOperation(t *testing.T) {
	roundup, trial := saleFrench, saleFrench
	roundup.id, roundup.kind, roundup.at = "b1", "roundup", "2021-12-18 17:00"
	trial.id, trial.kind, trial.action, trial.at = "b2", "justice", "trial", "2021-12-18 18:00"
	wantStories(t, stories(t, saleFrench, roundup, trial), []string{"a1"}, []string{"b1"}, []string{"b2"})
}

func TestNearCopyIsNoIndependentSource(t *testing.T) {
	original, copied := saleFrench.article(), saleFrench.article()
	copied.ID, copied.Digest, copied.Outlet.Name, copied.URL = "a9", "other", "journal", "https://journal.example/9"
	original.Signature.Shingles, copied.Signature.Shingles = 100, 100
	for i := range uint32(128) {
		original.Signature.MinHash = append(original.Signature.MinHash, i)
		copied.Signature.MinHash = append(copied.Signature.MinHash, i+i%8/7) // seven of eight minima are equal
	}
	s := newStage(t)
	take(t, s, original)
	story := take(t, s, copied)[0].Story
	if story.Decision.Outcome != message.OutcomeCopy || len(story.Reports) != 2 || story.Independent != 1 {
		t.Errorf("outcome %s, %d reports, %d independent; want a copy, 2 and 1", story.Decision.Outcome, len(story.Reports), story.Independent)
	}
	if got := story.Reports[1].CopyOf; got != "a1" {
		t.Errorf("copy of %q, want a1", got)
	}
}

func TestOutletsOfOneFamilyAreOneSource(t *testing.T) {
	s := newStage(t)
	french, arabic := saleFrench.article(), saleArabic.article()
	french.Outlet.Family, arabic.Outlet.Family = "house", "house"
	take(t, s, french)
	if story := take(t, s, arabic)[0].Story; story.Independent != 1 {
		t.Errorf("%d independent sources, want 1", story.Independent)
	}
}

func TestRevisionTakesThePlaceOfItsReport(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	corrected := saleFrench
	corrected.age = 25
	a := corrected.article()
	a.Fetched = a.Fetched.Add(time.Hour)
	story := take(t, s, a)[0].Story
	if story.Decision.Outcome != message.OutcomeRevision || len(story.Reports) != 1 || story.Revision != 2 || story.Facts.Ages.Min != 25 {
		t.Errorf("outcome %s, %d reports, revision %d, age %d; want revision, 1, 2, 25",
			story.Decision.Outcome, len(story.Reports), story.Revision, story.Facts.Ages.Min)
	}
	wantDropped(t, s, saleFrench.article()) // the first revision, delivered late
}

func wantDropped(t *testing.T, s *dedup.Stage, a message.Article) {
	t.Helper()
	states, err := s.Process(t.Context(), a)
	var drop *fault.Drop
	if !errors.As(err, &drop) || drop.Reason != "known" || states != nil {
		t.Errorf("got %d states and %v, want dropped as known", len(states), err)
	}
}

func TestSameArticleAgainIsKnown(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	wantDropped(t, s, saleFrench.article())
}

func TestSameArticleUnderItsCanonicalURLIsKnown(t *testing.T) {
	s := newStage(t)
	first := saleFrench.article()
	first.Canonical = "https://atlas.example/canonical"
	take(t, s, first)
	second := saleFrench.article()
	second.ID, second.Canonical, second.URL = "mobile", first.Canonical, "https://m.atlas.example/1"
	wantDropped(t, s, second)
}

func TestAnArticleWithoutIDIsRefused(t *testing.T) {
	_, err := newStage(t).Process(t.Context(), message.Article{})
	if _, ok := errors.AsType[*fault.Permanent](err); !ok {
		t.Errorf("got %v, want a permanent fault", err)
	}
}

func TestDecisionSaysWhy(t *testing.T) {
	s := newStage(t)
	take(t, s, saleDrugs.article())
	take(t, s, saleFrench.article())
	d := take(t, s, saleArabic.article())[0].Story.Decision
	if d.Outcome != message.OutcomeJoin || d.Score <= 0 || len(d.For) == 0 || d.Rules == "" {
		t.Errorf("decision %+v, want a join with a score, reasons and the version of the rules", d)
	}
	if d.RunnerUp == nil || d.RunnerUp.Story != message.StoryID("a3") || len(d.RunnerUp.Against) == 0 && d.RunnerUp.Veto == "" {
		t.Errorf("runner-up %+v, want the drugs of Salé and what spoke against it", d.RunnerUp)
	}
}

func TestTopicThatMovesIsOnRecord(t *testing.T) {
	s := newStage(t)
	vague := saleFrench
	vague.kind = "incident"
	take(t, s, vague.article())
	sure := saleFrench.article()
	sure.Fetched, sure.Digest = sure.Fetched.Add(time.Hour), "corrected"
	state := take(t, s, sure)[0]
	if state.Story.Kind != message.KindOperation || len(state.Former) != 1 || state.Former[0].Kind != message.KindIncident || state.Former[0].Revision != 2 {
		t.Errorf("kind %s, former %+v; want operation, and incident until revision 2", state.Story.Kind, state.Former)
	}
	back := vague.article()
	back.Fetched, back.Digest = back.Fetched.Add(2*time.Hour), "corrected again"
	state = take(t, s, back)[0]
	if len(state.Former) != 1 || state.Former[0].Kind != message.KindOperation {
		t.Errorf("former %+v after it came back to incident, want operation alone", state.Former)
	}
}
