package match_test

import (
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
	"rawi/stages/places"
	"rawi/stages/text"
)

// even finds every term equally telling.
type even struct{}

func (even) Weigh(_ []float64, r *match.Report, _ bool) []float64 {
	return slices.Repeat([]float64{3}, r.Size())
}

func (even) Number(r *match.Report) []uint32 { return make([]uint32, r.Size()) }

func report(article, lang string, facts message.Facts, sig message.Signature) *match.Report {
	return match.Prepare(message.Member{
		Article: article, Language: lang, Published: time.Date(2021, 12, 17, 20, 0, 0, 0, time.UTC), Facts: facts, Signature: sig,
	})
}

func arrest(day string, ids ...string) message.Facts {
	f := message.Facts{Kind: message.KindOperation, Action: message.ActionArrest, Country: "MA"}
	if day != "" {
		f.Day = &message.Days{From: day, To: day, Precision: message.PrecisionDay}
	}
	for _, id := range ids {
		f.Places = append(f.Places, message.Place{ID: id, Name: id, Kind: "city"})
	}
	return f
}

func compare(a, b *match.Report) match.Result {
	return match.New(match.Default(), places.Default()).Explain(a, b, even{})
}

func TestVetoes(t *testing.T) {
	alone := func(f message.Facts, age int) message.Facts {
		f.Arrested, f.Ages = &message.Count{N: 1}, &message.Range{Min: age, Max: age}
		return f
	}
	kind := func(f message.Facts, kind, action string) message.Facts {
		f.Kind, f.Action = kind, action
		return f
	}
	sale := arrest("2021-12-16", "ma-sale")
	for name, c := range map[string]struct {
		a, b message.Facts
		want string
	}{
		"the same":                   {sale, sale, ""},
		"announced the next day":     {sale, arrest("2021-12-17", "ma-sale"), ""},
		"four days later":            {sale, arrest("2021-12-20", "ma-sale"), "day"},
		"far towns":                  {sale, arrest("2021-12-16", "ma-tanger"), "place"},
		"one town of two":            {sale, arrest("2021-12-16", "ma-tanger", "ma-sale"), ""},
		"town and its region":        {sale, arrest("2021-12-16", "ma-rabat-sale-kenitra"), ""},
		"no town":                    {sale, arrest("2021-12-16"), ""},
		"no day":                     {sale, arrest("", "ma-sale"), ""},
		"ages of two men":            {alone(sale, 24), alone(sale, 31), "age"},
		"an age told a year off":     {alone(sale, 24), alone(sale, 25), ""},
		"yearly balance":             {sale, kind(sale, message.KindRoundup, ""), "kind"},
		"opinion":                    {sale, kind(sale, message.KindOpinion, ""), "kind"},
		"trial":                      {sale, kind(sale, message.KindJustice, message.ActionTrial), "kind"},
		"match of the same day":      {sale, kind(sale, message.KindSport, message.ActionArrest), "kind"},
		"two ways to name an arrest": {sale, kind(sale, message.KindOperation, message.ActionFoiled), ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := report("a", "fr", c.a, message.Signature{}), report("b", "ar", c.b, message.Signature{})
			got, _, _ := strings.Cut(compare(a, b).Vetoed(), ":")
			if got != c.want {
				t.Errorf("veto %q, want %q", got, c.want)
			}
			back, _, _ := strings.Cut(compare(b, a).Vetoed(), ":")
			if back != got {
				t.Errorf("veto %q the other way round, %q this way", back, got)
			}
		})
	}
}

func TestATitleThatNamesTheSceneOutweighsATownReadElsewhere(t *testing.T) {
	scene := arrest("2021-12-16", "ma-sale")
	scene.Places[0].Name = "Tamanrasset"
	key := text.NameKey("Tamanrasset")
	early := make([]string, 20)
	for i := range early {
		early[i] = text.NameKey("Nom") + strconv.Itoa(i)
	}
	for name, c := range map[string]struct {
		names []string
		want  string
	}{
		"named first": {[]string{key}, ""},
		"named last":  {append(early, key), "place"},
		"not named":   {nil, "place"},
	} {
		t.Run(name, func(t *testing.T) {
			a := report("a", "fr", scene, message.Signature{})
			b := report("b", "ar", arrest("2021-12-16", "ma-tanger"), message.Signature{Names: c.names})
			for _, res := range []match.Result{compare(a, b), compare(b, a)} {
				if got, _, _ := strings.Cut(res.Vetoed(), ":"); got != c.want {
					t.Errorf("veto %q, want %q", got, c.want)
				}
			}
		})
	}
}

// weight is what one rule weighed in a comparison.
func weight(r match.Result, rule string) float64 {
	for _, reason := range r.Reasons {
		if reason.Fact == rule {
			return reason.Weight
		}
	}
	return 0
}

func TestAnOutletSeldomReportsAHappeningTwice(t *testing.T) {
	a, b := report("a", "fr", arrest("2021-12-16"), message.Signature{}), report("b", "fr", arrest("2021-12-16"), message.Signature{})
	if w := weight(compare(a, b), "source.same"); w != 0 {
		t.Errorf("unknown sources weigh %v, want 0", w)
	}
	a.Source, b.Source = "atlas", "atlas"
	if w := weight(compare(a, b), "source.same"); w >= 0 {
		t.Errorf("one source weighs %v, want less than 0", w)
	}
}

func TestTitlesCountBeyondTheTextsBehindThem(t *testing.T) {
	with := func(article string, words ...string) *match.Report {
		for i := range 20 {
			words = append(words, "fr:"+article+strconv.Itoa(i))
		}
		return report(article, "fr", arrest(""), message.Signature{Words: words})
	}
	a := with("a", "fr:tract", "fr:sal")
	if w := weight(compare(a, with("b", "fr:tract", "fr:sal")), "title"); w <= 0 {
		t.Errorf("words of both titles weigh %v, want more than 0", w)
	}
	late := with("c", "fr:1", "fr:2", "fr:3", "fr:4", "fr:5", "fr:6", "fr:tract", "fr:sal")
	if w := weight(compare(a, late), "title"); w != 0 {
		t.Errorf("words of one title alone weigh %v, want 0", w)
	}
}

func TestAManHandedOverIsNoArrestOfHis(t *testing.T) {
	handed := arrest("2021-12-16", "ma-sale")
	handed.Action = message.ActionExtradition
	res := compare(report("a", "fr", arrest("2021-12-16", "ma-sale"), message.Signature{}), report("b", "ar", handed, message.Signature{}))
	if w := weight(res, "action.handed"); w >= 0 {
		t.Errorf("arrest and extradition weigh %v, want less than 0", w)
	}
}

func TestDrugsAreNotTerrorism(t *testing.T) {
	seizure := arrest("2021-12-16", "ma-sale")
	seizure.Action = message.ActionSeizure
	a := report("a", "fr", seizure, message.Signature{Concepts: []string{"obj:cannabis"}})
	b := report("b", "fr", arrest("2021-12-16", "ma-sale"), message.Signature{Concepts: []string{"org:isis"}})
	if got := compare(a, b).Vetoed(); !strings.HasPrefix(got, "domain") {
		t.Errorf("veto %q, want domain", got)
	}
}

func TestRecalledHappeningIsNotTheReportsOwn(t *testing.T) {
	old := arrest("2021-12-16", "ma-sale")
	old.Ages = &message.Range{Min: 24, Max: 24}
	m := message.Member{Article: "b", Language: "fr", Published: time.Date(2021, 12, 18, 0, 0, 0, 0, time.UTC), Recalled: []message.Facts{old}}
	m.Facts = message.Facts{Kind: message.KindPolitics}
	if got := compare(report("a", "fr", old, message.Signature{}), match.Prepare(m)).Vetoed(); !strings.HasPrefix(got, "background") {
		t.Errorf("veto %q, want background", got)
	}
}

func TestRisingTollCostsNothingAndFallingTollDoes(t *testing.T) {
	flood := func(killed int) message.Facts {
		f := arrest("2021-12-16", "ma-sale")
		f.Kind, f.Action, f.Killed = message.KindDisaster, "", &message.Count{N: killed}
		return f
	}
	reasons := func(a, b int) string {
		first, second := report("a", "fr", flood(a), message.Signature{}), report("b", "fr", flood(b), message.Signature{})
		second.Published = second.Published.Add(time.Hour)
		for _, r := range compare(first, second).Reasons {
			if strings.HasPrefix(r.Fact, "count.") {
				return r.Fact
			}
		}
		return ""
	}
	if got := reasons(5, 18); got != "count.risen" {
		t.Errorf("5 then 18: %s, want count.risen", got)
	}
	if got := reasons(18, 5); got != "count.apart" {
		t.Errorf("18 then 5: %s, want count.apart", got)
	}
}

func TestSplitCountAgreesWithItsParts(t *testing.T) {
	whole, part := arrest("2022-09-13", "ma-nador", "es-melilla"), arrest("2022-09-13", "ma-nador")
	whole.Arrested = &message.Count{N: 12, Split: []message.Share{{Place: "ma-nador", N: 2}, {Place: "es-melilla", N: 10}}}
	part.Arrested = &message.Count{N: 2}
	res := compare(report("a", "fr", whole, message.Signature{}), report("b", "ar", part, message.Signature{}))
	for _, r := range res.Reasons {
		if r.Fact == "count.near" {
			return
		}
	}
	t.Errorf("reasons %+v, want count.near", res.Reasons)
}

func TestArabicWordMeetsFrenchNameByItsSound(t *testing.T) {
	french := report("a", "fr", message.Facts{}, message.Signature{Names: []string{"trmb"}})
	arabic := report("b", "ar", message.Facts{}, message.Signature{Names: []string{"~trmb"}})
	if !named(compare(french, arabic)) {
		t.Errorf("Trump and %q (%+q) have no name in common", "ترامب", "ترامب")
	}
}

func TestTwoArabicWordsThatSoundAlikeAreNoName(t *testing.T) {
	a := report("a", "ar", message.Facts{}, message.Signature{Names: []string{"~slt"}})
	b := report("b", "ar", message.Facts{}, message.Signature{Names: []string{"~slt"}})
	if named(compare(a, b)) {
		t.Error("a word counted as a name")
	}
}

func TestNameOfTheLexiconIsANameInAnyLanguage(t *testing.T) {
	sig := message.Signature{Concepts: []string{"nam:obama"}}
	if !named(compare(report("a", "fr", message.Facts{}, sig), report("b", "ar", message.Facts{}, sig))) {
		t.Error("nam:obama counted for nothing")
	}
}

func TestLandIsAPlaceOfTheText(t *testing.T) {
	sig := message.Signature{Concepts: []string{"geo:US"}}
	for _, term := range report("a", "fr", message.Facts{}, sig).Terms {
		if term.Field == match.Place && term.Text == "geo:US" {
			return
		}
	}
	t.Error("geo:US is no place")
}

func TestReasonsReadAsAPersonWouldSayThem(t *testing.T) {
	young, range1949 := arrest("2021-12-16", "ma-sale"), arrest("2021-12-16", "ma-sale")
	young.Ages, range1949.Ages = &message.Range{Min: 24, Max: 24}, &message.Range{Min: 19, Max: 49}
	for want, f := range map[string]message.Facts{"24 and 24 years": young, "19 to 49 and 19 to 49 years": range1949} {
		reasons := compare(report("a", "fr", f, message.Signature{}), report("b", "ar", f, message.Signature{})).For()
		if !slices.ContainsFunc(reasons, func(r message.Reason) bool { return r.Detail == want }) {
			t.Errorf("no reason says %q: %+v", want, reasons)
		}
	}
}

// named tells whether names in common spoke for one happening.
func named(res match.Result) bool {
	return slices.ContainsFunc(res.For(), func(r message.Reason) bool { return strings.HasPrefix(r.Fact, "names") })
}

func TestComparisonIsSymmetricAndExplainAddsNothing(t *testing.T) {
	a := report("a", "fr", arrest("2021-12-16", "ma-sale"), message.Signature{Words: []string{"fr:sal", "fr:arret"}, Concepts: []string{"act:arrest"}})
	b := report("b", "fr", arrest("2021-12-17", "ma-sale"), message.Signature{Words: []string{"fr:sal"}, Concepts: []string{"act:arrest", "org:isis"}})
	m := match.New(match.Default(), places.Default())
	x, y, z := m.Compare(a, b, even{}), m.Compare(b, a, even{}), m.Explain(a, b, even{})
	if math.Abs(x.Score-y.Score) > 1e-9 || math.Abs(x.Score-z.Score) > 1e-9 {
		t.Errorf("scores %f, %f the other way round, %f explained", x.Score, y.Score, z.Score)
	}
	sum := match.Default().Weights["bias"].Dated
	for _, r := range z.Reasons {
		sum += r.Weight
	}
	if math.Abs(sum-z.Score) > 1e-9 {
		t.Errorf("reasons add up to %f, the score is %f", sum, z.Score)
	}
}

// TestEveryRuleIsUsedAndEveryUseHasARule reads the names of rules in the code: a comparison panics on a rule that has no weight.
func TestEveryRuleIsUsedAndEveryUseHasARule(t *testing.T) {
	rules, used := match.Default(), map[string]bool{"bias": true}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`c\.note(?:Pair)?\("([a-z.]+)"`)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		code, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(code), -1) {
			used[m[1]] = true
			if _, ok := rules.Weights[m[1]]; !ok {
				t.Errorf("%s notes %s, which has no rule", f.Name(), m[1])
			}
		}
	}
	for name, w := range rules.Weights {
		if !used[name] {
			t.Errorf("rule %s is never used", name)
		}
		negative := strings.HasSuffix(name, ".apart") || strings.HasSuffix(name, ".none") || strings.HasSuffix(name, ".missing")
		if negative && (w.Dated > 0 || w.General > 0) {
			t.Errorf("rule %s is a disagreement and speaks for one happening: %+v", name, w)
		}
	}
}

func TestParseNamesTheLineThatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"# version: 1\nday.same 1\n":              "line 2",
		"# version: 1\nday.same x 1\n":            "day.same",
		"# version: 1\nx 1 1\nx 1 1\n":            "twice",
		"x 1 1\n":                                 "version",
		"# version: 1\nplace.same\t1.5\t2 # ok\n": "",
	} {
		_, err := match.Parse(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("Parse(%q): %v, want %q", text, err, want)
		}
	}
}

func TestChangedRulesKeepAllOthers(t *testing.T) {
	r, err := match.Changed("bias\t-9\t-9\n")
	if err != nil || r.Weights["bias"].Dated != -9 || r.Weights["words"] != match.Default().Weights["words"] || r.Version == match.Default().Version {
		t.Errorf("got bias %+v, version %q, %v", r.Weights["bias"], r.Version, err)
	}
	if named, err := match.Changed("# version: mine\nbias\t-9\t-9\n"); err != nil || named.Version != "mine" {
		t.Errorf("version %q, %v; want its own", named.Version, err)
	}
	for text, want := range map[string]string{"biass\t1\t1\n": `no rule "biass"`, "bias\tx\t1\n": "line 1", "bias\t1\n": "two weights"} {
		if _, err := match.Changed(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
