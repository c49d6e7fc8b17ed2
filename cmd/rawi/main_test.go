package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// command runs one command line and returns what it printed and its exit code.
func command(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(args, environment{out: &stdout, err: &stderr, resolve: func(context.Context) error { return nil }})
	return stdout.String(), stderr.String(), code
}

func TestMistakesAreOneLineAndExitCodeTwo(t *testing.T) {
	dir := t.TempDir()
	wrong := filepath.Join(dir, "wrong.yaml")
	if err := os.WriteFile(wrong, []byte("feeds: {}\nsorces: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		args       []string
	}{
		{"unknown keys", `wrong.yaml:1:1: unknown key "feeds" at the top; did you mean "feed"?`, []string{"run", "-c", wrong}},
		{"all mistakes at once", `unknown key "sorces"`, []string{"check", "-c", wrong}},
		{"missing file", "no-such.yaml", []string{"run", "-c", filepath.Join(dir, "no-such.yaml")}},
		{"unknown flag", "--quux", []string{"demo", "--quux"}},
		{"labelled file that is none", wrong, []string{"eval", "merge", wrong}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, errs, code := command(t, tt.args...)
			last := strings.TrimSpace(errs)
			last = last[strings.LastIndex(last, "\n")+1:]
			if code != exitUsage || !strings.HasPrefix(last, "rawi: ") || !strings.Contains(last, tt.want) {
				t.Errorf("exit code %d, printed:\n%s\nwant code 2 and a line with %s", code, errs, tt.want)
			}
		})
	}
}

func TestCheckSaysWhereEachValueCameFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(file, []byte("feed: {workers: 3}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "check", "-c", file, "--json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var values []struct{ Key, Value, Origin string }
	if err := json.Unmarshal([]byte(out), &values); err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		if v.Key == "feed.workers" && v.Value == "3" && v.Origin == file+":1" {
			return
		}
	}
	t.Errorf("feed.workers is not explained in %v", values)
}

// reports are two accounts of one seizure and one of another matter, in the form of labelled files.
const reports = `{"id":"1","outlet":"a","lang":"fr","published":"2022-03-02T10:00:00+01:00","url":"https://a.example/1","story":"x","kind":"operation","title":"Tétouan : 300 kilos de cannabis saisis dans un camion","text":"La police a saisi mardi à Tétouan 300 kilos de résine de cannabis cachés dans un camion et arrêté deux hommes de 30 et 41 ans.\n\nLes deux suspects ont été placés en garde à vue, a indiqué la DGSN."}
{"id":"2","outlet":"b","lang":"ar","published":"2022-03-02T12:00:00+01:00","url":"https://b.example/2","story":"x","kind":"operation","title":"تطوان.. حجز 300 كيلوغرام من مخدر الشيرا على متن شاحنة","text":"تمكنت عناصر الشرطة بمدينة تطوان، أمس الثلاثاء، من حجز 300 كيلوغرام من مخدر الشيرا كانت مخبأة داخل شاحنة، وتوقيف شخصين يبلغان من العمر 30 و41 سنة.\n\nوقد وضع الموقوفان تحت تدبير الحراسة النظرية، حسب المديرية العامة للأمن الوطني."}
{"id":"3","outlet":"a","lang":"fr","published":"2022-03-03T10:00:00+01:00","url":"https://a.example/3","story":"y","kind":"sport","title":"Le Wydad bat le Raja dans le derby de Casablanca","text":"Le Wydad Casablanca s'est imposé mercredi soir face au Raja (2-1) au complexe Mohammed V, devant 40 000 spectateurs.\n\nLes deux équipes se retrouveront en mai."}
`

func TestEvalMergeJoinsTheLanguagesAndScores(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports.jsonl")
	if err := os.WriteFile(file, []byte(reports), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "eval", "merge", "--assignments", file)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	story, language := map[string]string{}, map[string]string{}
	for line := range strings.Lines(out) {
		var a struct{ ID, Story, Lang string }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		story[a.ID], language[a.ID] = a.Story, a.Lang
	}
	if story["1"] == "" || story["1"] != story["2"] || story["3"] == story["1"] || language["2"] != "ar" {
		t.Errorf("stories %v, languages %v", story, language)
	}

	out, _, _ = command(t, "eval", "merge", file)
	var score struct {
		Pair struct{ F1 float64 } `json:"pair"`
	}
	if err := json.Unmarshal([]byte(out), &score); err != nil || score.Pair.F1 != 1 {
		t.Errorf("score %s (%v)", out, err)
	}
}

func TestDemoOnceTellsTheStoryOfSaleInBothLanguages(t *testing.T) {
	out, errs, code := command(t, "demo", "--once", "--json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	found := 0
	for line := range strings.Lines(out) {
		var s struct {
			Facts struct {
				Day    struct{ From string }
				Places []struct{ ID string }
				Action string
			}
			Kind    string
			Reports []struct{ Language string }
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		languages := map[string]int{}
		for _, r := range s.Reports {
			languages[r.Language]++
		}
		if s.Kind == "operation" && strings.HasPrefix(s.Facts.Day.From, "2021-12") && languages["fr"] >= 3 && languages["ar"] >= 3 {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d operations of December 2021 with three reports in each language, want the one of Salé", found)
	}
}
