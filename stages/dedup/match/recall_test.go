package match_test

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// told is a report of a happening, published so many days after the sixteenth, that also recalls others.
func told(article string, days int, main message.Facts, recalled ...message.Facts) *match.Report {
	published := time.Date(2021, 12, 16+days, 18, 0, 0, 0, time.UTC)
	return match.Prepare(message.Member{Article: article, Language: "fr", Published: published, Facts: main, Recalled: recalled})
}

func held(f message.Facts, people int, agency string) message.Facts {
	f.Arrested, f.Agencies = &message.Count{N: people}, []string{agency}
	return f
}

func recallVeto(a, b *match.Report) bool {
	return strings.HasPrefix(compare(a, b).Vetoed(), "background")
}

func TestUndatedRecallMeetsWhatAnEarlierReportTells(t *testing.T) {
	first, second := held(arrest("2021-12-16", "dz-maghnia"), 3, "Gendarmerie nationale"), held(arrest("2021-12-18", "dz-maghnia"), 2, "DGSN")
	recalled := held(message.Facts{Action: message.ActionArrest}, 3, "Gendarmerie nationale")
	earlier, later := told("a", 0, first), told("b", 3, second, recalled)
	if !recallVeto(earlier, later) {
		t.Error("the second operation in the town recalls the first, and is not kept from it")
	}
	for name, other := range map[string]*match.Report{
		"counts others":                  told("b", 3, second, held(message.Facts{Action: message.ActionArrest}, 5, "Gendarmerie nationale")),
		"counts its own people again":    told("b", 3, held(second, 3, "DGSN"), recalled),
		"is of another town":             told("b", 3, held(arrest("2021-12-18", "dz-oran"), 2, "DGSN"), recalled),
		"was published before the other": told("b", -1, second, recalled),
		"dates what it recalls":          told("b", 3, second, held(arrest("2021-11-02"), 3, "Gendarmerie nationale")),
	} {
		if recallVeto(earlier, other) {
			t.Errorf("a report that %s recalls the first operation", name)
		}
	}
}

func TestRecalledPlaceMayBeTheNextOne(t *testing.T) {
	raid := arrest("2021-12-16", "ma-sale")
	raid.Killed, raid.Agencies = &message.Count{N: 3}, []string{"BCIJ"}
	recalling := func(place string) *match.Report {
		f := arrest("2021-12-16", place)
		f.Action, f.Killed, f.Agencies = "", raid.Killed, raid.Agencies
		return told("b", 1, held(arrest("2021-12-17", "ma-sale"), 1, "DGSN"), f)
	}
	if !recallVeto(told("a", 0, raid), recalling("ma-kenitra")) {
		t.Error("the raid is recalled by the name of the next town, and is not known")
	}
	if recallVeto(told("a", 0, raid), recalling("ma-oujda")) {
		t.Error("a raid in another part of the country is taken for this one")
	}
}

func noted(res match.Result, fact string) bool {
	for _, r := range res.Reasons {
		if r.Fact == fact {
			return true
		}
	}
	return false
}

func TestMainPlacesFarApartOutweighALesserOneInCommon(t *testing.T) {
	crash := func(ids ...string) message.Facts {
		f := arrest("2021-12-16", ids...)
		f.Kind, f.Action, f.Killed = message.KindIncident, "", &message.Count{N: 5}
		return f
	}
	first := told("a", 0, crash("ma-taourirt"))
	for name, c := range map[string]struct {
		b    message.Facts
		want bool
	}{
		"the other's scene is named in passing": {crash("ma-ouarzazate", "ma-taourirt"), true},
		"the same scene":                        {crash("ma-taourirt", "ma-ouarzazate"), false},
	} {
		if got := noted(compare(first, told("b", 1, c.b)), "place.main"); got != c.want {
			t.Errorf("%s: place.main %t, want %t", name, got, c.want)
		}
	}
	joint := told("b", 0, arrest("2021-12-16", "es-ceuta", "ma-tetouan"))
	if noted(compare(told("a", 0, arrest("2021-12-16", "ma-fes", "es-ceuta", "ma-tetouan")), joint), "place.main") {
		t.Error("an operation told from either of its towns is held for two")
	}
}

func TestOperationIsNoAccident(t *testing.T) {
	accident := arrest("2021-12-16", "ma-sale")
	accident.Kind, accident.Action, accident.Wounded = message.KindIncident, "", &message.Count{N: 30}
	if !noted(compare(told("a", 0, accident), told("b", 0, held(arrest("2021-12-16", "ma-sale"), 1, "BCIJ"))), "outcome.accident") {
		t.Error("an arrest and an accident of one town and day are not told apart")
	}
	attack := accident
	attack.Action = message.ActionAttack
	if noted(compare(told("a", 0, attack), told("b", 0, held(arrest("2021-12-16", "ma-sale"), 1, "BCIJ"))), "outcome.accident") {
		t.Error("an attack is held for an accident")
	}
}
