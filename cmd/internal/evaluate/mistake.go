package evaluate

import (
	"fmt"
	"slices"
)

// Mistake is a pair of reports that a grouping got wrong.
type Mistake struct {
	Merged bool // put together although labelled apart; otherwise apart although labelled as one
	A, B   Labelled
}

// String is one line for a reader: what was wrong, ids and titles.
func (m Mistake) String() string {
	wrong := "apart "
	if m.Merged {
		wrong = "merged"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", wrong, m.A.ID, m.B.ID, m.A.Title, m.B.Title)
}

// Mistakes lists the pairs that a grouping got wrong, wrongly merged ones first; peripheral reports are not looked at.
func Mistakes(gold []Labelled, pred map[string]string) []Mistake {
	var merged, parted []Mistake
	story := func(r Labelled) string {
		if s, ok := pred[r.ID]; ok {
			return s
		}
		return "missing:" + r.ID
	}
	scored := slices.DeleteFunc(slices.Clone(gold), func(r Labelled) bool { return r.Role == "peripheral" })
	for i, x := range scored {
		for _, y := range scored[i+1:] {
			same, put := x.Story == y.Story, story(x) == story(y)
			switch {
			case same == put || y.Event != "" && slices.Contains(x.Maybe, y.Event):
			case put:
				merged = append(merged, Mistake{true, x, y})
			default:
				parted = append(parted, Mistake{false, x, y})
			}
		}
	}
	return append(merged, parted...)
}
