package index

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
	"rawi/stages/dedup/pack"
)

var began = time.Date(2022, 3, 1, 12, 0, 0, 0, time.UTC)

// made makes up the next state of one of so many stories, decided on a day.
func made(r *rand.Rand, stories, day int, revisions map[string]int) message.State {
	n := r.IntN(stories)
	id := fmt.Sprint("s", n)
	revisions[id]++
	s := message.State{Type: message.StateV1, Story: message.Story{
		ID: id, Revision: revisions[id], Decision: message.Decision{At: began.AddDate(0, 0, day)},
	}}
	for i := range 1 + r.IntN(3) {
		s.Members = append(s.Members, reported(r, fmt.Sprintf("a%d.%d", n, i), day-i, n))
		s.Story.Reports = append(s.Story.Reports, message.Report{Article: s.Members[i].Article, URL: fmt.Sprintf("https://x.example/%d/%d", n, i)})
	}
	switch r.IntN(12) {
	case 0:
		s.Story.MergedInto = fmt.Sprint("s", (n+1)%stories)
	case 1:
		s.Story.Aliases = []string{fmt.Sprint("s", (n+2)%stories)}
	case 2:
		s.Withdrawn = []message.Withdrawn{{Member: reported(r, fmt.Sprintf("w%d", n), day, n), Hand: message.Hand{Ruling: "r", At: began}}}
	}
	return s
}

func reported(r *rand.Rand, article string, day, n int) message.Member {
	m := message.Member{
		Article: article, Digest: fmt.Sprint(r.Uint64()), Source: "o", Language: []string{"fr", "ar"}[r.IntN(2)], Published: began.AddDate(0, 0, day),
		Passages: []message.Passage{{Text: "سلا"}},
	}
	for i := range 8 {
		m.Signature.Words = append(m.Signature.Words, fmt.Sprint("w", r.IntN(30)), fmt.Sprint("n", n*7+i%4))
		m.Signature.MinHash = append(m.Signature.MinHash, r.Uint32N(9), r.Uint32N(9))
	}
	m.Signature.Concepts, m.Signature.Names = []string{"act:arrest", fmt.Sprint("nam:", r.IntN(9))}, []string{"~zz", "Nador"}
	date := began.AddDate(0, 0, day-1).Format(time.DateOnly)
	m.Facts = message.Facts{
		Kind: "operation", Day: &message.Days{From: date, To: date, Precision: message.PrecisionDay},
		Places: []message.Place{{ID: fmt.Sprint("xx-p", r.IntN(5)), Name: "P", Kind: "city", Country: "MA"}},
	}
	m.Recalled = []message.Facts{m.Facts}
	return m
}

func small() Limits { return Limits{Live: 20 * 24 * time.Hour, Known: 50 * 24 * time.Hour} }

func saved(t testing.TB, x *Index) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := x.Save(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func restored(t testing.TB, b []byte) *Index {
	t.Helper()
	x := New(small())
	if err := x.Restore(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	return x
}

// answers are what an index says to all that it can be asked.
func answers(x *Index, r *rand.Rand, day int) []string {
	var out []string
	say := func(what string, entries ...*Entry) {
		for _, e := range entries {
			x.Load(e)
			body, err := json.Marshal(e.State)
			out = append(out, fmt.Sprintf("%s: %s live %v %s %v", what, e.ID(), e.Live(), body, err))
		}
		x.Settle()
	}
	known, live := x.Size()
	out = append(out, fmt.Sprint(known, live))
	for range 4 {
		p := match.Prepare(reported(r, "probe", day-r.IntN(8), r.IntN(60)))
		out = append(out, fmt.Sprint(x.Weigh(nil, p, true)))
		say("candidate", x.Candidates(p, 16)...)
		say("told", x.Told(p.Facts)...)
		say("recalls", x.Recalling(p.Facts)...)
	}
	for n := range 60 {
		article := fmt.Sprintf("a%d.%d", n, r.IntN(3))
		if e, ok := x.Owner(article); ok {
			say("owner", e)
		}
		if e, ok := x.Story(fmt.Sprint("s", n)); ok {
			say("story", e)
		}
		if e, w := x.Withdrawn(fmt.Sprint("w", n)); w != nil {
			say("withdrawn", e)
		}
		say("listing", x.Listing(article)...)
	}
	return out
}

// TestWhatIsReadBackAnswersAsWhatWasWritten lets an index live for half a year, and beside it one that is written down and read back again and again.
func TestWhatIsReadBackAnswersAsWhatWasWritten(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	x, y, revisions := New(small()), New(small()), map[string]int{}
	for step := range 3000 {
		day := step / 16
		s := made(r, 60+step/20, day, revisions)
		x.Apply(s)
		y.Apply(s)
		if step%100 != 99 {
			continue
		}
		y = restored(t, saved(t, y))
		seed := r.Uint64()
		a, b := answers(x, rand.New(rand.NewPCG(seed, 1)), day), answers(y, rand.New(rand.NewPCG(seed, 1)), day)
		if d := cmp.Diff(a, b); d != "" {
			t.Fatalf("after %d states, of what lives (-) and what was read back (+):\n%s", step, d)
		}
	}
	if known, live := x.Size(); known == live || live == 0 || known > 2500 {
		t.Errorf("%d stories are known and %d live: the test does not show that they age", known, live)
	}
	again := saved(t, restored(t, saved(t, y)))
	if !bytes.Equal(again, saved(t, y)) {
		t.Error("what is written of what was read is something else")
	}
}

func TestRetainForgetsWhatIsNotKept(t *testing.T) {
	r, revisions := rand.New(rand.NewPCG(5, 5)), map[string]int{}
	x, last := New(small()), map[string]message.State{}
	var order []string
	for step := range 600 {
		s := made(r, 300, step/60, revisions)
		s.Story.Aliases = nil // a story that was merged away says so itself, long before the one that took it is forgotten
		x.Apply(s)
		last[s.Story.ID] = s
		order = append(slices.DeleteFunc(order, func(id string) bool { return id == s.Story.ID }), s.Story.ID)
	}
	kept := func(id string) bool { return xxhash.Sum64String(id)%3 > 0 }
	x.Retain(kept)
	y := New(small())
	for _, id := range order {
		if kept(id) {
			y.Apply(last[id])
		}
	}
	a, b := answers(x, rand.New(rand.NewPCG(6, 1)), 10), answers(y, rand.New(rand.NewPCG(6, 1)), 10)
	if d := cmp.Diff(b, a); d != "" {
		t.Errorf("of what knows the others alone (-) and what forgot the rest (+):\n%s", d)
	}
}

// TestFormIsWhatItWas fails where a file of before would be read wrongly: raise formVersion then, and write down the new sum.
func TestFormIsWhatItWas(t *testing.T) {
	const version, sum = 2, "f0bfaa20ad772b30"
	r, x, revisions := rand.New(rand.NewPCG(7, 7)), New(small()), map[string]int{}
	h := xxhash.New()
	for step := range 200 {
		s := made(r, 60, step/20, revisions)
		_, _ = h.Write(pack.Append(nil, &s)) // a hash takes everything
		x.Apply(s)
	}
	w := &flatWriter{to: h}
	x.saveLists(w)
	w.flush(0)
	if got := fmt.Sprintf("%x", h.Sum64()); got != sum || formVersion != version {
		t.Errorf("version %d writes %s, the test knows version %d and %s", formVersion, got, version, sum)
	}
}

func TestWhatWasCutOffIsNotRestored(t *testing.T) {
	x, r, revisions := New(small()), rand.New(rand.NewPCG(8, 8)), map[string]int{}
	for range 20 {
		x.Apply(made(r, 10, 0, revisions))
	}
	whole := saved(t, x)
	for n := range whole {
		if err := New(small()).Restore(bytes.NewReader(whole[:n])); err == nil {
			t.Fatalf("the first %d bytes of %d were read without an error", n, len(whole))
		}
	}
	if err := New(small()).Restore(bytes.NewReader(append(whole, 0))); err == nil {
		t.Error("a byte too many was read without an error")
	}
	if err := New(small()).Restore(io.MultiReader(bytes.NewReader(whole[:9]), bytes.NewReader(whole[9:]))); err != nil {
		t.Errorf("what comes in pieces is not read: %v", err)
	}
}

func FuzzRestore(f *testing.F) {
	x, r, revisions := New(small()), rand.New(rand.NewPCG(9, 9)), map[string]int{}
	f.Add(saved(f, x))
	for range 12 {
		x.Apply(made(r, 6, 0, revisions))
	}
	f.Add(saved(f, x))
	f.Add([]byte("\x00\x00\xff\xff\xff\xff\xff\x1f"))
	f.Fuzz(func(t *testing.T, in []byte) {
		x := New(small())
		if x.Restore(bytes.NewReader(in)) == nil {
			saved(t, x)
		}
	})
}
