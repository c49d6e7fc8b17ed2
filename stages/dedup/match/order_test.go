package match_test

import (
	"fmt"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

func TestOfATermThatComesTwiceTheSurerAndEarlierCounts(t *testing.T) {
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprint("~n", i%20), fmt.Sprint("n", i%20))
	}
	r := match.Prepare(message.Member{Signature: message.Signature{Names: append(names, "late", "late")}})
	if len(r.Terms) != 21 {
		t.Fatalf("%d terms, want 21", len(r.Terms))
	}
	for i, x := range r.Terms {
		if early := x.Text < "n6" && len(x.Text) == 2; x.Sure != match.Known || x.Early != early {
			t.Errorf("%s: early %t, sureness %d; want %t and known", x.Text, x.Early, x.Sure, early)
		}
		if i > 0 && r.Terms[i-1].Key >= x.Key {
			t.Errorf("term %d does not follow by its key", i)
		}
	}
}
