package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

// tokens makes two: one that may change things, and one that reads.
func tokens(t testing.TB) (all Tokens, full, reading string) {
	t.Helper()
	full, one, err := NewToken("desk", false)
	if err != nil {
		t.Fatal(err)
	}
	reading, two, err := NewToken("wall", true)
	if err != nil {
		t.Fatal(err)
	}
	all, err = parseTokens(strings.NewReader("# ours\n\n" + one + "\n" + two + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return all, "Bearer " + full, "Bearer " + reading
}

func TestWhoMayAsk(t *testing.T) {
	all, full, reading := tokens(t)
	none, some := Access{}, Access{Tokens: all, Hosts: []string{"rawi.example"}}
	locked, lockedNone := Access{Tokens: all, Locked: true}, Access{Locked: true}
	for _, c := range []struct {
		what          string
		access        Access
		changes       bool
		host, bearing string
		want          int // 0: may
	}{
		{"reads on loopback", none, false, "127.0.0.1:8420", "", 0},
		{"reads by the name localhost", none, false, "LocalHost", "", 0},
		{"reads by an address of version 6", none, false, "[::1]:8420", "", 0},
		{"reads under a foreign name", none, false, "evil.example:8420", "", 421},
		{"reads under a name with localhost in it", none, false, "localhost.evil.example", "", 421},
		{"reads under a listed name", some, false, "Rawi.example:8420", "", 0},
		{"reads under a foreign name with a token", some, false, "other.example", reading, 0},
		{"reads with a wrong token", some, false, "127.0.0.1", "Bearer rawi_x", 401},
		{"reads with a password", some, false, "127.0.0.1", "Basic eDp5", 401},
		{"changes without any token there", none, true, "127.0.0.1", "", 403},
		{"changes without a token", some, true, "127.0.0.1", "", 401},
		{"changes with a wrong token", some, true, "127.0.0.1", "Bearer rawi_x", 401},
		{"changes with a token that reads", some, true, "127.0.0.1", reading, 403},
		{"changes", some, true, "127.0.0.1", full, 0},
		{"changes with bearer in lower case", some, true, "127.0.0.1", strings.Replace(full, "B", "b", 1), 0},
		{"reads from elsewhere without a token", locked, false, "10.0.0.1:8420", "", 401},
		{"reads from elsewhere with a token", locked, false, "10.0.0.1:8420", reading, 0},
		{"reads from elsewhere without any token there", lockedNone, false, "10.0.0.1:8420", "", 403},
	} {
		r := &http.Request{Host: c.host, Header: http.Header{}}
		if c.bearing != "" {
			r.Header.Set("Authorization", c.bearing)
		}
		_, err := c.access.admit(r, c.changes)
		if got := statusOf(err); got != c.want {
			t.Errorf("%s: %d (%v), want %d", c.what, got, err, c.want)
		}
	}
}

func statusOf(err error) int {
	if err == nil {
		return 0
	}
	return problemOf(err).Status
}

func TestOnlyLoopbackIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8420": true, "[::1]:1": true, "localhost:1": true, "127.9.9.9:1": true, "0.0.0.0:8420": false, ":8420": false, "10.0.0.1:1": false,
		"rawi.example:1": false, "[::]:1": false, "none": false, "[::ffff:127.0.0.1]:1": true,
	} {
		if Loopback(address) != want {
			t.Errorf("%s: loopback is %v", address, !want)
		}
	}
}

func TestTokensThatCannotBeReadAreNamedAndNotShown(t *testing.T) {
	hash := sha256.Sum256([]byte("x"))
	good := hex.EncodeToString(hash[:])
	for text, want := range map[string]string{
		"desk:rawi_SECRETSECRET":                    "line 1: what stands behind desk",
		"\nrawi_SECRETSECRET":                       "line 2: want NAME:HASH",
		"desk:" + good + ":write":                   "line 1: want NAME:HASH or NAME:HASH:read",
		"desk:" + good + "\ndesk:" + good + ":read": "line 2: the name desk stands twice",
	} {
		_, err := parseTokens(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte("desk:"+good+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := ReadTokens(path); err != nil || !all.Has("desk") {
		t.Errorf("%v, %v", all, err)
	}
	if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // that is what must be refused
		t.Fatal(err)
	}
	if _, err := ReadTokens(path); err == nil || !strings.Contains(err.Error(), "chmod go-w") {
		t.Errorf("a file that all can write: %v", err)
	}
}

// actions are what the API was asked to do.
type actions struct {
	done   []string
	ruling message.Ruling
	err    error
}

func (a *actions) into(api *API) {
	api.deps.Steer = func(_ context.Context, act, source string) error {
		a.done = append(a.done, act+" "+source)
		return a.err
	}
	api.deps.Reload = func(context.Context) error {
		a.done = append(a.done, "reload")
		return a.err
	}
	api.deps.Rule = func(_ context.Context, r message.Ruling) (message.Ruling, []message.State, error) {
		a.ruling, r.ID = r, "h1"
		return r, []message.State{state(story("s1", 3))}, a.err
	}
}

func TestWhatChangesSomethingIsDoneInTheNameOfTheToken(t *testing.T) {
	all, full, _ := tokens(t)
	var did actions
	p := open(t, Access{Tokens: all}, did.into)
	p.publish(state(story("s1", 2)), message.Dead{Type: message.DeadV1, Stage: "crawl", Reason: "gone", Stream: "FETCH", Sequence: 1, Of: "news.fetch.courrier"})
	for path, want := range map[string]string{"/v1/sources/courrier/pause": "pause courrier", "/v1/sources/courrier/poll": "poll courrier", "/-/reload": "reload"} {
		did.done = nil
		if got := p.ask(http.MethodPost, path, "", "Authorization", full); got.status != 200 || len(did.done) != 1 || did.done[0] != want {
			t.Errorf("%s: %d %s, done %v", path, got.status, got.body, did.done)
		}
	}
	got := p.ask(http.MethodPost, "/v1/stories/s1/merge", `{"other":"s2","reason":" one arrest "}`, "Authorization", full, "Content-Type", "application/json; charset=utf-8")
	if r := did.ruling; got.status != 200 || r.By != "desk" || r.Act != "merge" || r.Story != "s1" || r.Other != "s2" || r.Reason != "one arrest" {
		t.Errorf("%d %s: %+v", got.status, got.body, r)
	}
	if !strings.Contains(got.body, `"ruling":"h1"`) || !strings.Contains(got.body, `"revision":3`) {
		t.Errorf("told %s", got.body)
	}
	for _, act := range []string{"split", "move"} {
		got := p.ask(http.MethodPost, "/v1/stories/s1/"+act, `{"articles":["as1","https://courrier.example/1"],"reason":"x"}`, "Authorization", full, "Content-Type", "application/json")
		if r := did.ruling; got.status != 200 || r.Act != act || len(r.Articles) != 2 || r.Articles[1] != message.ArticleID(message.Identity("https://courrier.example/1")) {
			t.Errorf("%s: %d %+v", act, got.status, r)
		}
	}
	got = p.ask(http.MethodPost, "/v1/stories/s1/retract", `{"articles":["as1"],"reason":"x"}`, "Authorization", full, "Content-Type", "application/json")
	if r := did.ruling; got.status != 200 || r.Act != "retract" || r.Story != "" {
		t.Errorf("retract: %d %s %+v", got.status, got.body, r)
	}
	if got := p.ask(http.MethodPost, "/v1/dead/1/drop", "", "Authorization", full); got.status != 200 {
		t.Errorf("drop: %d %s", got.status, got.body)
	}
	if got := p.ask(http.MethodPost, "/v1/dead/1/drop", "", "Authorization", full); got.status != 404 || !strings.Contains(got.body, "/v1/dead lists") {
		t.Errorf("drop again: %d %s", got.status, got.body)
	}
	if log := p.log.String(); strings.Count(log, "audit: changed") != 8 || strings.Count(log, "audit: refused") != 1 || !strings.Contains(log, "by=desk") {
		t.Errorf("the audit log is\n%s", log)
	}
}

func TestNothingIsChangedByWhoMayNot(t *testing.T) {
	all, full, reading := tokens(t)
	var did actions
	p := open(t, Access{Tokens: all}, did.into)
	p.publish(state(story("s1", 2)))
	for _, r := range Routes() {
		if !r.Changes {
			continue
		}
		path := strings.NewReplacer("{id}", "s1", "{name}", "courrier", "{number}", "1").Replace(r.Path)
		for header, want := range map[string]int{"": 401, "Bearer rawi_wrong": 401, reading: 403} {
			got := p.ask(http.MethodPost, path, `{"other":"s2","articles":["as1"],"reason":"x"}`, "Authorization", header, "Content-Type", "application/json")
			if got.status != want || want == 401 && got.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %q: %d %s", path, header, got.status, got.body)
			}
		}
		got := p.ask(http.MethodPost, path, "", "Authorization", full, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
		if got.status != 403 || !strings.Contains(got.body, "another site") {
			t.Errorf("%s from another site: %d %s", path, got.status, got.body)
		}
	}
	if len(did.done) > 0 || did.ruling.Act != "" {
		t.Errorf("done: %v, %+v", did.done, did.ruling)
	}
}

func TestWrongBodiesAreToldTheRightForm(t *testing.T) {
	all, full, _ := tokens(t)
	var did actions
	p := open(t, Access{Tokens: all}, did.into)
	p.publish(state(story("s1", 2)))
	for _, c := range []struct {
		act, body, media string
		status           int
		want             string
	}{
		{"merge", `{"other":"s2"}`, mediaJSON, 400, "reason is missing"},
		{"merge", `{"reason":"x"}`, mediaJSON, 400, "other is missing"},
		{"merge", `{"othr":"s2","reason":"x"}`, mediaJSON, 400, "/openapi.json tells the fields"},
		{"merge", `{"other":"s2","reason":"x"} {}`, mediaJSON, 400, "more than one value"},
		{"merge", `other=s2`, "application/x-www-form-urlencoded", 415, "Content-Type: application/json"},
		{"merge", `{"other":"` + strings.Repeat("x", largestBody) + `"}`, mediaJSON, 413, "more than 65536 bytes"},
		{"split", `{"reason":"x"}`, mediaJSON, 400, "articles is missing"},
		{"retract", `{"articles":["a9"],"reason":"x"}`, mediaJSON, 400, "/v1/stories/s1 lists them"},
	} {
		got := p.ask(http.MethodPost, "/v1/stories/s1/"+c.act, c.body, "Authorization", full, "Content-Type", c.media)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s %.40s: %d %s, want %d %s", c.act, c.body, got.status, got.body, c.status, c.want)
		}
	}
	if did.ruling.Act != "" {
		t.Errorf("decided %+v", did.ruling)
	}
	for err, want := range map[error]int{pipeline.NoAnswerError{Ruling: "h1"}: 202, pipeline.RefusedError{Why: "x"}: 409, Failed(404, "x"): 404} {
		did.err = err
		got := p.ask(http.MethodPost, "/v1/stories/s1/merge", `{"other":"s2","reason":"x"}`, "Authorization", full, "Content-Type", mediaJSON)
		if got.status != want {
			t.Errorf("%v: %d %s", err, got.status, got.body)
		}
	}
}
