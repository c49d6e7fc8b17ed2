package explain_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/explain"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/dedup/match"
)

func in(t *testing.T, lang string) speaker {
	t.Helper()
	w, err := explain.In(lang)
	if err != nil {
		t.Fatal(err)
	}
	return speaker{w}
}

func written(t *testing.T, lang string, a explain.Account) string {
	t.Helper()
	return in(t, lang).text(t, a)
}

// speaker writes accounts in one language.
type speaker struct{ explain.Words }

func (s speaker) text(t *testing.T, a explain.Account) string {
	t.Helper()
	var b strings.Builder
	if err := s.Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// salé is the account of an Arabic report that joined, and did not join another story.
func salé() explain.Account {
	return explain.Account{
		Article: "a2", Story: "s1", Reports: 12, Independent: 10, AskedFor: "s9",
		Titles: map[string]string{"fr": "Un extrémiste arrêté à Salé", "ar": strings.Repeat("توقيف متطرف بسلا ", 9)},
		Report: message.Report{Source: "almasar", Language: "ar", Title: "توقيف متطرف بسلا", Why: &message.Why{
			Outcome: message.OutcomeJoin, Score: 7.5, Rules: "2",
			For: []message.Reason{
				{Fact: "day.same", Detail: "2021-12-16 and 2021-12-16", Weight: 2.5},
				{Fact: "place.same", Detail: "Salé = سلا", Weight: 1},
				{Fact: "goods.same", Detail: "{obj:cannabis 1240 kg} and {obj:cannabis 0 }", Weight: 0.5},
				{Fact: "age.same", Detail: "24 and 24 years", Weight: 0.5},
				{Fact: "words", Detail: "fr:partisan, fr:arret", Weight: 0.5},
				{Fact: "names", Detail: "hmd, slm", Weight: 0.01},
			},
			Against: []message.Reason{{Fact: "action.other", Detail: "arrest and foiled-attack", Weight: -0.36}},
			Other:   &message.Rejected{Story: "s3", Veto: "place: Beni Makada, Tanger and سلا الجديدة", For: []message.Reason{{Fact: "count.same", Detail: "arrested 1 and 1", Weight: 0.1}}},
		}},
		Asked: &dedup.Weighing{Rejected: message.Rejected{Story: "s4", Score: -1.25}, Nearest: "a7"},
	}
}

func TestAnExplanationIsInWordsOfItsLanguage(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"in the story s1 (reports: 12, independent sources: 10)", "It tells of the same happening.", "+++ on the same day: 2021-12-16\n", "the same age: 24\n", "Ruled out: places too far apart", "asked for as s9", "It would not join."},
		"fr": {
			"dans le sujet s1 (articles : 12, sources", "Il raconte le même fait.", "score +7.50", "++  le même lieu : Salé / سلا", "cannabis 1240 kg", "-   pas tout à fait le même acte : arrestation / attentat déjoué",
			"les mêmes mots : partisan, arret", "Le meilleur sujet non rejoint : s3\n", "Exclu : lieux trop éloignés", "le même nombre : interpellés 1\n", "Il ne rejoindrait pas", "article le plus proche : a7",
		},
		"ar": {"ضمن القصة s1 (التقارير: 12، المصادر المستقلة: 10)", "يروي الحدث نفسه.", "اليوم نفسه: 2021-12-16", "ليس الفعل نفسه تماما: توقيف / إحباط هجوم", "Beni Makada، Tanger / سلا الجديدة", "لن ينضم إليها."},
	} {
		got := written(t, lang, salé())
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: %q is missing (%+q) in:\n%s", lang, text, text, got)
			}
		}
	}
}

var featureName = regexp.MustCompile(`\b[a-z]+\.[a-z]+\b|obj:|fr:|\{`)

func TestAnExplanationFitsTheTerminalAndNamesNoFeature(t *testing.T) {
	for _, lang := range explain.Languages() {
		for line := range strings.Lines(written(t, lang, salé())) {
			line = strings.TrimSuffix(line, "\n")
			if cells := runewidth.StringWidth(line); cells > 80 {
				t.Errorf("%s: a line has %d cells: %q", lang, cells, line)
			}
			if name := featureName.FindString(line); name != "" {
				t.Errorf("%s: %q is no word of an editor, in %q", lang, name, line)
			}
		}
	}
}

// TestEveryRuleHasItsWords weighs one reason of each rule: none may be told by its own name.
func TestEveryRuleHasItsWords(t *testing.T) {
	for _, lang := range explain.Languages() {
		a, words := salé(), in(t, lang)
		a.Report.Why.For, a.Asked = nil, nil
		for rule := range match.Default().Weights {
			a.Report.Why.For = append(a.Report.Why.For, message.Reason{Fact: rule, Detail: "x and y", Weight: 1})
		}
		for _, veto := range []string{"kind", "action", "day", "place", "age", "domain", "background"} {
			a.Report.Why.Other.Veto = veto + ": x and y"
			if got := words.text(t, a); strings.Contains(got, ": "+veto+": x and y") {
				t.Errorf("%s: veto %s has no words", lang, veto)
			}
		}
		got := words.text(t, a)
		for rule := range match.Default().Weights {
			if strings.Contains(got, "+ "+rule) || strings.Contains(got, "  "+rule+":") {
				t.Errorf("%s: rule %s has no words", lang, rule)
			}
		}
	}
}

func TestALanguageWithoutWordsIsRefused(t *testing.T) {
	if _, err := explain.In("de"); err == nil || !strings.Contains(err.Error(), "en, fr, ar") {
		t.Errorf("got %v, want an error that names the languages", err)
	}
}

func TestHostileTitlesStayOnTheirLines(t *testing.T) {
	a := salé()
	a.Report.Title, a.Report.Why.For[0].Detail = "a\x1b[2J\n\u202eb", "x\x1b and y\u2066"
	if got := written(t, "fr", a); strings.ContainsAny(got, "\x1b\u202e\u2066") {
		t.Errorf("got %+q", got)
	}
}

func TestVetoWithoutADetailEndsWithItsWords(t *testing.T) {
	for lang, want := range map[string]string{"en": "too many days apart\n", "fr": "trop de jours d'écart\n", "ar": "الفارق في الأيام كبير\n"} {
		a, words := salé(), in(t, lang)
		a.Report.Why.Other.Veto = "day"
		if got := words.text(t, a); !strings.Contains(got, want) {
			t.Errorf("%s: no %q (%+q) in:\n%s", lang, want, want, got)
		}
	}
}

func TestAPageThatItsOutletTookAwayIsToldInWords(t *testing.T) {
	for lang, want := range map[string]string{"en": "took the page away", "fr": "a retiré la page", "ar": "أزال الناشر الصفحة"} {
		a := salé()
		a.Withdrawn, a.Out = message.Withdrawal(message.Fetch{ID: "a2"}, "its outlet said (status 410)", time.Now()).Hand(), "s1"
		if got := written(t, lang, a); !strings.Contains(got, want) || strings.Contains(got, "410") {
			t.Errorf("%s: no %q (%+q), or the reason of a program, in:\n%s", lang, want, want, got)
		}
	}
}
