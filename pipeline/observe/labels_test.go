package observe_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/observe"
)

// hostile are values as pages, feeds and broken stages might bring them.
func hostile() (values []string) {
	for i := range 600 {
		values = append(values, fmt.Sprintf("x%d", i))
	}
	return append(values, "", "FR", "fr-Latn-x-\n", strings.Repeat("ء", 100), `"} 1`)
}

// scrape is the metrics' text after everything that takes a text was given hostile ones.
func scrape(t *testing.T) string {
	t.Helper()
	m := observe.New("test")
	for _, stage := range []string{"feed", "language"} {
		m.Stage(stage)
		m.AddHeartbeat(stage)
		m.Workers(stage, 1)
	}
	for _, v := range hostile() {
		m.Begin("language")
		m.End("language", "dropped", v, time.Second)
		m.Count("feed", "dead", v)
		m.Count("feed", v, v)
		m.Unread(v)
		m.Language(v)
		m.Decision(v, true)
		m.Agreement(0.5, false, v)
		m.Fetch(observe.FetchPage, v, time.Second)
	}
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	return body
}

// TestLabelsComeFromClosedLists bounds the number of series whatever comes from outside. Reasons are constants of the stages, counted up to a
// bound; names of sources come from the configuration, up to a bound of their own.
func TestLabelsComeFromClosedLists(t *testing.T) {
	languages := []string{"fr", "ar", "en", "es", "de", "it", "pt", "nl", "fa", "ur", "ca", "ro", "und", "other"}
	lists := map[string][]string{
		"stage":     {"feed", "language"},
		"result":    {"ok", "duplicate", "dropped", "retry", "dead"},
		"language":  languages,
		"languages": {"same", "across"},
		"host":      {"known", "new"},
		"outcome": {
			"new", "join", "copy", "revision", "mention", "merge", "hand", "retract", "other",
			"1xx", "2xx", "3xx", "304", "4xx", "404", "429", "5xx", "timeout", "unreachable", "forbidden", "stopped",
		},
		"kind":    {"feed", "page", "robots"},
		"version": {"test"},
	}
	body := scrape(t)
	label := regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	reasons := map[string]bool{}
	for line := range strings.Lines(body) {
		name, labels, _ := strings.Cut(line, "{")
		if !strings.HasPrefix(name, "rawi_") {
			continue
		}
		for _, pair := range label.FindAllStringSubmatch(labels, -1) {
			switch list, known := lists[pair[1]]; {
			case pair[1] == "le" || pair[1] == "go":
			case pair[1] == "reason":
				reasons[pair[2]] = true
			case !known:
				t.Errorf("%s has a label %s without a list of its values here", name, pair[1])
			case !slices.Contains(list, pair[2]):
				t.Errorf("%s has %s=%q, which is on no list", name, pair[1], pair[2])
			}
		}
	}
	if len(reasons) == 0 || len(reasons) > 51 {
		t.Errorf("%d reasons, want the first 50 and other", len(reasons))
	}
	if n := strings.Count(body, "\n"); n > 1500 {
		t.Errorf("%d lines of metrics from two stages", n)
	}
}

func TestOnlySoManySourcesHaveSeriesOfTheirOwn(t *testing.T) {
	m := observe.New("test")
	all := make([]observe.Outlet, 0, 600)
	for i := range 600 {
		all = append(all, observe.Outlet{Name: fmt.Sprintf("outlet%d", i), Healthy: true})
	}
	m.Outlets(all)
	m.Outlets(append([]observe.Outlet{{Name: "courrier", Look: time.Unix(1700000000, 0)}}, all...))
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	if n := strings.Count(body, "rawi_source_healthy{"); n != 500 {
		t.Errorf("%d sources have series, want 500", n)
	}
	for _, want := range []string{
		`rawi_source_healthy{source="courrier"} 0`, `rawi_source_last_look_timestamp_seconds{source="courrier"} 1.7e+09`,
		`rawi_source_newest_item_timestamp_seconds{source="courrier"} 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	m.Outlets(nil)
	if _, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics"); strings.Contains(body, "rawi_source_healthy{") {
		t.Error("sources that are gone still have series")
	}
}

func TestWhatGoesInAndComesOutIsCounted(t *testing.T) {
	m := observe.New("test")
	m.Stage("language")
	m.Begin("language")
	m.Emitted("language")
	m.End("language", "ok", "", time.Second)
	m.Received("feed")
	m.AddHeartbeat("dedup")
	m.Heartbeat("language", 2*time.Second)
	m.Stream("RAW", 10, 100, 2)
	m.Ready(true)
	m.Language("fr")
	m.Decision("join", true)
	m.DeadReasons("language", "panic")
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	for _, want := range []string{
		`rawi_stage_received_total{stage="language"} 1`, `rawi_stage_emitted_total{stage="language"} 1`, `rawi_stage_received_total{stage="feed"} 1`,
		`rawi_heartbeat_seen_timestamp_seconds{stage="dedup"} 0`, `rawi_heartbeat_duration_seconds_bucket{stage="language",le="5"} 1`,
		`rawi_heartbeat_duration_seconds_bucket{stage="language",le="1"} 0`,
		`rawi_store_bytes{stream="RAW"} 10`, `rawi_store_limit_bytes{stream="RAW"} 100`, `rawi_store_messages{stream="RAW"} 2`, `rawi_ready 1`,
		`rawi_articles_total{language="fr"} 1`, `rawi_articles_total{language="und"} 0`,
		`rawi_merge_decisions_total{languages="across",outcome="join"} 1`, `rawi_merge_decisions_total{languages="same",outcome="new"} 0`,
		`rawi_stage_dead_total{reason="panic",stage="language"} 0`, `rawi_fetch_total{kind="robots",outcome="5xx"} 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}
