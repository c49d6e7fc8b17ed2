package match_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// numbered finds terms as telling as their numbers are high, which it gives to them as they come.
type numbered map[uint64]uint32

func (n numbered) id(key uint64) uint32 {
	if _, ok := n[key]; !ok {
		n[key] = uint32(len(n) + 1)
	}
	return n[key]
}

func (n numbered) Weigh(out []float64, r *match.Report, _ bool) []float64 {
	for _, id := range n.Number(r) {
		out = append(out, math.Log(float64(id)+2))
	}
	return out
}

func (n numbered) Number(r *match.Report) []uint32 {
	out := make([]uint32, r.Size())
	for i := range out {
		if out[i] = r.Mark(i).ID; out[i] == 0 {
			out[i] = n.id(r.Terms[i].Key)
		}
	}
	return out
}

// marked is a report of which only the marks of the terms are at hand, in another order.
func (n numbered) marked(rand *rand.Rand, r *match.Report) *match.Report {
	short := *r
	short.Terms, short.Marks = nil, nil
	for i, id := range n.Number(r) {
		m := *r.Mark(i)
		m.ID = id
		short.Marks = append(short.Marks, m)
	}
	rand.Shuffle(len(short.Marks), func(i, j int) { short.Marks[i], short.Marks[j] = short.Marks[j], short.Marks[i] })
	return &short
}

func random(rand *rand.Rand, article string) *match.Report {
	draw := func(prefix string, n int) (out []string) {
		for range rand.IntN(n) {
			out = append(out, fmt.Sprint(prefix, rand.IntN(2*n)))
		}
		return out
	}
	lang := []string{"fr", "ar"}[rand.IntN(2)]
	facts := message.Facts{Kind: message.KindIncident, Places: []message.Place{{Name: fmt.Sprint("n", rand.IntN(12)), Kind: "city"}}}
	return report(article, lang, facts, message.Signature{
		Words: draw("w", 60), Concepts: append(draw("obj:", 12), draw("act:", 9)...), Names: append(draw("~n", 12), draw("n", 12)...),
		Numbers: draw("", 9),
	})
}

// TestMarksSayWhatTermsSay compares reports with all their terms at hand, and with the marks of either or of both.
func TestMarksSayWhatTermsSay(t *testing.T) {
	r, n, m := rand.New(rand.NewPCG(5, 5)), numbered{}, match.New(match.Default(), nil)
	vetoes := 0
	for i := range 500 {
		a, b := random(r, "a"), random(r, "b")
		want := m.Compare(a, b, n)
		vetoes += len(want.Vetoes)
		x, y := n.marked(r, a), n.marked(r, b)
		for name, got := range map[string]match.Result{
			"a": m.Compare(x, b, n), "b": m.Compare(a, y, n), "both": m.Compare(x, y, n), "both, turned": m.Compare(y, x, n),
			"neither, turned": m.Compare(b, a, n), "explained": m.Explain(x, b, n),
		} {
			if got.Score != want.Score && (name != "explained" || len(want.Vetoes) == 0) || !slices.Equal(got.Vetoes, want.Vetoes) && name != "explained" {
				t.Fatalf("pair %d, marks of %s: %v, %v; want %v, %v", i, name, got.Score, got.Vetoes, want.Score, want.Vetoes)
			}
		}
		if d := fmt.Sprint(m.Explain(x, b, n).Reasons); d != fmt.Sprint(m.Explain(a, b, n).Reasons) {
			t.Fatalf("pair %d: other reasons: %s", i, d)
		}
	}
	if vetoes == 500 {
		t.Error("no pair was compared to the end")
	}
}
