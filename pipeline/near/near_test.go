package near_test

import (
	"testing"

	"rawi/pipeline/near"
)

func TestTheNearestWordIsNamedAndAllWhereNoneIsNear(t *testing.T) {
	for got, want := range map[string]string{
		"knd":  `did you mean "kind"?`,
		"kind": `did you mean "kind"?`,
		"zzzz": "known here: kind, country",
	} {
		if s := near.Suggestion(got, []string{"kind", "country"}); s != want {
			t.Errorf("%q: %s, want %s", got, s, want)
		}
	}
}
