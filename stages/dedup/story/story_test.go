package story_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/dedup/story"
)

func member(article, source, lang string, hour, age int) message.Member {
	return message.Member{
		Article: article, Source: source, Language: lang, Published: time.Date(2021, 12, 17, hour, 0, 0, 0, time.UTC),
		Facts: message.Facts{Kind: message.KindOperation, Country: "MA", Ages: &message.Range{Min: age, Max: age}},
	}
}

func build(members ...message.Member) message.Story {
	var s message.Story
	for _, m := range members {
		s.Reports = append(s.Reports, message.Report{Article: m.Article, Source: m.Source, Language: m.Language, Title: "title of " + m.Article})
	}
	return story.Build(s, members)
}

func TestMostIndependentSourcesDecideAFact(t *testing.T) {
	copied := member("a3", "journal", "fr", 12, 25)
	copied.CopyOf = "a2"
	again := member("a4", "gazette", "fr", 13, 25)
	again.CopyOf = "a2"
	s := build(member("a1", "atlas", "fr", 10, 24), member("a2", "agency", "fr", 11, 25), copied, again, member("a5", "almasar", "ar", 14, 24))
	if s.Facts.Ages.Min != 24 {
		t.Errorf("age %d, want 24: two sources stand behind it, one and its two copies behind 25", s.Facts.Ages.Min)
	}
	if s.Independent != 3 {
		t.Errorf("%d independent sources, want 3", s.Independent)
	}
	want := []message.Value{
		{Fact: "ages", Value: "24", Reports: []string{"a1", "a5"}},
		{Fact: "ages", Value: "25", Reports: []string{"a2", "a3", "a4"}},
	}
	var got []message.Value
	for _, v := range s.Values {
		if v.Fact == "ages" {
			got = append(got, v)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("values of the age (-want +got):\n%s", d)
	}
}

func TestReportsStandByTimeAndTitlesByLanguage(t *testing.T) {
	s := build(member("late", "x", "fr", 20, 24), member("early", "y", "ar", 8, 24))
	if s.Reports[0].Article != "early" || s.FirstSeen.Hour() != 8 || s.LastChanged.Hour() != 20 {
		t.Errorf("first report %s, seen %s to %s", s.Reports[0].Article, s.FirstSeen, s.LastChanged)
	}
	if d := cmp.Diff(map[string]string{"fr": "title of late", "ar": "title of early"}, s.Titles); d != "" {
		t.Errorf("titles (-want +got):\n%s", d)
	}
}

func TestOrderOfMembersDoesNotMatter(t *testing.T) {
	a, b, c := member("a1", "x", "fr", 8, 24), member("a2", "y", "ar", 9, 25), member("a3", "z", "fr", 10, 26)
	if d := cmp.Diff(build(a, b, c), build(c, a, b)); d != "" {
		t.Errorf("order changed the story:\n%s", d)
	}
}

func TestTheLatestTollStands(t *testing.T) {
	first, second := member("a1", "x", "fr", 8, 24), member("a2", "y", "fr", 20, 24)
	third := member("a3", "z", "fr", 9, 24)
	first.Facts.Killed, third.Facts.Killed, second.Facts.Killed = &message.Count{N: 5}, &message.Count{N: 5}, &message.Count{N: 18}
	if got := build(first, second, third).Facts.Killed.N; got != 18 {
		t.Errorf("killed %d, want 18, the last word", got)
	}
}

func TestAStoryWithoutMembersStaysAsItIs(t *testing.T) {
	if s := build(); s.Type != message.StoryV1 || len(s.Reports) != 0 {
		t.Errorf("got %+v", s)
	}
}
