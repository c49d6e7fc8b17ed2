package language_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	eval "rawi/cmd/internal/evaluate/language"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "texts.jsonl")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBadLinesAreToldWithWhatIsWanted(t *testing.T) {
	const good = `{"id":1,"lang":"fr","text":"un"}` + "\n"
	for _, tt := range []struct{ content, want string }{
		{"", "has no texts"},
		{"\n\n", "has no texts"},
		{good + "\nno\n", "texts.jsonl:3: invalid character"},
		{good + `{"lang":"fr","text":"un"}`, "texts.jsonl:2: no id"},
		{good + `{"id":null,"lang":"fr","text":"un"}`, "texts.jsonl:2: no id"},
		{`{"id":"a","lang":"fr"}`, "texts.jsonl:1: no text"},
		{`{"id":"a","text":"un"}`, "texts.jsonl:1: no lang"},
		{`{"id":"a","lang":"french!","text":"un"}`, `texts.jsonl:1: lang "french!" is no language tag`},
		{`{"id":"a","lang":"fr","text":5}`, "texts.jsonl:1: json: cannot unmarshal number"},
		{good + `{"id":"a","lang":"fr","text":"` + strings.Repeat("a", 17<<20), "texts.jsonl:2: the line is longer than 16 MB"},
	} {
		_, err := eval.Read(file(t, tt.content), true)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `want {"id"`) {
			t.Errorf("%.60q: got %v, want %s and the form of a line", tt.content, err, tt.want)
		}
	}
}

func TestLabelsAreReadInTheirForms(t *testing.T) {
	for label, want := range map[string]string{
		"fr": "fr", "FRA": "fr", "fr-MA": "fr", "fr_MA": "fr", "ar": "ar", "arb": "ar", "ar-Latn": "ar-Latn", "x-arabizi": "x-arabizi", "kab": "kab", "und": "und",
	} {
		texts, err := eval.Read(file(t, `{"id":"a","lang":"`+label+`","text":""}`), true)
		if err != nil || texts[0].Language != want {
			t.Errorf("%s: got %v %v, want %s", label, texts, err, want)
		}
	}
	if _, err := eval.Read(file(t, "\ufeff"+`{"id":"a","text":""}`), false); err != nil {
		t.Errorf("a byte order mark and no label: %v", err)
	}
}

// teller takes each text for the language that it names.
type teller struct{}

func (teller) Process(_ context.Context, in message.Raw) ([]message.Detected, error) {
	switch body := string(in.Body); body {
	case "":
		return nil, fault.Dropped("no_text")
	case "\x00":
		return nil, fault.Permanently("binary", errors.New("no text"))
	case "broken":
		return nil, errors.New("broken")
	default:
		body, mixed := strings.CutSuffix(body, "+")
		return []message.Detected{{Raw: in, Language: strings.TrimRight(body, "."), Confidence: message.ConfidenceHigh, Method: "words", Mixed: mixed}}, nil
	}
}

func scored(t *testing.T, content string) (s eval.Score) {
	t.Helper()
	texts, err := eval.Read(file(t, content), true)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Millisecond
	err = eval.Predict(t.Context(), teller{}, texts, func(text eval.Text, p eval.Prediction, _ eval.Took) error {
		s.Add(text, p, eval.Took{Wall: took, CPU: 2 * took})
		took += time.Millisecond
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Finish(3 << 20)
	return s
}

const told = `{"id":1,"lang":"fr","text":"fr+"}
{"id":2,"lang":"fr","text":"en"}
{"id":3,"lang":"oc","text":"fr"}
{"id":4,"lang":"oc","text":"ca"}
{"id":5,"lang":"fa","text":"ar"}
{"id":6,"lang":"und","text":""}
{"id":7,"lang":"fr","text":"\u0000"}
`

func TestScoreCountsWhatWasTakenForWhat(t *testing.T) {
	s := scored(t, told)
	if s.Texts != 7 || s.Right != 2 || s.Mixed != 1 {
		t.Errorf("%d texts, %d right, %d mixed; want 7, 2, 1", s.Texts, s.Right, s.Mixed)
	}
	for lang, want := range map[string]string{
		"fr":  `{"texts":3,"right":1,"und":1,"as_fr":0,"as_ar":0,"taken_for":{"en":1}}`,
		"oc":  `{"texts":2,"right":0,"und":0,"as_fr":1,"as_ar":0,"taken_for":{"ca":1,"fr":1}}`,
		"fa":  `{"texts":1,"right":0,"und":0,"as_fr":0,"as_ar":1,"taken_for":{"ar":1}}`,
		"und": `{"texts":1,"right":1,"und":0,"as_fr":0,"as_ar":0}`,
	} {
		if got, _ := json.Marshal(s.Languages[lang]); string(got) != want {
			t.Errorf("%s: got %s, want %s", lang, got, want)
		}
	}
	if len(s.Lengths) != 1 || s.Lengths[0].Letters != "under 20" || s.Lengths[0].Others.French != 1 || s.Lengths[0].French.Right != 1 {
		t.Errorf("lengths %+v", s.Lengths)
	}
	if s.Confidences["low"].Texts != 2 || s.Methods["binary"].Texts != 1 || s.Methods["no_text"].Right != 1 {
		t.Errorf("confidences %+v, methods %+v", s.Confidences, s.Methods)
	}
	if c := s.Cost; c.Wall != 4*time.Millisecond || c.CPU != 8*time.Millisecond || c.Longest != 7*time.Millisecond || c.Wall99 != 7*time.Millisecond {
		t.Errorf("cost %+v", c)
	}
}

func TestTextsAreCountedUnderTheirLength(t *testing.T) {
	s := scored(t, `{"id":1,"lang":"fr","text":"fr"}
{"id":2,"lang":"fr","text":"fr`+strings.Repeat(".", 300)+`"}
{"id":3,"lang":"fr","text":"`+strings.Repeat("é", 200)+`"}
{"id":4,"lang":"fr","text":"`+strings.Repeat("é", 199)+`"}
`)
	got := map[string]int{}
	for _, c := range s.Lengths {
		got[c.Letters] = c.French.Texts
	}
	if len(got) != 3 || got["under 20"] != 2 || got["120 to 199"] != 1 || got["200 to 499"] != 1 {
		t.Errorf("got %v: letters count, not signs", got)
	}
}

func TestScoreFitsTheTerminal(t *testing.T) {
	var b bytes.Buffer
	if err := eval.Write(&b, scored(t, told)); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{"7 texts, 28.57 % right, 1 mixed\n", "fr              3  33.33 %  33.33 %      0 %      0 %  en 1\n", "3.0 MB held by the stage"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestStageThatFailsEndsTheMeasurement(t *testing.T) {
	texts, err := eval.Read(file(t, `{"id":"x7","lang":"fr","text":"broken"}`), true)
	if err != nil {
		t.Fatal(err)
	}
	ignore := func(eval.Text, eval.Prediction, eval.Took) error { return nil }
	if err := eval.Predict(t.Context(), teller{}, texts, ignore); err == nil || !strings.Contains(err.Error(), `"x7"`) {
		t.Errorf("got %v, want an error that names the text", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := eval.Predict(ended, teller{}, texts, ignore); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{told, "\ufeff{}", `{"id":[1],"lang":"x-a","text":"\ud800"}`, `{"id":1,"lang":"a-b-c","text":""}`} {
		f.Add(seed)
	}
	path := filepath.Join(f.TempDir(), "texts.jsonl")
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		texts, err := eval.Read(path, true)
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v names no file", content, err)
		}
		for _, text := range texts {
			if text.Language == "" || text.Text == nil || len(text.ID) == 0 {
				t.Errorf("%q: half a line was taken: %+v", content, text)
			}
		}
	})
}
