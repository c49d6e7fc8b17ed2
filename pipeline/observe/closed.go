package observe

import "slices"

// other stands for every value that a list does not have.
const other = "other"

// closed is the list of the values that a label may have: what comes from outside must not make series.
type closed []string

func (c closed) value(v string) string {
	if slices.Contains(c, v) {
		return v
	}
	return other
}

// all are the values, with the one for what is not in the list.
func (c closed) all() []string { return append(slices.Clone(c), other) }
