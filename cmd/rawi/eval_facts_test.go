package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told are the labels of the first of reports.
const told = `"kind":"operation","facts":{"action":"seizure","date":"2022-03-01","places":["Tétouan"],"country":"MA","arrested":2},`

func TestEvalFactsScoresWhatIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports.jsonl")
	if err := os.WriteFile(file, []byte(strings.Replace(reports, `"kind":"operation",`, told, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "eval", "facts", "--errors", "9", file)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	type score struct {
		Reports int
		Fields  map[string]struct{ F1 float64 }
	}
	var got struct {
		score
		Routed score
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Reports != 1 || got.Routed.Reports != 1 || got.Fields["arrested"].F1 != 1 || got.Fields["date"].F1 != 1 || got.Fields["main_place"].F1 != 1 {
		t.Errorf("score %s, mistakes:\n%s", out, errs)
	}

	out, _, _ = command(t, "eval", "facts", "--predictions", file)
	if lines := strings.Count(out, "\n"); lines != 3 || !strings.Contains(out, `"places":["تطوان"]`) {
		t.Errorf("predictions %s, want one line for each of three reports", out)
	}
}

func TestEvalFactsWithoutLabelsSaysWhatIsMissing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports.jsonl")
	if err := os.WriteFile(file, []byte(reports), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "eval", "facts", file)
	if code == 0 || out != "" || !strings.Contains(errs, `has "facts" to score against`) || !strings.Contains(errs, "--predictions") {
		t.Errorf("exit code %d, printed %q, said %q; want an error that says what is missing and what to do", code, out, errs)
	}
}
