package sink

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"rawi/pipeline/message"
)

// TestHostileTitlesStayHarmlessInAFile has whoever looks at the file on a terminal see what is there, and a program read what was published.
func TestHostileTitlesStayHarmlessInAFile(t *testing.T) {
	s, c := open(t), archive(t)
	hostile := "<script>\u202egnp.exe\u2066\x1b[2J\u009b31m\x7f\r\n\x00" + strings.Repeat("ا", 10_000)
	told := story("s1", 1)
	told.Titles = map[string]string{"ar": hostile}
	s.put(told)
	delivered(t, s.run(c), 1)
	body, err := os.ReadFile(c.File.Path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(body), "\u202e\u2066\x1b\u009b\x7f\r\x00") || bytes.Count(body, []byte("\n")) != 1 {
		t.Errorf("the line is %+.300q", body)
	}
	var got message.Story
	if err := json.Unmarshal(body, &got); err != nil || got.Titles["ar"] != hostile {
		t.Errorf("the title is %+.100q (%v)", got.Titles["ar"], err)
	}
}

// FuzzLine has every JSON come out as one line with the same meaning.
func FuzzLine(f *testing.F) {
	for _, text := range []string{`{"a":"\u009b"}`, "{\n\"a\": \"\u202e\"}", `"\\u202e"`, `[]`, "\"\xff\u0085\""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want, got any
		if json.Unmarshal(body, &want) != nil {
			return
		}
		var out bytes.Buffer
		if err := line(&out, body); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 || bytes.ContainsFunc(out.Bytes()[:out.Len()-1], dangerous) {
			t.Fatalf("%+q became %+q (%v)", body, out.Bytes(), err)
		}
		was, _ := json.Marshal(want)
		is, _ := json.Marshal(got)
		if !bytes.Equal(was, is) {
			t.Fatalf("%s became %s", was, is)
		}
	})
}
