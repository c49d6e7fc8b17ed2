package crawl

import (
	"encoding/json"
	"testing"
	"time"
)

func TestHealthOfASectionIsReadFromItsRecord(t *testing.T) {
	at := time.Date(2021, 12, 17, 10, 0, 0, 0, time.UTC)
	kept, err := json.Marshal(state{Last: at, Failures: 2, Error: "404", Links: 7, Docs: map[string]document{"a": {}, "b": {}}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := HealthOf("https://desk:s3cret@journal.example/", at.Add(time.Hour), kept)
	want := SectionHealth{URL: "https://journal.example/", Last: at, Next: at.Add(time.Hour), Error: "404", Failures: 2, Links: 7, Documents: 2}
	if err != nil || h != want {
		t.Errorf("got %+v (%v)\nwant %+v", h, err, want)
	}
	if h, err := HealthOf("https://journal.example/", at, nil); err != nil || !h.Last.IsZero() || h.Next != at {
		t.Errorf("not visited yet: %+v (%v)", h, err)
	}
	if _, err := HealthOf("https://journal.example/", at, []byte("{")); err == nil {
		t.Error("a record that is none was read")
	}
}
