package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"rawi/pipeline/message"
	"rawi/pipeline/message/schema"
)

const types = "../../../pipeline/message"

func documents(t *testing.T) map[string][]byte {
	t.Helper()
	made, err := generate(types)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// What is committed is what the code says: run go generate ./pipeline/message/schema after a change of the types or of their comments.
func TestCommittedDocumentsAreThoseOfTheCode(t *testing.T) {
	made := documents(t)
	if names := slices.Sorted(maps.Keys(made)); !slices.Equal(names, schema.Names()) {
		t.Errorf("committed are %v, the code makes %v", schema.Names(), names)
	}
	for name, want := range made {
		got, err := schema.Document(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s differs, run go generate ./pipeline/message/schema (-code +committed):\n%s", name, diff)
		}
	}
}

func validator(t *testing.T, name string) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(documents(t)[name], &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return resolved
}

func sample(t *testing.T, name string) map[string]any {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(types, "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSamplesOfEveryVersionAreValid(t *testing.T) {
	for _, m := range messages() {
		if err := validator(t, m.Schema()).Validate(sample(t, m.Schema())); err != nil {
			t.Errorf("%s: %v", m.Schema(), err)
		}
	}
}

func TestMessagesWithNothingInThemAreValid(t *testing.T) {
	for _, m := range messages() {
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatal(err)
		}
		v["type"] = m.Schema()
		if err := validator(t, m.Schema()).Validate(v); err != nil {
			t.Errorf("%s: %v", m.Schema(), err)
		}
	}
}

func TestEveryCommittedSampleHasASchema(t *testing.T) {
	samples, err := filepath.Glob("../../../pipeline/message/testdata/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, sample := range samples {
		if name := strings.TrimSuffix(filepath.Base(sample), ".json"); !slices.Contains(schema.Names(), name) {
			t.Errorf("no schema says what %s is", name)
		}
	}
}

func TestFieldsOfLaterVersionsAreNoMistakeAndWrongOnesAre(t *testing.T) {
	story := validator(t, message.StoryV1)
	later := sample(t, message.StoryV1)
	later["mood"] = "calm"
	if err := story.Validate(later); err != nil {
		t.Errorf("a further field: %v", err)
	}
	for field, wrong := range map[string]any{"type": "story.v2", "revision": "3", "titles": "Salé", "reports": []any{map[string]any{"article": "a"}}} {
		v := sample(t, message.StoryV1)
		v[field] = wrong
		if story.Validate(v) == nil {
			t.Errorf("%s may be %v", field, wrong)
		}
	}
	delete(later, "id")
	if story.Validate(later) == nil {
		t.Error("a story needs no id")
	}
}

func TestNamesThatConstantsHaveInGoStayThere(t *testing.T) {
	for name, body := range documents(t) {
		for _, word := range []string{"KindOperation", "FoundFeed", "RoleMain", "StoryV1", "ConfidenceHigh"} {
			if strings.Contains(string(body), word) {
				t.Errorf("%s says %s", name, word)
			}
		}
	}
}

func TestSubjectsOfMessagesAreThoseOfTheDocument(t *testing.T) {
	for _, c := range channels() {
		v, err := json.Marshal(sample(t, c.of.Schema()))
		if err != nil {
			t.Fatal(err)
		}
		address, subject := strings.Split(c.address, "."), strings.Split(subjectOf(t, c.of.Schema(), v), ".")
		if len(address) != len(subject) {
			t.Errorf("%s: a message has the subject %v", c.address, subject)
			continue
		}
		for i, token := range address {
			if !strings.HasPrefix(token, "{") && token != subject[i] {
				t.Errorf("%s: a message has the subject %v", c.address, subject)
			}
		}
		if keeps(c.address) == "" {
			t.Errorf("no stream keeps %s", c.address)
		}
		for name := range used(c.address) {
			if parameters()[name] == nil {
				t.Errorf("%s: nothing is said of {%s}", c.address, name)
			}
		}
	}
}

func subjectOf(t *testing.T, kind string, body []byte) string {
	t.Helper()
	decode := map[string]func() (message.Message, error){
		message.FetchV1: as[message.Fetch](body), message.RawV1: as[message.Raw](body), message.DetectedV1: as[message.Detected](body),
		message.ArticleV1: as[message.Article](body), message.StateV1: as[message.State](body), message.StoryV1: as[message.Story](body),
		message.DeadV1: as[message.Dead](body), message.RulingV1: as[message.Ruling](body),
	}
	m, err := decode[kind]()
	if err != nil {
		t.Fatal(err)
	}
	return m.Subject()
}

func as[M message.Message](body []byte) func() (message.Message, error) {
	return func() (message.Message, error) {
		var m M
		err := json.Unmarshal(body, &m)
		return m, err
	}
}
