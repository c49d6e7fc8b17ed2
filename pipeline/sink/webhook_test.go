package sink

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rawi/pipeline/client"
)

const secret = "0123456789abcdef0123456789abcdef"

// receiver is a web server that answers as it is told and notes what it was asked.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(http.ResponseWriter, *http.Request)
	got    []string // story.revision of each request that was accepted
	all    int
	now    int
	most   int // requests at once
}

func listening(t testing.TB, answer func(http.ResponseWriter, *http.Request)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.all++
		r.now++
		r.most = max(r.most, r.now)
		answer := r.answer
		r.mu.Unlock()
		note := &noting{ResponseWriter: w, code: http.StatusOK}
		answer(note, req)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.now--
		if note.code/100 == 2 {
			r.got = append(r.got, req.Header.Get(client.HeaderStory)+"."+req.Header.Get(client.HeaderRevision))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

type noting struct {
	http.ResponseWriter
	code int
}

func (n *noting) WriteHeader(code int) {
	n.code = code
	n.ResponseWriter.WriteHeader(code)
}

func accepting(http.ResponseWriter, *http.Request) {}

func refusing(t testing.TB) *receiver {
	t.Helper()
	return listening(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not now", http.StatusInternalServerError) })
}

func (r *receiver) accept() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = accepting
}

func (r *receiver) asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func (r *receiver) accepted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.got...)
}

func hook(r *receiver, change func(*Webhook)) Config {
	c := Config{Name: "desk", From: FromBeginning, Webhook: &Webhook{URL: r.URL + "/in", Allow: []string{"127.0.0.0/8"}}}
	if change != nil {
		change(c.Webhook)
	}
	return c
}

func TestAReceiverCanTellWhoSendsAndWhat(t *testing.T) {
	s := open(t)
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	problems := make(chan error, 10)
	r := listening(t, func(_ http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err == nil {
			err = client.VerifyWebhook([]byte(secret), req.Header, body, time.Now(), time.Minute)
		}
		if err == nil && (req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/json" || !strings.Contains(string(body), "سلا")) {
			err = fmt.Errorf("%s %v %.80s", req.Method, req.Header, body)
		}
		problems <- err
	})
	set := s.run(hook(r, func(w *Webhook) { w.Secret = path }))
	s.put(story("s1", 3))
	if err := <-problems; err != nil {
		t.Error(err)
	}
	delivered(t, set, 1)
	same(t, r.accepted(), "s1.3")
}

func TestASignatureOfSomethingElseIsNotAccepted(t *testing.T) {
	now, body := time.Now(), []byte(`{"id":"s1"}`)
	good := func() http.Header {
		h := http.Header{}
		h.Set(client.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
		h.Set(client.HeaderSignature, client.Signature([]byte(secret), now, body))
		return h
	}
	if err := client.VerifyWebhook([]byte(secret), good(), body, now, time.Minute); err != nil {
		t.Fatal(err)
	}
	for want, check := range map[string]func(http.Header) error{
		"not that of this body": func(h http.Header) error {
			return client.VerifyWebhook([]byte(secret), h, []byte(`{"id":"s2"}`), now, time.Minute)
		},
		"and secret": func(h http.Header) error {
			return client.VerifyWebhook([]byte("another"), h, body, now, time.Minute)
		},
		"signed 10m": func(h http.Header) error {
			return client.VerifyWebhook([]byte(secret), h, body, now.Add(10*time.Minute), time.Minute)
		},
		"is not that": func(h http.Header) error {
			h.Set(client.HeaderTimestamp, strconv.FormatInt(now.Unix()+1, 10))
			return client.VerifyWebhook([]byte(secret), h, body, now, time.Minute)
		},
		"is no time": func(h http.Header) error {
			h.Del(client.HeaderTimestamp)
			return client.VerifyWebhook([]byte(secret), h, body, now, time.Minute)
		},
		"wants v1=": func(h http.Header) error {
			h.Set(client.HeaderSignature, strings.TrimPrefix(h.Get(client.HeaderSignature), "v1="))
			return client.VerifyWebhook([]byte(secret), h, body, now, time.Minute)
		},
	} {
		if err := check(good()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAReceiverThatFailsIsAskedAgainInTheOrderOfEachStory(t *testing.T) {
	s, r := open(t), refusing(t)
	set := s.run(hook(r, nil))
	s.put(story("s1", 1), story("s1", 2), story("s2", 1), story("s1", 3))
	eventually(t, "it was asked for both stories", func() bool { return r.asked() >= 2 })
	eventually(t, "the status says why", func() bool { return strings.Contains(status(t, set).Trouble, "500 Internal Server Error: not now") })
	r.accept()
	delivered(t, set, 4)
	var first []string
	for _, p := range r.accepted() {
		if strings.HasPrefix(p, "s1") {
			first = append(first, p)
		}
	}
	same(t, first, "s1.1", "s1.2", "s1.3")
	if st := status(t, set); st.Trouble != "" || st.Retried < 2 || st.Lag != 0 {
		t.Errorf("once it works the status is %+v", st)
	}
}

func TestAReceiverThatAsksToBeLeftAloneIs(t *testing.T) {
	s := open(t)
	var asked []time.Time
	done := make(chan struct{})
	r := listening(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked = append(asked, time.Now()); len(asked) == 1 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		close(done)
	})
	s.run(hook(r, func(w *Webhook) { w.Workers = 1 }))
	s.put(story("s1", 1))
	<-done
	if between := asked[1].Sub(asked[0]); between < 1900*time.Millisecond {
		t.Errorf("asked again after %s", between)
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-1": 0, "soon": 0, "99999999999999": longestRest,
		now.Add(time.Hour).Format(http.TimeFormat): time.Hour, now.Add(-time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestWhatAReceiverRefusesForGoodIsADeadLetter(t *testing.T) {
	s := open(t)
	elsewhere := listening(t, accepting)
	r := listening(t, func(w http.ResponseWriter, req *http.Request) {
		switch req.Header.Get(client.HeaderStory) {
		case "s1":
			http.Error(w, "no such desk", http.StatusGone)
		case "s2":
			http.Redirect(w, req, elsewhere.URL, http.StatusTemporaryRedirect)
		}
	})
	set := s.run(hook(r, nil))
	s.put(story("s1", 1), story("s2", 1), story("s3", 1))
	delivered(t, set, 1)
	eventually(t, "two are dead", func() bool { return status(t, set).Dead == 2 })
	reasons := map[string]string{}
	for _, d := range s.dead() {
		reasons[d.Of] = d.Stage + " " + d.Reason + " " + d.Errors[0]
	}
	if got := reasons["news.story.operation.ma.s1"]; !strings.HasPrefix(got, "sink-desk http_410 ") || !strings.Contains(got, "no such desk") {
		t.Errorf("the first died of %q", got)
	}
	if got := reasons["news.story.operation.ma.s2"]; !strings.HasPrefix(got, "sink-desk redirect ") || !strings.Contains(got, "set webhook.url") {
		t.Errorf("the second died of %q", got)
	}
	if elsewhere.asked() != 0 {
		t.Error("the redirect was followed")
	}
	r.accept()
	s.put(story("s1", 1)) // as a retry of the dead letter does
	delivered(t, set, 2)
	same(t, r.accepted(), "s3.1", "s1.1")
}

func TestAStoryThatIsNeverTakenIsGivenUpAfterAWhile(t *testing.T) {
	s, r := open(t), refusing(t)
	set := s.run(hook(r, func(w *Webhook) { w.GiveUp = time.Millisecond }))
	s.put(story("s1", 1))
	eventually(t, "it is dead", func() bool { return status(t, set).Dead == 1 })
	if d := s.dead()[0]; d.Reason != "exhausted" || d.Attempts < 1 || string(d.Body) == "" || d.Sequence != 1 || d.Header[client.HeaderRevision] != "1" {
		t.Errorf("the dead letter is %+v", d)
	}
}

func TestAReceiverThatIsTooSlowIsAskedAgain(t *testing.T) {
	s := open(t)
	end := make(chan struct{})
	r := listening(t, func(_ http.ResponseWriter, req *http.Request) {
		select {
		case <-end:
		case <-req.Context().Done():
		}
	})
	defer close(end)
	set := s.run(hook(r, func(w *Webhook) { w.Timeout = 100 * time.Millisecond }))
	s.put(story("s1", 1))
	eventually(t, "it was asked again", func() bool { return status(t, set).Retried > 0 })
	r.accept()
	delivered(t, set, 1)
}

func TestAnEndlessAnswerIsNotRead(t *testing.T) {
	s := open(t)
	endless := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, req *http.Request) {
			w.WriteHeader(code)
			for block := make([]byte, 64<<10); req.Context().Err() == nil; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}
	}
	r := listening(t, endless(http.StatusInternalServerError))
	set := s.run(hook(r, nil))
	s.put(story("s1", 1))
	eventually(t, "it was asked again", func() bool { return status(t, set).Retried > 0 })
	if len(status(t, set).Trouble) > 2*told {
		t.Errorf("its answer is repeated: %d bytes", len(status(t, set).Trouble))
	}
	r.mu.Lock()
	r.answer = endless(http.StatusOK)
	r.mu.Unlock()
	delivered(t, set, 1)
}

func TestAStoryThatFailsHoldsUpNoOther(t *testing.T) {
	s := open(t)
	r := listening(t, func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get(client.HeaderStory) == "s1" {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	set := s.run(hook(r, func(w *Webhook) { w.Workers = 1 }))
	s.put(story("s1", 1))
	for i := range 20 {
		s.put(story(fmt.Sprintf("t%d", i), 1))
	}
	delivered(t, set, 20)
}

func TestNoMoreRequestsAtOnceThanWorkers(t *testing.T) {
	s := open(t)
	gate := make(chan struct{})
	r := listening(t, func(http.ResponseWriter, *http.Request) { <-gate })
	set := s.run(hook(r, func(w *Webhook) { w.Workers = 2 }))
	for i := range 30 {
		s.put(story(fmt.Sprintf("s%d", i), 1))
	}
	eventually(t, "all stories are taken and two requests wait", func() bool { return status(t, set).Lag == 0 && r.asked() >= 2 })
	close(gate)
	delivered(t, set, 30)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.most != 2 {
		t.Errorf("%d requests at once, want 2", r.most)
	}
}

func TestAnAddressInsideHasToBeAllowed(t *testing.T) {
	s := open(t)
	r := listening(t, accepting)
	c := hook(r, func(w *Webhook) { w.Allow = nil })
	set := s.run(c)
	s.put(story("s1", 1))
	eventually(t, "the status says why", func() bool { return strings.Contains(status(t, set).Trouble, "not a public address") })
	if r.asked() != 0 {
		t.Error("it was asked")
	}
	c.Webhook = &Webhook{URL: c.Webhook.URL, Allow: []string{"127.0.0.1/32"}}
	if err := set.Apply([]Config{c}); err != nil {
		t.Fatal(err)
	}
	delivered(t, set, 1)
}

func TestAReloadTakesSinksUpAndAway(t *testing.T) {
	s, r := open(t), listening(t, accepting)
	file := archive(t)
	set := s.run(hook(r, nil))
	if err := set.Apply([]Config{hook(r, nil), file}); err != nil {
		t.Fatal(err)
	}
	s.put(story("s1", 1))
	eventually(t, "both have it", func() bool {
		all := set.Status(t.Context())
		return len(all) == 2 && all[0].Delivered == 1 && all[1].Delivered == 1
	})
	missing := file
	missing.Name, missing.File = "other", &File{Path: "/nonexistent/stories.jsonl"}
	err := set.Apply([]Config{missing, file})
	if err == nil || !strings.Contains(err.Error(), `sink "other": file.path: open /nonexistent/stories.jsonl`) {
		t.Errorf("got %v", err)
	}
	if st := status(t, set); st.Name != "archive" {
		t.Errorf("%+v runs", st)
	}
}

func TestAChangedSecretIsTakenUp(t *testing.T) {
	s, path := open(t), filepath.Join(t.TempDir(), "secret")
	signed := make(chan string, 2)
	r := listening(t, func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		for _, key := range []string{secret, "another" + secret} {
			if client.VerifyWebhook([]byte(key), req.Header, body, time.Now(), time.Minute) == nil {
				signed <- key
			}
		}
	})
	c := hook(r, func(w *Webhook) { w.Secret = path })
	var set *Set
	for i, key := range []string{secret, "another" + secret} {
		if err := os.WriteFile(path, []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
		if set == nil {
			set = s.run(c)
		} else if err := set.Apply([]Config{c}); err != nil {
			t.Fatal(err)
		}
		s.put(story("s1", i+1))
		if got := <-signed; got != key {
			t.Errorf("signed with %q, want %q", got, key)
		}
	}
}

func TestWrongSettingsNameTheRightForm(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ok := &File{Path: "/var/lib/rawi/stories.jsonl"}
	for want, c := range map[string]Config{
		"wants either webhook: or file:":             {Name: "a"},
		"wants either webhook: or file: below":       {Name: "a", File: ok, Webhook: &Webhook{URL: "https://a.example"}},
		`name "My Sink": wants 1 to 32`:              {Name: "My Sink", File: ok},
		`from "yesterday": wants now, current`:       {Name: "a", From: "yesterday", File: ok},
		"the kinds are operation":                    {Name: "a", Kinds: []string{"crime"}, File: ok},
		"file.path: \"stories.jsonl\" wants an":      {Name: "a", File: &File{Path: "stories.jsonl"}},
		"file.sync: \"hourly\" wants always or":      {Name: "a", File: &File{Path: "/a", Sync: "hourly"}},
		"file.max_bytes: 10 is too small":            {Name: "a", File: &File{Path: "/a", MaxBytes: 10}},
		"file.keep: -1":                              {Name: "a", File: &File{Path: "/a", Keep: -1}},
		"webhook.url: wants http":                    {Name: "a", Webhook: &Webhook{URL: "desk.example/in"}},
		"webhook.url: must not hold a password":      {Name: "a", Webhook: &Webhook{URL: "https://me:pw@desk.example"}},
		"webhook.allow: \"10.0.0.1\" wants an":       {Name: "a", Webhook: &Webhook{URL: "https://a.example", Allow: []string{"10.0.0.1"}}},
		"webhook.workers: 100 wants 1 to 64":         {Name: "a", Webhook: &Webhook{URL: "https://a.example", Workers: 100}},
		"webhook.timeout, give_up: must not":         {Name: "a", Webhook: &Webhook{URL: "https://a.example", Timeout: -1}},
		"holds 3 bytes, a secret wants 16":           {Name: "a", Webhook: &Webhook{URL: "https://a.example", Secret: short}},
		"webhook.secret: open /nonexistent: no such": {Name: "a", Webhook: &Webhook{URL: "https://a.example", Secret: "/nonexistent"}},
	} {
		err := ValidateAll([]Config{c})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "me:pw") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	err := ValidateAll([]Config{{Name: "a", File: ok}, {Name: "a", File: ok}})
	if err == nil || !strings.Contains(err.Error(), "stands twice") || !strings.Contains(err.Error(), "is that of another sink") {
		t.Errorf("got %v", err)
	}
}
