package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// attack is a title that tries to be more than one: markup, a cleared screen and a new window title, overrides of direction, line ends, the
// control characters of eight bits, a cursor that goes back, and no end.
var attack = "<script>alert(1)</script><b>\x1b[2J\x1b]0;owned\x07\u202eexe.gnp\u2066\u200f\r\nrawi: all is well\u009b31m\u0085\u2028\x00\x7f\b\tسلا " +
	strings.Repeat("م", 10_000)

// fill puts a text into everything of a value that takes one, whoever would write such a message.
func fill(v reflect.Value, text string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Now().UTC().Truncate(time.Second)))
		return
	case v.Type() == reflect.TypeFor[message.Body]():
		v.SetBytes([]byte(text))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text)
		fill(value, text)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				fill(field, text)
			}
		}
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint64, reflect.Uint8:
		v.SetUint(3)
	case reflect.Float64:
		v.SetFloat(0.5)
	}
}

func filled[T any](text string) T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), text)
	return v
}

// hostileNews are messages as somebody with a key to the server could write them: hostile in every field that names nothing.
func hostileNews(text string) []message.Message {
	raw := filled[message.Raw](text)
	raw.Type, raw.ID, raw.Digest = message.RawV1, "a1", "d1"
	detected := filled[message.Detected](text)
	detected.Type, detected.Raw.ID, detected.Raw.Digest = message.DetectedV1, "a1", "d1"
	article := filled[message.Article](text)
	article.Type, article.ID, article.Digest = message.ArticleV1, "a1", "d1"
	story := filled[message.Story](text)
	story.Type, story.ID, story.MergedInto, story.Reports[0].Article, story.Aliases = message.StoryV1, "s1", "", "a1", []string{"s0"}
	state := filled[message.State](text)
	state.Type, state.Story, state.Members[0].Article, state.Withdrawn = message.StateV1, story, "a1", nil
	dead := filled[message.Dead](text)
	dead.Type, dead.Stream, dead.Sequence = message.DeadV1, "RAW", 1
	return []message.Message{raw, detected, article, state, story, dead}
}

// emits brings given messages, and closes stored.
type emits struct {
	news   []message.Message
	stored chan struct{}
}

func (e emits) Run(ctx context.Context, emit pipeline.Emit) error {
	for _, m := range e.news {
		if err := emit(ctx, m); err != nil {
			return err
		}
	}
	close(e.stored)
	return nil
}

// harmless fails where an output could do something to a terminal, or show one thing for another.
func harmless(t *testing.T, what, out string) {
	t.Helper()
	if out == "" {
		t.Errorf("%s: there is no output", what)
	}
	if !utf8.ValidString(out) {
		t.Errorf("%s: not UTF-8", what)
	}
	for at, r := range out {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028') {
			t.Errorf("%s: %U in %+q", what, r, out[max(at-60, 0):min(at+20, len(out))])
			return
		}
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "rawi: all is well") {
			t.Errorf("%s: a title makes a line of its own", what)
		}
	}
}

func TestAHostileArticleIsHarmlessWhereverItIsShown(t *testing.T) {
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes, cfg.Heartbeat = t.TempDir(), "127.0.0.1:0", 256<<20, 0 // messages are counted
	var logged bytes.Buffer
	log := newLogger(&logged, config.Log{Format: config.FormatJSON})
	bus, err := pipeline.Open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	s := &small{url: bus.ClientURL(), bus: bus, p: pipeline.New(bus, observe.New("test"), log)}
	news := hostileNews(attack)
	stored := make(chan struct{})
	pipeline.AddSource(s.p, "feed", emits{news, stored})
	s.run(t)
	select {
	case <-stored:
	case <-time.After(5 * time.Minute):
		t.Fatal("the messages are not stored")
	}

	report := filled[pipeline.Report](attack)
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/status" {
			_ = json.NewEncoder(w).Encode(report) // the test sees what comes of it
			return
		}
		http.Error(w, attack, http.StatusServiceUnavailable)
	}))
	t.Cleanup(admin.Close)
	at := strings.TrimPrefix(admin.URL, "http://")
	page := filepath.Join(t.TempDir(), "page.html")
	html := "<html lang=fr><title>" + attack + "</title><body><article><h1>" + attack + "</h1><p>" +
		strings.Repeat("La police judiciaire a interpellé lundi un homme à Salé, "+attack[:120]+" selon le parquet. ", 20) + "</p></article></body></html>"
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(file, []byte(apartBut(t, "admin", "{listen: '"+at+"'}")+"nats: {url: '"+s.url+"'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"stories", "--server", s.url},
		{"stories", "--server", s.url, "--json"},
		{"story", "s0", "--server", s.url},
		{"story", "s1", "--server", s.url, "--json"},
		{"explain", "a1", "--server", s.url},
		{"explain", "a1", "--server", s.url, "--lang", "ar"},
		{"explain", "a1", "--server", s.url, "--json"},
		{"trace", "a1", "--server", s.url},
		{"trace", "a1", "--server", s.url, "--json"},
		{"dead", "list", "--server", s.url},
		{"dead", "list", "--server", s.url, "--json"},
		{"dead", "show", "1", "--server", s.url},
		{"dead", "show", "1", "--server", s.url, "--json"},
		{"dead", "retry", "1", "--server", s.url},
		{"status", "--admin", at},
		{"status", "--admin", at, "--json"},
		{"top", "--admin", at, "--server", s.url},
		{"top", "--admin", at, "--server", s.url, "--json"},
		{"loglevel", "--admin", at},
		{"doctor", "-c", file},
		{"doctor", "-c", file, "--json"},
		{"facts", page},
		{"facts", page, "--json"},
		{"extract", page},
		{"extract", page, "--explain"},
		{"extract", page, "--json"},
		{"story", attack, "--server", s.url},
		{"trace", attack[:100], "--server", s.url},
		{"explain", attack[:100], "--server", s.url},
		{attack},
		{"sources", "check", attack},
		{"sources", "show", attack[:100]},
	} {
		out, errs, _ := command(t, args...)
		what := "rawi " + strings.Join(args, " ")
		harmless(t, what[:min(len(what), 60)], out+errs)
		if args[0] == "stories" || args[0] == "top" || args[0] == "dead" && args[1] == "list" {
			for line := range strings.Lines(out) {
				if w := runewidth.StringWidth(line); w > 160 && args[len(args)-1] != "--json" {
					t.Errorf("%s: a line of %d cells", what[:60], w)
				}
			}
		}
	}
	for _, e := range registryViews(t) {
		harmless(t, "a view of sources", e)
	}
	harmless(t, "rawi tail", tailed(t, bus, news))
	for _, l := range []*slog.Logger{log, newLogger(&logged, config.Log{Format: config.FormatText})} {
		l.Error("what outlets say", "title", attack, "err", errors.New(attack))
	}
	harmless(t, "the log", logged.String())
}

// registryViews are the views of a source that is hostile in all that its outlet says.
func registryViews(t *testing.T) []string {
	t.Helper()
	var table, shown bytes.Buffer
	e := filled[registry.Entry](attack)
	if err := errors.Join(registry.Table(&table, []registry.Entry{e}, true, 80, time.Now()),
		registry.Show(&shown, e, []registry.Entry{e}, true, 80, time.Now())); err != nil {
		t.Fatal(err)
	}
	return []string{table.String(), shown.String()}
}

// tailed is what rawi tail prints of the messages, in both forms.
func tailed(t *testing.T, bus *pipeline.Bus, news []message.Message) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	var out bytes.Buffer
	env := environment{out: &out}
	n := 0
	err := bus.Tail(ctx, []string{"news.raw.>", "news.lang.>", "news.article.>", "news.state.>", "news.story.>", "news.dead.>"}, pipeline.Since(time.Now().Add(-time.Hour)), func(e pipeline.Envelope) error {
		if err := errors.Join(tailCommand{}.print(env, e), tailCommand{JSON: true}.print(env, e)); err != nil {
			return err
		}
		if n++; n >= len(news) {
			stop()
		}
		return nil
	})
	if err != nil || n < len(news) {
		t.Errorf("%d messages, %v", n, err)
	}
	return out.String()
}

// What is shown to programs has to be what was said, for all that it is written harmlessly.
func TestJSONSaysAHostileTitleWholly(t *testing.T) {
	var out bytes.Buffer
	if err := printJSON(&out, map[string]string{"title": attack}); err != nil {
		t.Fatal(err)
	}
	harmless(t, "JSON", out.String())
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["title"] != attack {
		t.Errorf("%v: the title is another one", err)
	}
	if !strings.Contains(out.String(), "سلا") || !strings.Contains(out.String(), "<b>") {
		t.Errorf("what is harmless is escaped: %.300s", out.String())
	}
}
