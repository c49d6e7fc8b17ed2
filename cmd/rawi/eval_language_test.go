package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// labelled are texts in languages that the stage knows, and one in none.
const labelled = `{"id":1,"lang":"fr","text":"Les policiers de la préfecture ont interpellé trois hommes dans la nuit de jeudi à vendredi, a annoncé le parquet."}
{"id":"deux","lang":"ar","text":"أعلنت السلطات أن عناصر الشرطة تمكنت من توقيف ثلاثة أشخاص في المدينة القديمة على إثر معلومات دقيقة."}
{"id":3,"lang":"und","text":""}
`

func TestEvalLanguagePrintsAScoreOrPredictions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "texts.jsonl")
	if err := os.WriteFile(file, []byte(labelled), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "eval", "language", file)
	if code != 0 || !strings.HasPrefix(out, "3 texts, 100 % right") || errs != "" {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	out, errs, code = command(t, "eval", "language", "--json", file)
	var score struct {
		Texts, Right int
		Held         int64 `json:"stage_bytes"`
	}
	if err := json.Unmarshal([]byte(out), &score); err != nil || code != 0 || score.Texts != 3 || score.Right != 3 {
		t.Errorf("%d: %v %s%s", code, err, out, errs)
	}
	out, errs, code = command(t, "eval", "language", "--predictions", file)
	want := []string{
		`{"id":1,"lang":"fr","confidence":"`, `{"id":"deux","lang":"ar","confidence":"`, `{"id":3,"lang":"und","confidence":"low","mixed":false,"method":"no_text"}`,
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != len(want) {
		t.Fatalf("%d: %s%s", code, out, errs)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("got %s\nwant %s", lines[i], want[i])
		}
	}
}

func TestEvalLanguageNamesABadLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "texts.jsonl")
	if err := os.WriteFile(file, []byte(`{"id":1,"text":"sans étiquette"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := command(t, "eval", "language", file); code != exitUsage || out != "" || !strings.Contains(errs, "texts.jsonl:1: no lang") || !strings.Contains(errs, "--predictions") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if _, errs, code := command(t, "eval", "language", "--predictions", file); code != 0 {
		t.Errorf("predictions need no label: %d %s", code, errs)
	}
}
