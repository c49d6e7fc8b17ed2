package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// small is a daemon of one stage that reads nothing until it is mended.
type small struct {
	url    string
	p      *pipeline.Pipeline
	bus    *pipeline.Bus
	mended atomic.Bool
}

func (s *small) Process(_ context.Context, in message.Raw) ([]message.Detected, error) {
	if !s.mended.Load() {
		return nil, fault.Permanently("no_article", errors.New("la page n'a pas d'article : لا يوجد نص"))
	}
	return []message.Detected{{Type: message.DetectedV1, Raw: in, Language: "fr"}}, nil
}

// brings emits three articles.
type brings struct{}

func (brings) Run(ctx context.Context, emit pipeline.Emit) error {
	for _, id := range []string{"a1", "a2", "a3"} {
		err := emit(ctx, message.Raw{
			Type: message.RawV1, ID: id, Digest: "d", Outlet: message.Outlet{Name: "courrier"}, Status: 200, Fetched: time.Now(),
			URL: "https://courrier.example/" + id, Body: message.Body("<p>توقيف مشتبه فيه بسلا</p>\u202e<p>" + strings.Repeat("x", 1000) + "</p>"),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func startSmall(t *testing.T) *small {
	t.Helper()
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes, cfg.Heartbeat = t.TempDir(), "127.0.0.1:0", 256<<20, 0 // messages are counted
	log := slog.New(slog.DiscardHandler)
	bus, err := pipeline.Open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	s := &small{url: bus.ClientURL(), bus: bus, p: pipeline.New(bus, observe.New("test"), log)}
	pipeline.AddSource(s.p, "feed", brings{})
	pipeline.AddStage(s.p, pipeline.Spec{Name: "language", Subjects: []string{message.RawSubjects}}, s)
	s.run(t)
	s.until(t, "three letters are dead", func(sum pipeline.Sum) bool { return sum.Dead["no_article"] == 3 })
	return s
}

// run runs it until the test ends.
func (s *small) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, s.bus.Close(context.WithoutCancel(t.Context()))); err != nil {
			t.Error(err)
		}
	})
}

// until waits for a state of the account.
func (s *small) until(t *testing.T, what string, is func(pipeline.Sum) bool) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if sum, err := s.p.Sum(t.Context()); err == nil && sum.InFlight == 0 && sum.Closed() && is(sum) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		}
	}
}

func TestDeadLettersFromListToRetry(t *testing.T) {
	s := startSmall(t)
	dead := func(want int, args ...string) (out, errs string) {
		t.Helper()
		out, errs, code := command(t, append([]string{"dead"}, append(args, "--server", s.url)...)...)
		if code != want {
			t.Fatalf("rawi dead %v gives %d: %s%s", args, code, out, errs)
		}
		return out, errs
	}
	out, _ := dead(0, "list")
	if strings.Count(out, "\n") != 4 || strings.Count(out, "no_article") < 3 || !strings.Contains(out, "لا يوجد نص") {
		t.Errorf("the list is\n%s", out)
	}
	out, _ = dead(0, "list", "--stage", "language", "--reason", "no_article", "--json")
	var first pipeline.DeadLetter
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &first); err != nil || first.Sequence != 1 || strings.Count(out, "\n") != 3 {
		t.Errorf("as JSON the list is %s (%v)", out, err)
	}
	for _, tt := range []struct {
		code int
		args []string
		want string
	}{
		{0, []string{"list", "--stage", "feed"}, `no dead letters of stage "feed" are kept, only of language`},
		{0, []string{"list", "--reason", "no_articel"}, `no dead letters with reason "no_articel" are kept, only with no_article`},
		{0, []string{"list", "--since", "2040-01-01"}, "no such dead letters since 2040-01-01"},
		{2, []string{"list", "--stage", "frob"}, `--stage: no stage "frob": the stages are language`},
		{2, []string{"drop", "--stage", "frob"}, `--stage: no stage "frob"`},
		{2, []string{"retry", "--stage", "frob"}, `--stage: no stage "frob"`},
	} {
		if out, errs := dead(tt.code, tt.args...); !strings.Contains(errs, tt.want) || strings.Contains(out, "\n\n") {
			t.Errorf("%v: %s%s, want %s", tt.args, out, errs, tt.want)
		}
	}

	out, _ = dead(0, "show", "1")
	for _, want := range []string{"language, no_article", "no_article: la page", "message 1 of stream RAW", "توقيف مشتبه فيه بسلا", "…"} {
		if !strings.Contains(out, want) {
			t.Errorf("show lacks %q (%+q):\n%s", want, want, out)
		}
	}
	if strings.Contains(out, "\u202e") {
		t.Error("a bidirectional override reached the terminal")
	}
	out, _ = dead(0, "show", "1", "--json")
	var shown struct{ Message message.Raw }
	if err := json.Unmarshal([]byte(out), &shown); err != nil || !strings.Contains(string(shown.Message.Body), "توقيف") {
		t.Errorf("as JSON it is %s (%v)", out, err)
	}
	if _, errs := dead(1, "show", "77"); !strings.Contains(errs, "77") || !strings.Contains(errs, "rawi dead list") {
		t.Errorf("a number that names nothing: %s", errs)
	}

	dead(0, "drop", "1")
	if _, errs := dead(2, "retry"); !strings.Contains(errs, "--all") {
		t.Errorf("retry of nothing: %s", errs)
	}
	dead(2, "drop", "2", "--all")
	s.mended.Store(true)
	if out, errs := dead(1, "retry", "1", "2"); !strings.Contains(out, "retried 1 of 2") || !strings.Contains(errs, "no such dead letter") {
		t.Errorf("retry of one that is gone and one that is not: %s%s", out, errs)
	}
	if out, _ := dead(0, "retry", "--all", "--json"); strings.TrimSpace(out) != `{"failed":0,"retried":[3]}` {
		t.Errorf("retry of all: %s", out)
	}
	s.until(t, "two came through", func(sum pipeline.Sum) bool { return sum.Kept["fr"] == 2 && sum.Replayed == 2 })
}

func TestStatusFromTheDaemonAndFromNATS(t *testing.T) {
	s := startSmall(t)
	out, errs, code := command(t, "status", "--server", s.url)
	if code != 0 || !strings.Contains(out, "language") || !strings.Contains(out, "3 dead letters of language: rawi dead list --stage language") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		report, err := s.p.Report(r.Context())
		if err != nil || r.URL.Path != "/status" {
			http.Error(w, "no", http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(report)
	}))
	address := strings.TrimPrefix(admin.URL, "http://")
	out, errs, code = command(t, "status", "--admin", address)
	if code != 0 || !strings.Contains(out, "accepted 3") || !strings.Contains(out, "difference 0") || !strings.Contains(out, "feed") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	out, _, _ = command(t, "status", "--admin", address, "--json")
	var report pipeline.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Sum == nil || report.Sum.Accepted != 3 {
		t.Errorf("as JSON: %s (%v)", out, err)
	}
	admin.Close()
	out, errs, code = command(t, "status", "--admin", address, "--server", s.url)
	if code != 0 || !strings.Contains(errs, "asking NATS") || !strings.Contains(out, "language") {
		t.Errorf("with the daemon gone: %d %s%s", code, out, errs)
	}
}
