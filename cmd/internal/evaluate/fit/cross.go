package fit

import (
	"cmp"
	"slices"

	"rawi/cmd/internal/evaluate"
	"rawi/stages/dedup/match"
)

// Held is how weights fitted on all other sets do on one.
type Held struct {
	Set   string
	Score evaluate.Score
}

// Cross fits on all sets but one and groups that one, for each set in turn; pairs are those of the sets, in their order.
func Cross(sets []Set, pairs [][]Pair, prior match.Rules, o Options) []Held {
	var out []Held
	for i, s := range sets {
		var others []Pair
		for j, p := range pairs {
			if i != j {
				others = append(others, p...)
			}
		}
		rules := Fit(others, prior, o)
		out = append(out, Held{s.Name, evaluate.Grade(s.Reports, Group(s, pairs[i], rules))})
	}
	return out
}

// crowd is what all reports of a story count together beside the nearest one, as in dedup; vetoes the share of a story's reports that rule a
// report out of it.
const (
	crowdDated   = 0.1
	crowdGeneral = 0.4
	vetoes       = 0.34
)

// Group puts the reports of a set into stories, in the order of their publication: each joins the story that it scores best with, above 0, or
// opens one. It does what dedup does without its search for candidates, and merges no stories afterwards.
func Group(s Set, pairs []Pair, rules match.Rules) map[string]string {
	g := grouping{pairs: make(map[[2]string]*Pair, len(pairs)), columns: [2]map[string]float64{column(rules, false), column(rules, true)}}
	for i := range pairs {
		g.pairs[[2]string{pairs[i].A, pairs[i].B}] = &pairs[i]
		g.pairs[[2]string{pairs[i].B, pairs[i].A}] = &pairs[i]
	}
	order := slices.SortedStableFunc(slices.Values(s.Reports), func(a, b evaluate.Labelled) int {
		return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.ID, b.ID))
	})
	out := map[string]string{}
	for _, r := range order {
		i := g.place(r.ID)
		if i < 0 {
			g.stories = append(g.stories, nil)
			i = len(g.stories) - 1
		}
		g.stories[i] = append(g.stories[i], r.ID)
		out[r.ID] = g.stories[i][0]
	}
	return out
}

type grouping struct {
	columns [2]map[string]float64 // weights for general news, for dated happenings
	pairs   map[[2]string]*Pair
	stories [][]string
}

// place is the story that a report joins, -1 for none.
func (g *grouping) place(id string) int {
	best, most := -1, 0.0
	for i, story := range g.stories {
		if score, ok := g.score(id, story); ok && score > most {
			best, most = i, score
		}
	}
	return best
}

// score weighs a report against a story; not ok where the story rules it out or none of its reports can be compared.
func (g *grouping) score(id string, story []string) (float64, bool) {
	sum, nearest, passed, vetoed, share := 0.0, 0.0, 0, 0, crowdGeneral
	for _, other := range story {
		p, ok := g.pairs[[2]string{id, other}]
		if !ok {
			continue
		}
		if p.Vetoed {
			vetoed++
			continue
		}
		column := g.columns[0]
		if p.Dated {
			column = g.columns[1]
		}
		score := dot(column, p.Values)
		if passed == 0 || score > nearest {
			nearest, share = score, crowdGeneral
			if p.Dated {
				share = crowdDated
			}
		}
		sum += score
		passed++
	}
	if passed == 0 || float64(vetoed) > vetoes*float64(len(story)) {
		return 0, false
	}
	return (1-share)*nearest + share*sum/float64(passed), true
}
