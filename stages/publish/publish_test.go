package publish_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/publish"
)

func state(change string) message.State {
	return message.State{
		Type: message.StateV1,
		Story: message.Story{
			ID: "s1", Revision: 3, Change: change, Kind: message.KindOperation, Country: "MA", Titles: map[string]string{"fr": "Salé"},
			Reports: []message.Report{{Article: "a1"}}, Independent: 1, Facts: message.Facts{Kind: message.KindOperation},
		},
		Members: []message.Member{{Article: "a1"}},
	}
}

func process(t *testing.T, s message.State) []message.Story {
	t.Helper()
	stories, err := publish.New().Process(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return stories
}

func TestAStoryGoesToTheSubjectOfItsKindAndCountry(t *testing.T) {
	got := process(t, state(message.ChangeUpdate))
	if len(got) != 1 || got[0].Subject() != "news.story.operation.ma.s1" || got[0].Key() != "s1:3" || got[0].Schema() != message.StoryV1 {
		t.Errorf("got %d messages, %+v", len(got), got)
	}
}

func TestAStoryWhoseKindMovedIsRetractedWhereItWas(t *testing.T) {
	s := state(message.ChangeUpdate)
	s.Former = []message.Left{{Topic: message.Topic{Kind: message.KindIncident, Country: "MA"}, Revision: 3}}
	got := process(t, s)
	if len(got) != 2 {
		t.Fatalf("%d messages, want the retraction and the story", len(got))
	}
	if got[0].Change != message.ChangeRetract || got[0].Subject() != "news.story.incident.ma.s1" || len(got[0].Reports) != 0 {
		t.Errorf("retraction %+v, want one without reports on the old subject", got[0])
	}
	if got[1].Change != message.ChangeUpdate || got[1].Subject() != "news.story.operation.ma.s1" || len(got[1].Reports) != 1 {
		t.Errorf("story %+v, want it whole on its new subject", got[1])
	}
	if got[0].Key() == got[1].Key() {
		t.Errorf("both messages have the key %s", got[0].Key())
	}
}

// TestARetractionThatWasMissedIsMadeUpFor publishes a later state of a story whose move was overtaken: the state stream keeps only the last.
func TestARetractionThatWasMissedIsMadeUpFor(t *testing.T) {
	s := state(message.ChangeUpdate)
	s.Former = []message.Left{{Topic: message.Topic{Kind: message.KindIncident, Country: "MA"}, Revision: 3}}
	moved := process(t, s)[0]
	s.Story.Revision = 7
	later := process(t, s)
	if len(later) != 2 || later[0].Key() != moved.Key() || later[0].Revision != 3 || later[1].Revision != 7 {
		t.Errorf("got %d messages, the first with key %s, want %s again", len(later), later[0].Key(), moved.Key())
	}
}

func TestAStoryMergedAwayIsOnlyRetracted(t *testing.T) {
	s := state(message.ChangeMerge)
	s.Story.MergedInto, s.Story.Reports, s.Members = "s0", nil, nil
	s.Former = []message.Left{{Topic: message.Topic{Kind: message.KindOperation, Country: "MA"}, Revision: 3}}
	got := process(t, s)
	if len(got) != 1 || got[0].Change != message.ChangeRetract || got[0].MergedInto != "s0" || got[0].Subject() != "news.story.operation.ma.s1" {
		t.Errorf("got %+v, want one retraction that names the survivor", got)
	}
}

func TestTheSameStateGivesTheSameMessages(t *testing.T) {
	s := state(message.ChangeUpdate)
	s.Former = []message.Left{{Topic: message.Topic{Kind: message.KindOther}, Revision: 2}}
	before := process(t, s)
	if d := cmp.Diff(before, process(t, s)); d != "" {
		t.Errorf("second time (-first +second):\n%s", d)
	}
	if s.Story.Change != message.ChangeUpdate || len(s.Story.Reports) != 1 {
		t.Errorf("the state was changed: %+v", s.Story)
	}
}
