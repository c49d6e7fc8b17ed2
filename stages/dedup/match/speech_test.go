package match_test

import (
	"slices"
	"testing"

	"rawi/pipeline/message"
)

// weighed are the rules that a comparison met.
func weighed(a, b message.Facts, names ...string) []string {
	sig := message.Signature{Names: names}
	var rules []string
	for _, r := range compare(report("a", "fr", a, sig), report("b", "fr", b, sig)).Reasons {
		rules = append(rules, r.Fact)
	}
	return rules
}

func TestWhatIsSaidOfAHappeningIsNotTheHappening(t *testing.T) {
	said := func(act string, by ...string) message.Facts {
		return message.Facts{Kind: message.KindPolitics, Speech: &message.Speech{Act: act, By: by}}
	}
	told := message.Facts{Kind: message.KindPolitics}
	for name, c := range map[string]struct {
		a, b  message.Facts
		names []string
		want  string
	}{
		"a stranger condemns it":            {told, said(message.SpeechCondemnation, "geo:QA"), nil, "speech.apart"},
		"nobody known reacts to it":         {told, said(message.SpeechReaction), nil, "speech.apart"},
		"who lost congratulates who won":    {told, said(message.SpeechCongratulation, "nam:juppe"), []string{"nam:juppe"}, "speech.part"},
		"a funeral after it":                {told, said(message.SpeechAftermath, "nam:castro"), []string{"nam:castro"}, "speech.after"},
		"a stranger is quoted":              {told, said(message.SpeechStatement, "nam:merkel"), nil, "speech.quote"},
		"one speaker, two outlets":          {said(message.SpeechReaction, "nam:merkel"), said(message.SpeechStatement, "nam:merkel"), nil, "speech.same"},
		"two who answer the same attack":    {said(message.SpeechCondemnation, "geo:QA"), said(message.SpeechCondemnation, "org:oci"), nil, "speech.other"},
		"both tell the happening":           {told, told, nil, ""},
		"who is quoted is whom it is about": {told, said(message.SpeechStatement, "nam:merkel"), []string{"nam:merkel"}, ""},
	} {
		var got string
		for _, rule := range weighed(c.a, c.b, c.names...) {
			if slices.Contains([]string{"speech.apart", "speech.part", "speech.after", "speech.quote", "speech.same", "speech.other"}, rule) {
				got = rule
			}
		}
		if got != c.want {
			t.Errorf("%s: weighed as %q, want %q", name, got, c.want)
		}
	}
}

func TestDaysFarApartSayNoMoreThanDaysApart(t *testing.T) {
	on := func(day string) message.Facts {
		return message.Facts{Kind: message.KindPolitics, Day: &message.Days{From: day, To: day, Precision: message.PrecisionDay}}
	}
	weight := func(day string) float64 {
		for _, r := range compare(report("a", "fr", on("2021-12-17"), message.Signature{}), report("b", "fr", on(day), message.Signature{})).Reasons {
			if r.Fact == "day.apart" {
				return r.Weight
			}
		}
		return 0
	}
	if near, far := weight("2021-12-14"), weight("2021-12-01"); near >= 0 || near != far {
		t.Errorf("three days apart weigh %.2f, sixteen %.2f; want the same, against", near, far)
	}
}
