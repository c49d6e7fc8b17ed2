package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/config"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const oneSource = `
sources:
  - name: courrier
    country: MA
    zone: Africa/Casablanca
    feeds: [https://courrier.example/feed]
`

func TestRunsWithoutAFile(t *testing.T) {
	l, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Sources) < 30 {
		t.Errorf("only %d bundled sources", len(l.Sources))
	}
	if !strings.HasSuffix(l.Dir, "rawi") {
		t.Errorf("data under %q, want the user's state directory", l.Dir)
	}
}

func TestFileOverridesDefaultsAndEnvironmentOverridesTheFile(t *testing.T) {
	file := write(t, "rawi.yaml", "feed:\n  interval: 30m\n  workers: 3\nlog: {level: debug}\nnats: {url: nats://a:4222}\n"+oneSource)
	l, err := config.Load(file, []string{"RAWI_FEED_WORKERS=5", "RAWI_NATS_URL=nats://b:4222", "PATH=/bin"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Feed.Interval != 30*time.Minute || l.Feed.Workers != 5 || l.NATS.URL != "nats://b:4222" {
		t.Errorf("interval %s, workers %d, nats.url %s", l.Feed.Interval, l.Feed.Workers, l.NATS.URL)
	}
	for key, want := range map[string]string{
		"feed.interval": file + ":2", "feed.workers": "RAWI_FEED_WORKERS", "feed.floor": "default", "nats.url": "RAWI_NATS_URL", "log.level": file + ":4",
	} {
		if got := l.Origin[key]; got != want {
			t.Errorf("origin of %s is %q, want %q", key, got, want)
		}
	}
}

func TestMistakesNameTheirPlaceAndTheCure(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", "feed:\n  intervall: 30m\n", `rawi.yaml:2:3: unknown key "intervall" under feed; did you mean "interval"?`},
		{"unknown key at the top", "sorces: []\n", `rawi.yaml:1:1: unknown key "sorces" at the top; did you mean "sources"?`},
		{"unknown key of a source", "sources:\n  - name: a\n    feed: x\n", `rawi.yaml:3:5: unknown key "feed" under sources[]; did you mean "feeds"?`},
		{"key far from any other", "admin: {quux: 1}\n", "known here: listen"},
		{"not a duration", "feed: {interval: soon}\n", "soon"},
		{"not YAML", "feed: [\n", "rawi.yaml"},
		{"scalar for a section", "feed: 5\n", "rawi.yaml:1:7: feed wants keys below it"},
		{"wrong value of a part", "crawl: {budget: 0}\n", "crawl."},
		{"source without an address", "sources: [{name: a}]\n", "neither feeds nor sections"},
		{"source that is no token", "sources: [{name: A b, feeds: ['https://a.example']}]\n", "a-z, 0-9 and -"},
		{"source twice", oneSource + "  - name: courrier\n    feeds: [https://b.example/feed]\n", "stands twice"},
		{"address of another scheme", "sources: [{name: a, feeds: ['file:///etc/passwd']}]\n", "no http or https address"},
		{"zone that does not exist", "sources: [{name: a, zone: Africa/Sale, feeds: ['https://a.example']}]\n", "no IANA time zone"},
		{"allow that is no prefix", "sources: [{name: a, allow: [localhost], feeds: ['http://a.example']}]\n", "no address prefix"},
		{"bundled list that does not exist", "source_files: [bundled:magreb]\n", `did you mean "maghreb"?`},
		{"admin without a port", "admin: {listen: localhost}\n", "admin.listen"},
		{"log format", "log: {format: xml}\n", "log.format"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Load(write(t, "rawi.yaml", tt.text), nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	_, err := config.Load("no-such.yaml", nil)
	if err == nil || !strings.Contains(err.Error(), "no-such.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestVariableThatOverridesNothingIsAWarning(t *testing.T) {
	l, err := config.Load("", []string{"RAWI_FEED_WORKER=5", "RAWI_SERVICE_HOST=10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Warnings) != 2 || !strings.Contains(l.Warnings[0], "RAWI_FEED_WORKERS") {
		t.Errorf("got %q", l.Warnings)
	}
}

func TestSourceFilesStandBesideTheFile(t *testing.T) {
	file := write(t, "rawi.yaml", "source_files: [outlets.yaml]\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "outlets.yaml"), []byte(oneSource), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Sources) != 1 || l.Sources[0].Outlet().Family != "courrier" {
		t.Errorf("got %+v", l.Sources)
	}
	if got := l.Summary(); got != "1 sources: 1 feeds and 0 section pages" {
		t.Errorf("summary %q", got)
	}
}

func TestBundledListsAreRight(t *testing.T) {
	for _, name := range config.Bundled() {
		if _, err := config.Load(write(t, "rawi.yaml", "source_files: [bundled:"+name+"]\n"), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSampleShowsEveryKey keeps the commented sample complete and true: it parses, and each key stands in it with its default.
func TestSampleShowsEveryKey(t *testing.T) {
	sample, err := os.ReadFile("rawi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	l, err := config.Load("rawi.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := config.Load(write(t, "empty.yaml", "source_files: [bundled:maghreb]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, v := range plain.Explain() {
		want[v.Key] = v.Value
	}
	for _, v := range l.Explain() {
		leaf := v.Key[strings.LastIndex(v.Key, ".")+1:]
		if !strings.Contains(string(sample), leaf+":") {
			t.Errorf("rawi.yaml does not show %s", v.Key)
		}
		if v.Key != "dir" && v.Value != want[v.Key] {
			t.Errorf("rawi.yaml shows %s = %s, the default is %s", v.Key, v.Value, want[v.Key])
		}
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	f.Add("feed:\n  interval: 30m\n" + oneSource)
	f.Add("sources: [[[]]]")
	f.Add("feed: &a {workers: 1}\ncrawl: *a")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = config.Load(write(t, "rawi.yaml", text), nil)
	})
}
