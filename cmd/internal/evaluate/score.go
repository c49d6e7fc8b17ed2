package evaluate

import (
	"math"
	"slices"
)

// Pairs counts pairs of reports: rightly together, wrongly together, wrongly apart; with precision, recall and F1.
type Pairs struct {
	P  float64 `json:"p"`
	R  float64 `json:"r"`
	F1 float64 `json:"f1"`
	TP int     `json:"tp"`
	FP int     `json:"fp"`
	FN int     `json:"fn"`
}

// Cubed is B-cubed precision, recall and F1: what a report finds on average in the story that it was put into.
type Cubed struct {
	P  float64 `json:"p"`
	R  float64 `json:"r"`
	F1 float64 `json:"f1"`
}

// Score is how well a grouping meets the labels.
type Score struct {
	Reports          int        `json:"reports"`
	Missing          int        `json:"missing"` // reports without an assignment: each counts as a story of its own
	Stories          Stories    `json:"stories"`
	Pair             Pairs      `json:"pair"`
	PairRouted       Pairs      `json:"pair_routed"` // both French or Arabic
	PairFrAr         Pairs      `json:"pair_fr_ar"`  // one French, one Arabic
	PairSmall        Pairs      `json:"pair_small"`  // of stories of at most three reports
	B3               Cubed      `json:"b3"`
	B3Routed         Cubed      `json:"b3_routed"`
	Traps            int        `json:"traps"`             // together although one only mentions the other's story
	OperationsMerged int        `json:"operations_merged"` // together although both are operations of different stories
	Peripheral       Peripheral `json:"peripheral"`
}

// Stories counts stories by label and by assignment.
type Stories struct {
	Gold int `json:"gold"`
	Pred int `json:"pred"`
}

// Peripheral counts reports that only recall or answer a happening, and those of them that were merged into it.
type Peripheral struct {
	Reports int `json:"reports"`
	Merged  int `json:"merged"`
}

// Grade scores a grouping, from id of a report to any name of its story, against the labels.
func Grade(gold []Labelled, pred map[string]string) Score {
	g := grader{pred: map[string]string{}, size: map[string]int{}}
	s := Score{Reports: len(gold)}
	var peripheral []Labelled
	for _, r := range gold {
		story, ok := pred[r.ID]
		if !ok {
			s.Missing++
			story = "missing:" + r.ID
		}
		g.pred[r.ID] = story
		if r.Role == "peripheral" {
			peripheral = append(peripheral, r)
			continue
		}
		g.scored = append(g.scored, r)
		g.size[r.Story]++
	}
	g.pairs(&s)
	s.Stories = g.stories()
	s.B3 = g.cubed(g.scored)
	s.B3Routed = g.cubed(slices.DeleteFunc(slices.Clone(g.scored), func(r Labelled) bool { return !routed(r) }))
	s.Peripheral = g.peripheral(peripheral)
	return s
}

type grader struct {
	scored []Labelled
	pred   map[string]string
	size   map[string]int
}

func (g *grader) pairs(s *Score) {
	for i, x := range g.scored {
		for _, y := range g.scored[i+1:] {
			if y.Event != "" && slices.Contains(x.Maybe, y.Event) {
				continue
			}
			g.pair(s, x, y)
		}
	}
	for _, p := range []*Pairs{&s.Pair, &s.PairRouted, &s.PairFrAr, &s.PairSmall} {
		p.rate()
	}
}

func (g *grader) pair(s *Score, x, y Labelled) {
	same, put := x.Story == y.Story, g.pred[x.ID] == g.pred[y.ID]
	if !same && !put {
		return
	}
	s.Pair.count(same, put)
	if routed(x) && routed(y) {
		s.PairRouted.count(same, put)
		if x.Language != y.Language {
			s.PairFrAr.count(same, put)
		}
	}
	if g.size[x.Story] <= 3 && g.size[y.Story] <= 3 {
		s.PairSmall.count(same, put)
	}
	if same {
		return
	}
	if slices.Contains(x.Mentions, y.Story) || slices.Contains(y.Mentions, x.Story) {
		s.Traps++
	}
	if x.Kind == "operation" && y.Kind == "operation" {
		s.OperationsMerged++
	}
}

func routed(r Labelled) bool { return r.Language == "fr" || r.Language == "ar" }

func (p *Pairs) count(same, put bool) {
	switch {
	case same && put:
		p.TP++
	case put:
		p.FP++
	default:
		p.FN++
	}
}

func (p *Pairs) rate() {
	share := func(of int) float64 {
		if p.TP+of == 0 {
			return 1
		}
		return float64(p.TP) / float64(p.TP+of)
	}
	precision, recall := share(p.FP), share(p.FN)
	p.P, p.R, p.F1 = digits(precision), digits(recall), digits(harmonic(precision, recall))
}

func harmonic(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * a * b / (a + b)
}

func digits(x float64) float64 { return math.RoundToEven(x*1e4) / 1e4 }

func (g *grader) stories() Stories {
	gold, pred := map[string]bool{}, map[string]bool{}
	for _, r := range g.scored {
		gold[r.Story] = true
		pred[g.pred[r.ID]] = true
	}
	return Stories{len(gold), len(pred)}
}

func (g *grader) cubed(reports []Labelled) Cubed {
	if len(reports) == 0 {
		return Cubed{P: 1, R: 1, F1: 1}
	}
	together, truth := map[string][]Labelled{}, map[string]int{}
	for _, r := range reports {
		together[g.pred[r.ID]] = append(together[g.pred[r.ID]], r)
		truth[r.Story]++
	}
	var precision, recall float64
	for _, r := range reports {
		right, counted := 0, 0
		for _, m := range together[g.pred[r.ID]] {
			if m.Story == r.Story {
				right++
			}
			if m.Story == r.Story || m.Event == "" || !slices.Contains(r.Maybe, m.Event) {
				counted++
			}
		}
		precision += float64(right) / float64(counted)
		recall += float64(right) / float64(truth[r.Story])
	}
	n := float64(len(reports))
	return Cubed{digits(precision / n), digits(recall / n), digits(harmonic(precision/n, recall/n))}
}

func (g *grader) peripheral(reports []Labelled) Peripheral {
	p := Peripheral{Reports: len(reports)}
	for _, r := range reports {
		if slices.ContainsFunc(g.scored, func(s Labelled) bool { return g.pred[s.ID] == g.pred[r.ID] && s.Event == r.About }) {
			p.Merged++
		}
	}
	return p
}
