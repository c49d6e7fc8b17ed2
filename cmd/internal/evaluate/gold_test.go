package evaluate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/evaluate"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "set.jsonl")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestReadNamesFileAndLineOfWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"{\"id\":\"a\"}\n{":                "set.jsonl line 2",
		"{\"id\":\"a\"}\n\n{\"lang\":1}\n": "set.jsonl line 3",
		"{\"story\":\"s\"}\n":              "no id",
		"{\"id\":\"a\"}\n{\"id\":\"a\"}\n": "ids must differ",
		"":                                 "no reports in ",
		"\n \n":                            "no reports in ",
	} {
		if _, err := evaluate.Read(write(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q): %v, want %q", text, err, want)
		}
	}
	if _, err := evaluate.Read(filepath.Join(t.TempDir(), "none.jsonl")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestTimeIsReadAsFarAsItGoes(t *testing.T) {
	for text, want := range map[string]string{
		"2021-12-17T20:12:00+01:00":           "2021-12-17T19:12:00Z",
		"2017-02-28T13:39:00+01:00T12:00:00Z": "2017-02-28T12:39:00Z",
		"2016-10-17T12:00:00Z":                "2016-10-17T12:00:00Z",
		"2017-01-22T193400T12:00:00Z":         "2017-01-22T12:00:00Z",
		"2017-01-22":                          "2017-01-22T12:00:00Z",
		"soon":                                "0001-01-01T00:00:00Z",
	} {
		if got := (evaluate.Labelled{Published: text}).Time().UTC().Format(time.RFC3339); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
