package daemon_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"rawi/cmd/internal/daemon"
	"rawi/pipeline"
	"rawi/pipeline/api"
	"rawi/pipeline/message"
	"rawi/pipeline/message/schema"
)

// asker asks a daemon's HTTP API.
type asker struct {
	t     *testing.T
	d     *daemon.Daemon
	token string
}

func (c asker) ask(method, path, body string, header ...string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://"+c.d.AdminAddress()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it is read whole
	got, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(got)
}

// get reads an answer that has to be there.
func (c asker) get(path string, into any) string {
	c.t.Helper()
	status, body := c.ask(http.MethodGet, path, "")
	if status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", path, status, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	return body
}

// largest is the story that has most reports, and is in both languages.
func (c asker) largest() api.Summary {
	c.t.Helper()
	var list api.StoryList
	wait(c.t, "the stories to be listed as they were told last", func(ctx context.Context) (bool, error) {
		told, err := pipeline.Stories(ctx, c.d.Bus())
		if err != nil {
			return false, err
		}
		list = api.StoryList{}
		status, body := c.ask(http.MethodGet, "/v1/stories?limit=200", "")
		if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
			return false, err
		}
		listed := map[string]int{}
		for _, s := range list.Stories {
			listed[s.ID] = s.Revision
		}
		behind := slices.ContainsFunc(told, func(s message.Story) bool { return listed[s.ID] != s.Revision })
		return len(told) > 5 && !behind, nil
	})
	most := list.Stories[0]
	for _, s := range list.Stories {
		if s.Reports > most.Reports {
			most = s
		}
	}
	return most
}

// decide has a decision followed, and returns the stories that it changed; none where that took so long that the answer did not wait for it.
func (c asker) decide(path, body string) []api.Summary {
	c.t.Helper()
	status, said := c.ask(http.MethodPost, path, body)
	var decided api.RulingAnswer
	if err := json.Unmarshal([]byte(said), &decided); err != nil || status != http.StatusOK && status != http.StatusAccepted {
		c.t.Fatalf("%s: %d %s", path, status, said)
	}
	if status == http.StatusOK && len(decided.Stories) == 0 {
		c.t.Fatalf("%s changed nothing: %s", path, said)
	}
	return decided.Stories
}

// startAPI runs a daemon on the demo's sites, with a token that may do everything.
func startAPI(t *testing.T) (c asker, stop func()) {
	t.Helper()
	secret, line, err := api.NewToken("desk", false)
	if err != nil {
		t.Fatal(err)
	}
	cfg := startSites(t).Config(t.TempDir())
	cfg.Admin.TokensFile = filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(cfg.Admin.TokensFile, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, stop := start(t, cfg)
	wait(t, "the press to be read", d.Idle)
	return asker{t, d, secret}, stop
}

// documented is the schema of what a route answers, by the OpenAPI document.
func documented(t *testing.T, path string) *jsonschema.Resolved {
	t.Helper()
	body, err := schema.Document(schema.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Content map[string]struct {
					Schema json.RawMessage `json:"schema"`
				} `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	one := `{"allOf":[` + string(d.Paths[path]["get"].Responses["200"].Content["application/json"].Schema) + `],"$defs":` + string(d.Components.Schemas) + `}`
	var s jsonschema.Schema
	if err := json.Unmarshal([]byte(strings.ReplaceAll(one, "#/components/schemas/", "#/$defs/")), &s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return resolved
}

// TestEveryRouteAnswersAsDocumented asks every address that reads for something that there is.
func TestEveryRouteAnswersAsDocumented(t *testing.T) {
	c, _ := startAPI(t)
	s := c.largest()
	var whole message.Story
	c.get("/v1/stories/"+s.ID, &whole)
	article := whole.Reports[0].Article
	wait(t, "the articles to be known, which are read beside the stories", func(context.Context) (bool, error) {
		status, body := c.ask(http.MethodGet, "/v1/articles/"+article, "")
		return status == http.StatusOK, errors.New(body)
	})
	places := strings.NewReplacer("/stories/{id}", "/stories/"+s.ID, "/articles/{id}", "/articles/"+article, "{name}", s.Sources[0], "{number}", "1")
	queries := map[string]string{"explain": "?article=" + article + "&story=" + s.ID, "findArticle": "?url=" + strings.ReplaceAll(whole.Reports[0].URL, "&", "%26")}
	asked := 0
	for _, r := range api.Routes() {
		if r.Method != http.MethodGet || r.Media == "text/event-stream" {
			continue
		}
		var told any
		body := c.get(places.Replace(r.Path)+queries[r.Name], &told)
		if err := documented(t, r.Path).Validate(told); err != nil {
			t.Errorf("%s: %v in %.400s", r.Path, err, body)
		}
		asked++
	}
	if asked < 10 {
		t.Errorf("only %d routes were asked", asked)
	}
	if _, text := c.ask(http.MethodGet, "/v1/explain?lang=fr&article="+article, "", "Accept", "text/plain"); !strings.Contains(text, "Pourquoi il y est") {
		t.Errorf("in words it is %s", text)
	}
}

func TestADecisionOverHTTPBearsTheNameOfItsToken(t *testing.T) {
	c, _ := startAPI(t)
	s := c.largest()
	var whole message.Story
	c.get("/v1/stories/"+s.ID, &whole)
	article := whole.Reports[len(whole.Reports)-1].Article
	if decided := c.decide("/v1/stories/"+s.ID+"/split", `{"articles":["`+article+`"],"reason":"another arrest"}`); len(decided) == 1 {
		t.Errorf("one story is told of: %+v", decided)
	}
	var account struct {
		Story  string         `json:"story"`
		Report message.Report `json:"report"`
	}
	wait(t, "the explanation to tell the decision", func(context.Context) (bool, error) {
		status, body := c.ask(http.MethodGet, "/v1/explain?article="+article, "")
		if status != http.StatusOK {
			return false, errors.New(body)
		}
		return json.Unmarshal([]byte(body), &account) == nil && account.Story != s.ID, nil
	})
	if hand := account.Report.Why.Hand; hand == nil || hand.By != "desk" || hand.Reason != "another arrest" {
		t.Errorf("decided by %+v", hand)
	}
	c.decide("/v1/stories/"+s.ID+"/merge", `{"other":"`+account.Story+`","reason":"the same after all"}`)
	var merged api.StoryAnswer
	wait(t, "the stories to be merged", func(context.Context) (bool, error) {
		c.get("/v1/stories/"+account.Story, &merged)
		return merged.Status != "current", nil
	})
	if merged.Status != "merged" || merged.ID != s.ID || merged.AskedFor != account.Story {
		t.Errorf("the story that was merged is %s: %s for %s", merged.Status, merged.ID, merged.AskedFor)
	}
	if status, body := c.ask(http.MethodPost, "/v1/stories/"+s.ID+"/merge", `{"other":"s0000000000000000","reason":"x"}`); status != http.StatusNotFound {
		t.Errorf("a story that there is not: %d %s", status, body)
	}
}

func TestSourcesArePausedAndResumedOverHTTP(t *testing.T) {
	c, _ := startAPI(t)
	name := c.largest().Sources[0]
	state := func() string {
		var e struct {
			State string `json:"state"`
		}
		c.get("/v1/sources/"+name, &e)
		return e.State
	}
	for _, step := range []struct{ act, want string }{{"pause", "paused"}, {"resume", "ok"}, {"poll", "ok"}} {
		if status, body := c.ask(http.MethodPost, "/v1/sources/"+name+"/"+step.act, ""); status != http.StatusOK {
			t.Fatalf("%s: %d %s", step.act, status, body)
		}
		if got := state(); step.act != "poll" && got != step.want {
			t.Errorf("after %s it is %s", step.act, got)
		}
	}
	for path, want := range map[string]int{"/v1/sources/nobody/pause": 404, "/-/reload": 422} { // the demo has no file to read again
		if status, body := c.ask(http.MethodPost, path, ""); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// TestAnOpenStreamDoesNotKeepTheDaemonFromStopping holds the stop well below what a request in hand is given.
func TestAnOpenStreamDoesNotKeepTheDaemonFromStopping(t *testing.T) {
	c, stop := startAPI(t)
	c.largest()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+c.d.AdminAddress()+"/v1/stories/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", "0")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // the daemon ends it
	events := bufio.NewScanner(res.Body)
	events.Buffer(nil, 1<<20)
	for events.Scan() && events.Text() != "event: story" {
		continue
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); stop() }()
	told := false
	for events.Scan() {
		told = told || events.Text() == "event: stopping"
	}
	if !told {
		t.Error("the stream ended without a word")
	}
	select {
	case <-stopped:
	case <-time.After(5 * time.Minute):
		t.Error("the daemon does not stop")
	}
}
