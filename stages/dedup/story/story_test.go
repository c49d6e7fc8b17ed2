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
		Facts:   message.Facts{Kind: message.KindOperation, Country: "MA", Ages: &message.Range{Min: age, Max: age}},
		Fetched: time.Date(2021, 12, 18, hour, 0, 0, 0, time.FixedZone("Rabat", 3600)),
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
	if s.Reports[0].Article != "early" {
		t.Errorf("first report %s, want the one published first", s.Reports[0].Article)
	}
	if d := cmp.Diff(map[string]string{"fr": "title of late", "ar": "title of early"}, s.Titles); d != "" {
		t.Errorf("titles (-want +got):\n%s", d)
	}
}

func TestTimesAreThoseOfFetchingInUTC(t *testing.T) {
	a, b := member("a1", "x", "fr", 20, 24), member("a2", "y", "ar", 9, 24)
	s := message.Story{Reports: []message.Report{{Article: "a1"}, {Article: "a2"}}, Decision: message.Decision{At: a.Fetched}}
	s = story.Build(s, []message.Member{a, b})
	first, last := time.Date(2021, 12, 18, 8, 0, 0, 0, time.UTC), time.Date(2021, 12, 18, 19, 0, 0, 0, time.UTC)
	if s.FirstSeen != first || s.LastChanged != last {
		t.Errorf("seen %s, changed %s; want %s and %s", s.FirstSeen, s.LastChanged, first, last)
	}
	a.Fetched, b.Fetched = a.Fetched.AddDate(0, 0, 1), b.Fetched.AddDate(0, 0, 1) // both reports were corrected
	if again := story.Build(s, []message.Member{a, b}); again.FirstSeen != first {
		t.Errorf("first seen %s after corrections, want %s", again.FirstSeen, first)
	}
}

func TestOfManyCopiesOnlyTheirNumberCounts(t *testing.T) {
	copied := member("a2", "journal", "fr", 12, 0)
	copied.CopyOf, copied.Reduced, copied.Facts = "a1", true, message.Facts{}
	s := build(member("a1", "agency", "fr", 11, 24), copied)
	if len(s.Reports) != 2 || s.Independent != 1 || s.Facts.Ages.Min != 24 {
		t.Errorf("%d reports, %d independent, ages %+v; want 2, 1 and 24", len(s.Reports), s.Independent, s.Facts.Ages)
	}
	for _, v := range s.Values {
		if len(v.Reports) != 1 {
			t.Errorf("%s %s is given by %q, want a1 alone", v.Fact, v.Value, v.Reports)
		}
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

func TestTheLastOfficialTollStandsUntilTwoSourcesGiveAnother(t *testing.T) {
	type told struct {
		article  string
		killed   int
		official bool
		copyOf   string
	}
	for name, c := range map[string]struct {
		told []told
		want int
	}{
		"one unofficial number after it":   {[]told{{"a1", 5, true, ""}, {"a2", 9, false, ""}}, 5},
		"two others agree after it":        {[]told{{"a1", 5, true, ""}, {"a2", 9, false, ""}, {"a3", 9, false, ""}}, 9},
		"two others agreed before it":      {[]told{{"a1", 9, false, ""}, {"a2", 9, false, ""}, {"a3", 5, true, ""}}, 5},
		"an original and its copy are one": {[]told{{"a1", 5, true, ""}, {"a2", 9, false, ""}, {"a3", 9, false, "a2"}}, 5},
		"a later official number":          {[]told{{"a1", 5, true, ""}, {"a2", 9, true, ""}, {"a3", 7, false, ""}}, 9},
		"none is official":                 {[]told{{"a1", 9, false, ""}, {"a2", 5, false, ""}}, 5},
		"a late copy of an early number":   {[]told{{"a1", 5, false, ""}, {"a2", 9, false, ""}, {"a3", 5, false, "a1"}}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			var members []message.Member
			for i, x := range c.told {
				m := member(x.article, x.article, "fr", 8+i, 24)
				m.Facts.Killed, m.CopyOf = &message.Count{N: x.killed, Official: x.official}, x.copyOf
				members = append(members, m)
			}
			if got := build(members...).Facts.Killed.N; got != c.want {
				t.Errorf("killed %d, want %d", got, c.want)
			}
		})
	}
}

func TestTheHistoryOfATollHasItsSteps(t *testing.T) {
	told := func(article string, hour, killed int) message.Member {
		m := member(article, article, "fr", hour, 24)
		m.Facts.Killed = &message.Count{N: killed}
		return m
	}
	copied := told("a5", 21, 9)
	copied.CopyOf = "a1"
	s := build(told("a3", 12, 18), told("a1", 8, 5), told("a2", 9, 5), told("a4", 20, 17), copied)
	var got []string
	for _, toll := range s.Tolls {
		got = append(got, toll.Fact+" "+toll.Value+" "+toll.Article)
	}
	if d := cmp.Diff([]string{"killed 5 a1", "killed 18 a3", "killed 17 a4"}, got); d != "" {
		t.Errorf("steps (-want +got):\n%s", d)
	}
}

func TestAStoryWithoutMembersStaysAsItIs(t *testing.T) {
	if s := build(); s.Type != message.StoryV1 || len(s.Reports) != 0 {
		t.Errorf("got %+v", s)
	}
}
