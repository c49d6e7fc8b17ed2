package dedup

import (
	"cmp"
	"math"
	"slices"

	"rawi/pipeline/message"
)

// What a story keeps of its reports. It is written anew with each of them: were they all kept whole, the work would grow with their square.
const (
	firstWhole  = 64   // members that are kept whole for good
	latestWhole = 32   // of those that came after and copy nothing, the latest are kept whole as well
	firstFacts  = 256  // members whose facts are kept for the values that sources disagree on, unless they are copies
	mostReports = 2048 // reports of a story: what repeats the same words more often, such as the notice before a wall, opens another
	mostReasons = 6    // for and against together
)

// reduce shortens what is no longer compared: copies say what their original says, and a story that hundreds tell is known by the first and
// the latest. The lists are the story's own, to be changed.
func reduce(members []message.Member, reports []message.Report) ([]message.Member, []message.Report) {
	whole, copies := 0, map[string]bool{}
	for i, m := range slices.Backward(members) {
		if i < firstWhole {
			break
		}
		if m.CopyOf == "" && whole < latestWhole {
			whole++
			continue
		}
		m.Reduced, m.Signature, m.Recalled, m.Passages = true, message.Signature{}, nil, nil
		if m.CopyOf != "" || i >= firstFacts || m.Facts.Kind == "" {
			m.Facts = message.Facts{}
		}
		members[i] = m
		copies[m.Article] = m.CopyOf != ""
	}
	for i, r := range reports {
		if copies[r.Article] && r.Why != nil && len(r.Why.For)+len(r.Why.Against) > 0 {
			reports[i].Why = &message.Why{Outcome: r.Why.Outcome, Score: r.Why.Score, Rules: r.Why.Rules, Merged: r.Why.Merged, Hand: r.Why.Hand}
		}
	}
	return members, reports
}

// why is a decision in short.
func why(d message.Decision) *message.Why {
	w := &message.Why{Outcome: d.Outcome, Score: d.Score, Rules: d.Rules}
	w.For, w.Against = strongest(d.For, d.Against)
	if d.RunnerUp == nil {
		return w
	}
	other := *d.RunnerUp
	other.For, other.Against = strongest(other.For, other.Against)
	if d.Outcome == message.OutcomeMerge {
		w.Merged = &other
	} else {
		w.Other = &other
	}
	return w
}

// strongest are the weightiest reasons of both sides.
func strongest(pro, contra []message.Reason) (most, least []message.Reason) {
	all := slices.Concat(pro, contra)
	slices.SortStableFunc(all, func(a, b message.Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	for _, r := range all[:min(len(all), mostReasons)] {
		if r.Weight > 0 {
			most = append(most, r)
		} else {
			least = append(least, r)
		}
	}
	return most, least
}
