package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/config"
	"rawi/stages/feed"
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
		{"not a duration", "feed: {interval: soon}\n", `rawi.yaml:1:18: feed.interval: "soon" wants a duration, such as 5s`},
		{"duration without a unit", "feed:\n  spacing: 5\n", "rawi.yaml:2:12: feed.spacing: 5 wants a duration, such as 5s"},
		{"not a number", "feed:\n  workers: many\n", `rawi.yaml:2:12: feed.workers: "many" wants a number, such as 8`},
		{"fraction", "feed: {workers: 1.5}\n", "rawi.yaml:1:17: feed.workers: 1.5 wants a number"},
		{"list for a number", "feed: {workers: [8]}\n", "rawi.yaml:1:17: feed.workers: a list wants a number"},
		{"keys for text", "name: {a: b}\n", "rawi.yaml:1:7: name: keys wants text"},
		{"a source that is half sure", "sources: [{name: a, high_accuracy: ja, feeds: ['http://a.example']}]\n", `high_accuracy: "ja" wants true or false`},
		{"not true or false", "language: {high_accuracy: ja}\n", `language.high_accuracy: "ja" wants true or false`},
		{"not a level", "log: {level: loud}\n", `rawi.yaml:1:14: log.level: "loud" wants debug, info, warn or error`},
		{"text for a list", "source_files: a.yaml\n", `rawi.yaml:1:15: source_files: "a.yaml" wants a list, such as [a, b]`},
		{"port out of range", "outbound: {exceptions: [{host: a, ports: [70000]}]}\n", "outbound.exceptions[].ports[]: 70000 wants a number up to 65535"},
		{"not a prefix", "outbound: {exceptions: [{host: a, prefixes: [b]}]}\n", `outbound.exceptions[].prefixes[]: "b" wants an address prefix`},
		{"second of two mistakes", "feed: {workers: many}\ncrawl: {hold: 2}\n", "rawi.yaml:2:15: crawl.hold: 2 wants"},
		{"key twice", "name: a\nname: b\n", "rawi.yaml:2:1: name stands in line 1 already"},
		{"text at the top", "hello\n", `rawi.yaml:1:1: the file must hold keys, such as sources:, not "hello"`},
		{"list at the top", "- a\n", "rawi.yaml:1:1: the file must hold keys, such as sources:, not a list"},
		{"reference", "feed: &a {workers: 1}\ncrawl: *a\n", "rawi.yaml:2:8: references such as *a are not supported"},
		{"merge key", "feed: &a {workers: 1}\ncrawl:\n  <<: *a\n", "rawi.yaml:3:3: merge keys (<<) are not supported"},
		{"source file that is not there", "\nsource_files: [none.yaml]\n", "rawi.yaml:2: source_files: "},
		{"second mistake of a part", "outbound: {user_agent: '', timeout: 0s}\n", "outbound.header_timeout, timeout"},
		{"second mistake of a part", "feed: {workers: 0, timeout: 0s}\n", "feed.workers"},
		{
			"feed of two sources", oneSource + "  - name: messager\n    feeds: ['http://www.courrier.example/feed/?utm_source=x']\n",
			`source "messager": feed http://www.courrier.example/feed/?utm_source=x is one of source "courrier" too`,
		},
		{"feed twice", "sources: [{name: a, feeds: ['https://a.example/1', 'https://a.example/1#']}]\n", `source "a": feed https://a.example/1# stands twice`},
		{
			"section of two sources", "sources: [{name: a, sections: [{url: 'https://a.example/x'}]}, {name: b, sections: [{url: 'https://a.example/x/'}]}]\n",
			`source "b": section https://a.example/x/ is one of source "a" too`,
		},
		{"not YAML", "feed: [\n", "rawi.yaml"},
		{"scalar for a section", "feed: 5\n", "rawi.yaml:1:7: feed wants keys below it"},
		{"wrong value of a part", "crawl: {budget: 0}\n", "crawl."},
		{"source without an address", "sources: [{name: a}]\n", "neither feeds nor sections"},
		{"source that is no token", "sources: [{name: A b, feeds: ['https://a.example']}]\n", "a-z, 0-9 and -"},
		{"source twice", oneSource + "  - name: courrier\n    feeds: [https://b.example/feed]\n", "stands twice"},
		{"address of another scheme", "sources: [{name: a, feeds: ['file:///etc/passwd']}]\n", "no http or https address"},
		{"zone that does not exist", "sources: [{name: a, zone: Africa/Sale, feeds: ['https://a.example']}]\n", "no IANA time zone"},
		{"number without a group", `sources: [{name: a, number: '\d+', feeds: ['http://a.example']}]` + "\n", "wants a regular expression with a group"},
		{"allow that is no prefix", "sources: [{name: a, allow: [localhost], feeds: ['http://a.example']}]\n", "no address prefix"},
		{"interval of a source that is none", "sources: [{name: a, interval: bald, feeds: ['http://a.example']}]\n", `sources[].interval: "bald" wants a duration, such as 5s`},
		{"interval of a source too short", "sources: [{name: a, interval: 5s, feeds: ['http://a.example']}]\n", `source "a": interval: 5s wants 1m to 168h, or to be left out`},
		{"interval of a source too long", "sources: [{name: a, interval: 1000h, feeds: ['http://a.example']}]\n", "1000h wants 1m to 168h"},
		{"interval of a section too short", "sources: [{name: a, sections: [{url: 'http://a.example/x', interval: -1h}]}]\n", "interval of http://a.example/x: -1h wants"},
		{"budget below zero", "sources: [{name: a, budget: -1, sections: [{url: 'http://a.example/x'}]}]\n", `source "a": budget: -1 wants a number above zero`},
		{"budget of a section below zero", "sources: [{name: a, sections: [{url: 'http://a.example/x', budget: -2}]}]\n", "budget of http://a.example/x: -2 wants"},
		{"budget without sections", "sources: [{name: a, budget: 5, feeds: ['http://a.example']}]\n", "budget is for sections, and it has none"},
		{"full text that is no word for it", "sources: [{name: a, full_text: alway, feeds: ['http://a.example']}]\n", `full_text "alway": did you mean "always"?`},
		{"full text without feeds", "sources: [{name: a, full_text: never, sections: [{url: 'http://a.example/x'}]}]\n", "full_text says what feeds hold"},
		{"bundled list that does not exist", "source_files: [bundled:magreb]\n", `did you mean "maghreb"?`},
		{"admin without a port", "admin: {listen: localhost}\n", "admin.listen"},
		{"memory beyond the store", "dedup: {known: 99999h}\n", "dedup.known"},
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

func TestPaceOfASourceReachesItsFeedsAndSections(t *testing.T) {
	l, err := config.Load(write(t, "rawi.yaml", `sources:
  - {name: a, interval: 30m, budget: 20, full_text: always, feeds: ['http://a.example/1', 'http://a.example/2'], sections: [
      {url: 'http://a.example/x', links: /x/}, {url: 'http://a.example/y', interval: 1h30m, budget: 5}]}
  - {name: b, full_text: auto, feeds: ['http://b.example']}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := l.Sources[0], l.Sources[1]
	for _, f := range a.Polled() {
		if f.Interval != 30*time.Minute || f.FullText != feed.FullTextAlways || f.Outlet.Name != "a" {
			t.Errorf("feed %+v", f)
		}
	}
	sections := a.Watched()
	if s := sections[0]; s.Interval != 30*time.Minute || s.Budget != 20 || s.LinkPattern != "/x/" || s.Validate() != nil {
		t.Errorf("section %+v", s)
	}
	if s := sections[1]; s.Interval != 90*time.Minute || s.Budget != 5 {
		t.Errorf("section with a pace of its own %+v", s)
	}
	if f := b.Polled()[0]; f.Interval != 0 || f.FullText != feed.FullTextAuto {
		t.Errorf("feed %+v", f)
	}
}

func TestDurationsAreWrittenAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{"90m": "1h30m", "3600s": "1h", "168h": "168h", "10m": "10m", "90s": "1m30s", "10h0m5s": "10h0m5s", "0": "0s", "500ms": "500ms"} {
		var d, again config.Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, d, err, want)
		}
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Errorf("%s comes back as %s, %v", d, again, err)
		}
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
	if got := l.Summary(); got != "1 source from outlets.yaml: 1 feed, 0 section pages" {
		t.Errorf("summary %q", got)
	}
}

func TestSummarySaysWhereSourcesComeFrom(t *testing.T) {
	file := write(t, "rawi.yaml", "source_files: [outlets.yaml, 'bundled:maghreb']\n"+oneSource+"  - {name: pause, paused: true, feeds: ['https://courrier.example/feed']}\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "outlets.yaml"), []byte("sources: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := l.Summary()
	if !strings.Contains(got, " sources from "+file+", outlets.yaml, bundled:maghreb: ") || !strings.HasSuffix(got, " paused") {
		t.Errorf("got %q", got)
	}
}

func TestNoSourcesIsAWarning(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "name: desk\n"} {
		l, err := config.Load(write(t, "rawi.yaml", text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Warnings) != 1 || !strings.Contains(l.Warnings[0], "no sources: nothing will be fetched") {
			t.Errorf("%q: warnings %q", text, l.Warnings)
		}
		if got := l.Summary(); got != "0 sources: 0 feeds, 0 section pages" {
			t.Errorf("%q: summary %q", text, got)
		}
	}
}

func TestVariableOfTheWrongTypeSaysWhatIsWanted(t *testing.T) {
	for variable, want := range map[string]string{
		"RAWI_FEED_WORKERS=many": `environment variable RAWI_FEED_WORKERS: "many" wants a number, such as 8`,
		"RAWI_FEED_SPACING=5":    `environment variable RAWI_FEED_SPACING: "5" wants a duration, such as 5s`,
	} {
		if _, err := config.Load("", []string{variable}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", variable, err, want)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	for url, want := range map[string]string{
		"nats://a:4222": "nats://a:4222",
		"nats://desk:s3cret@a:4222,tls://s3cret@b:4222,nats://c": "nats://***@a:4222,tls://***@b:4222,nats://c",
		"nats://desk:s3cret/s3cret,s3cret@s3cret@a":              "nats://***@a",
		"desk:s3cret@a:4222":                                     "***@a:4222",
	} {
		l, err := config.Load("", []string{"RAWI_NATS_URL=" + url})
		if err != nil && (strings.Contains(err.Error(), "s3cret") || url == want) {
			t.Error(err)
		}
		for _, v := range l.Explain() {
			if v.Key == "nats.url" && v.Value != want {
				t.Errorf("%s is shown as %s, want %s", url, v.Value, want)
			}
		}
	}
	for _, text := range []string{
		"sources: [{name: a, feeds: ['ftp://desk:s3cret@a.example']}]\n",
		"sources: [{name: a, feeds: ['https://desk:s3cret%@a.example']}]\n",
		"sources: [{name: a, feeds: ['https://desk:s3cret@a.example', 'https://desk:s3cret@a.example']}]\n",
		"sources: [{name: a, sections: [{url: 'https://desk:s3cret@a.example', links: '('}]}]\n",
	} {
		_, err := config.Load(write(t, "rawi.yaml", text), nil)
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "a.example") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// TestSinksAreCountedAndNotShownAsAddressesInMemory has the effective configuration told twice: what varies is no value.
func TestSinksAreCountedAndNotShownAsAddressesInMemory(t *testing.T) {
	path := write(t, "rawi.yaml", oneSource+"sinks:\n  - {name: a, webhook: {url: 'https://desk.example/x'}}\n  - {name: b, file: {path: /var/lib/rawi/b.jsonl}}\n")
	l, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range l.Explain() {
		if v.Key == "sinks" && v.Value != "2 sinks" {
			t.Errorf("sinks are shown as %s", v.Value)
		}
		if strings.Contains(v.Value, "0x") {
			t.Errorf("%s is shown as %s", v.Key, v.Value)
		}
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
