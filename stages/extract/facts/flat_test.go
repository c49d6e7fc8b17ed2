package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

func TestFlatLeavesOutWhatIsNotSaid(t *testing.T) {
	got := Flat(message.Facts{
		Kind: message.KindOperation, Action: message.ActionArrest, Country: "MA", Day: &message.Days{From: "2023-03-08", To: "2023-03-08"},
		Places: []message.Place{{ID: "ma-larache", Name: "Larache"}}, Arrested: &message.Count{N: 2}, Ages: &message.Range{Min: 20, Max: 31},
	})
	want := map[string]any{
		"action": "arrest", "country": "MA", "date": "2023-03-08", "places": []string{"Larache"}, "arrested": 2, "ages": []int{20, 31},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFlatGivesASpanAsOneAndNoAgesOfVictims(t *testing.T) {
	got := Flat(message.Facts{
		Kind: message.KindIncident, Day: &message.Days{From: "2023-03-08", To: "2023-03-09"}, Ages: &message.Range{Min: 20, Max: 20},
	})
	if diff := cmp.Diff(map[string]any{"date_from": "2023-03-08", "date_to": "2023-03-09"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
