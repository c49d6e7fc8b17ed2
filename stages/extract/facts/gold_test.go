package facts_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/ar"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/facts"
	"rawi/stages/extract/fr"
	"rawi/stages/places"
)

// labelled is a report of a labelled set.
type labelled struct {
	ID        string         `json:"id"`
	Outlet    string         `json:"outlet"`
	Lang      string         `json:"lang"`
	Published time.Time      `json:"published"`
	Title     string         `json:"title"`
	Text      string         `json:"text"`
	Kind      string         `json:"kind"`
	Facts     map[string]any `json:"facts"`
}

func (l labelled) document() extract.Document {
	doc := extract.Document{Title: l.Title, Published: l.Published, PublishedKnown: true, Outlet: message.Outlet{Name: l.Outlet}}
	for paragraph := range strings.SplitSeq(l.Text, "\n\n") {
		doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: paragraph})
	}
	return doc
}

// packs are the language packs by their tag.
func packs() map[string]extract.Language {
	table, concepts := places.Default(), concept.Default()
	return map[string]extract.Language{"fr": fr.Language(table, concepts), "ar": ar.Language(table, concepts)}
}

// labelledSets is the folder of the labelled reports that come with the project.
var labelledSets = filepath.Join("..", "..", "..", "cmd", "internal", "evaluate", "testdata")

// shared finds a folder of the material beside the checkout.
func shared(name string) (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for range 8 {
		path := filepath.Join(dir, "shared", name)
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
		dir = filepath.Dir(dir)
	}
	return "", false
}

func readLabelled(t testing.TB, path string) []labelled {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []labelled
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var l labelled
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

var predictions = flag.String("predictions", "", "write what is read of the labelled sets to this file, in the form that their scorer reads")

// score counts members of a field that are right, wrongly there, and missing.
type score struct{ right, wrong, missing int }

func (s score) f1() float64 {
	return 2 * float64(s.right) / max(1, float64(2*s.right+s.wrong+s.missing))
}

// families are the actions that careful readers do not tell apart.
var families = map[string]string{"dismantling": "arrest", "foiled-attack": "arrest", "raid": "arrest"}

func (s *score) add(want, got any) {
	switch {
	case want == nil && got == nil:
	case told(want) == told(got):
		s.right++
	default:
		s.missing += present(want)
		s.wrong += present(got)
	}
}

// told is a value as it is compared.
func told(v any) string {
	text := fmt.Sprint(v)
	if family, ok := families[text]; ok {
		return family
	}
	return text
}

func present(v any) int {
	if v == nil {
		return 0
	}
	return 1
}

// TestLabelledSets holds the reading of the labelled reports above what it has reached, field by field, in both languages together.
func TestLabelledSets(t *testing.T) {
	t.Run("outlets", func(t *testing.T) {
		checkLabelled(t, "d*.jsonl", map[string]float64{
			"action": 0.95, "date": 0.93, "arrested": 0.92, "killed": 0.95, "wounded": 0.89, "age": 0.95, "ages": 0.93, "group": 0.97, "country": 0.94,
		})
	})
	t.Run("own", func(t *testing.T) {
		checkLabelled(t, "own-open.jsonl", map[string]float64{
			"action": 0.95, "date": 0.93, "arrested": 0.97, "killed": 0.95, "wounded": 0.95, "age": 0.90, "ages": 0.95, "group": 0.97, "country": 0.96,
		})
	})
	t.Run("own, long and French", func(t *testing.T) {
		checkLabelled(t, "own-fr*.jsonl", map[string]float64{
			"action": 0.85, "date": 0.95, "arrested": 0.92, "killed": 0.83, "wounded": 0.73, "age": 0.90, "ages": 0.95, "country": 0.92,
		})
	})
	t.Run("own, once unseen", func(t *testing.T) {
		for _, set := range []string{"own-held.jsonl", "own-blind.jsonl"} {
			checkLabelled(t, set, map[string]float64{"action": 0.90, "arrested": 0.95, "killed": 0.95, "wounded": 0.95, "age": 0.90, "ages": 0.95})
		}
	})
}

// checkLabelled reads the reports of the sets whose names match and compares field by field.
func checkLabelled(t *testing.T, sets string, floors map[string]float64) {
	t.Helper()
	scores := map[string]*score{}
	for field := range floors {
		scores[field] = &score{}
	}
	files, _ := filepath.Glob(filepath.Join(labelledSets, sets))
	if len(files) == 0 {
		t.Fatalf("no labelled sets %s", sets)
	}
	languages, rules := packs(), facts.Rules()
	var out []byte
	for _, file := range files {
		for _, l := range readLabelled(t, file) {
			language, ok := languages[l.Lang]
			if !ok {
				continue
			}
			a := language.Analyse(l.document())
			got := facts.Flat(a.Facts)
			line, err := json.Marshal(map[string]any{"id": l.ID, "facts": got, "kind": a.Facts.Kind, "recalled": a.Recalled, "roles": a.Roles})
			if err != nil {
				t.Fatal(err)
			}
			out = append(append(out, line...), '\n')
			for _, told := range append([]message.Facts{a.Facts}, a.Recalled...) {
				for _, e := range told.Evidence {
					if rules[e.Rule].Strength == "" {
						t.Errorf("%s: rule %q of %s is not in the table of rules", l.ID, e.Rule, e.Fact)
					}
				}
			}
			if l.Facts == nil {
				continue
			}
			for field, s := range scores {
				s.add(l.Facts[field], got[field])
			}
		}
	}
	for field, floor := range floors {
		if got := scores[field].f1(); got < floor {
			t.Errorf("%s: got F1 %.3f, want at least %.2f (%+v)", field, got, floor, *scores[field])
		}
	}
	if *predictions != "" && strings.HasPrefix(sets, "d") {
		if err := os.WriteFile(*predictions, out, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
