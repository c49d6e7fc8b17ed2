package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// Change is one place where two groupings of the same reports differ: stories of the one share reports with stories of the other.
type Change struct {
	Kind   string     `json:"kind"`   // "merge", "split", or "mixed" where reports go from story to story
	Before [][]string `json:"before"` // reports of the stories as they were, the larger first
	After  [][]string `json:"after"`
}

// Compare lists where two groupings differ, from id of a report to any name of its story, the largest changes first. A report that one of them
// lacks is left out.
func Compare(before, after map[string]string) []Change {
	was, is := map[string][]string{}, map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if after[id] != "" {
			was[before[id]] = append(was[before[id]], id)
			is[after[id]] = append(is[after[id]], id)
		}
	}
	var out []Change
	seen := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if after[id] == "" || seen[before[id]] {
			continue
		}
		c := reach(before[id], before, after, was, is, seen)
		if len(c.Before) > 1 || len(c.After) > 1 {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Compare(b.reports(), a.reports()) })
	return out
}

// reach gathers the stories that hang together with one: by reports that one grouping has in it and the other elsewhere.
func reach(story string, before, after map[string]string, was, is map[string][]string, seen map[string]bool) Change {
	var c Change
	reached := map[string]bool{}
	for queue := []string{story}; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		c.Before = append(c.Before, was[queue[0]])
		for _, id := range was[queue[0]] {
			if other := after[id]; !reached[other] {
				reached[other] = true
				c.After = append(c.After, is[other])
				for _, neighbour := range is[other] {
					queue = append(queue, before[neighbour])
				}
			}
		}
	}
	largest := func(a, b []string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a[0], b[0]))
	}
	slices.SortFunc(c.Before, largest)
	slices.SortFunc(c.After, largest)
	c.Kind = kindOf(c)
	return c
}

func kindOf(c Change) string {
	switch {
	case len(c.After) == 1:
		return "merge"
	case len(c.Before) == 1:
		return "split"
	}
	return "mixed"
}

func (c Change) reports() (n int) {
	for _, story := range c.Before {
		n += len(story)
	}
	return n
}

// Sorter puts articles into stories as the daemon does, and remembers which is where.
type Sorter struct {
	fold    Decider
	stories map[string]string // by article
}

// Decider is the dedup stage with what people decide.
type Decider interface {
	Fold
	Rule(ctx context.Context, r message.Ruling) ([]message.State, error)
}

// NewSorter sorts by a stage that knows no story yet.
func NewSorter(fold Decider) *Sorter { return &Sorter{fold: fold, stories: map[string]string{}} }

// Take sorts an article. One that the stage drops, such as one that it knows, changes nothing.
func (s *Sorter) Take(ctx context.Context, a message.Article) error {
	return s.apply(ctx)(s.fold.Process(ctx, a))
}

// Rule follows a ruling; one that these stories do not allow changes nothing.
func (s *Sorter) Rule(ctx context.Context, r message.Ruling) error {
	return s.apply(ctx)(s.fold.Rule(ctx, r))
}

func (s *Sorter) apply(ctx context.Context) func([]message.State, error) error {
	return func(states []message.State, err error) error {
		if err != nil && dropped(err) == "error" {
			return fmt.Errorf("sort reports into stories: %w", err)
		}
		for _, state := range states {
			s.fold.Apply(state)
			for _, m := range state.Members {
				s.stories[m.Article] = state.Story.ID
			}
		}
		return ctx.Err()
	}
}

// Stories maps each article to its story.
func (s *Sorter) Stories() map[string]string { return s.stories }
