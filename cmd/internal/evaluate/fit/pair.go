// Package fit finds the weights of the rules by which dedup compares reports: labelled sets come in, weights and how well they do on sets
// that they were not fitted on go out.
package fit

import (
	"cmp"
	"slices"

	"rawi/cmd/internal/evaluate"
	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

// Set is a labelled set with what was extracted from its reports.
type Set struct {
	Name     string
	Reports  []evaluate.Labelled
	Articles map[string]message.Article // by id of the report
}

// Pair is two reports of one set as a comparison sees them.
type Pair struct {
	A, B     string // ids of the reports
	Same     bool   // both tell of one happening
	Unscored bool   // merging them is neither right nor wrong
	Dated    bool   // weighed as happenings of a day
	Vetoed   bool
	Values   map[string]float64 // what each rule weighs, by its name
}

// reach is how many days apart two reports may be published and still be compared, a little more than dedup looks.
const reach = 6

// Pairs compares the reports of a set with each other, by every rule at a weight of 1, when the later one arrives: terms are as rare as they are
// among the reports until then.
func Pairs(s Set, places match.Places) []Pair {
	m := match.New(unit(), places)
	known := index.New(index.Limits{Live: forever, Known: forever})
	var labels []evaluate.Labelled
	var reports []*match.Report
	var out []Pair
	for _, r := range byTime(s.Reports) {
		a, ok := s.Articles[r.ID]
		if !ok {
			continue
		}
		x := match.Prepare(member(a, r))
		for i, y := range reports {
			if days := x.Day - y.Day; days < -reach || days > reach {
				continue
			}
			p := label(r, labels[i])
			p.weigh(m, x, y, known.Rarity())
			out = append(out, p)
		}
		known.Apply(message.State{Members: []message.Member{member(a, r)}, Story: message.Story{ID: r.ID, Revision: 1}})
		labels, reports = append(labels, r), append(reports, x)
	}
	return out
}

func member(a message.Article, r evaluate.Labelled) message.Member {
	return message.Member{
		Article: a.ID, Digest: a.Digest, Source: a.Outlet.Name, Family: a.Outlet.Family, Language: a.Language, Published: r.Time(),
		Facts: a.Facts, Recalled: a.Recalled, Signature: a.Signature,
	}
}

func byTime(reports []evaluate.Labelled) []evaluate.Labelled {
	return slices.SortedStableFunc(slices.Values(reports), func(a, b evaluate.Labelled) int {
		return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.ID, b.ID))
	})
}

// forever is longer than any labelled set.
const forever = 1 << 62

func label(x, y evaluate.Labelled) Pair {
	const peripheral = "peripheral"
	return Pair{
		A: x.ID, B: y.ID, Same: x.Story == y.Story,
		Unscored: y.Event != "" && slices.Contains(x.Maybe, y.Event) || x.Event != "" && slices.Contains(y.Maybe, x.Event) ||
			x.Role == peripheral && y.Role == peripheral,
	}
}

func (p *Pair) weigh(m *match.Matcher, x, y *match.Report, rarity match.Rarity) {
	res := m.Explain(x, y, rarity)
	p.Dated, p.Vetoed = match.Dated(x, y), len(res.Vetoes) > 0
	p.Values = map[string]float64{bias: 1}
	for _, r := range res.Reasons {
		p.Values[r.Fact] += r.Weight
	}
}

// bias is the rule that every pair meets.
const bias = "bias"

// unit are the rules that ship, each at a weight of 1.
func unit() match.Rules {
	rules := match.Default()
	for name := range rules.Weights {
		rules.Weights[name] = match.Weights{Dated: 1, General: 1}
	}
	rules.Weights[bias] = match.Weights{}
	return rules
}

// Halves cuts a set in two by time of publication.
func (s Set) Halves() [2]Set {
	sorted := byTime(s.Reports)
	middle := len(sorted) / 2
	return [2]Set{
		{Name: s.Name + ", first half", Reports: sorted[:middle], Articles: s.Articles},
		{Name: s.Name + ", second half", Reports: sorted[middle:], Articles: s.Articles},
	}
}
