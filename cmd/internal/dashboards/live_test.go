package main

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/cmd/internal/demo"
)

// press runs a daemon until the test ends, which reads one of the demo's outlets, and all of them from the moment on when it is told to.
func press(t *testing.T) (d *daemon.Daemon, read func()) {
	t.Helper()
	sites, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := sites.Config(t.TempDir())
	cfg.Heartbeat = 10 * time.Second // seldom enough that the line comes to rest between two, on a slow machine too
	full := cfg
	cfg.Sources = cfg.Sources[:1] // whose health is told soon: sources are counted at once, and then once a minute
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	d, err = daemon.Start(ctx, cfg, daemon.Options{Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := d.Wait(); err != nil {
			t.Errorf("daemon: %v", err)
		}
		if err := sites.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, func() { d.Reload(full, nil) }
}

// until waits for a condition, much longer than a slow machine takes.
func until(t *testing.T, what string, check func() bool) {
	t.Helper()
	deadline := time.After(6 * time.Minute)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !check() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}

func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

// busy waits until everything was read, merged and told, and a heartbeat came through every stage.
func busy(t *testing.T, d *daemon.Daemon) (metrics string) {
	t.Helper()
	until(t, "the demo's articles are told", func() bool {
		idle, err := d.Idle(t.Context())
		return err == nil && idle
	})
	until(t, "heartbeats come through, and sources are counted", func() bool {
		_, body := get(t, "http://"+d.AdminAddress()+"/metrics")
		metrics = string(body)
		return strings.Contains(metrics, `rawi_source_healthy{`) &&
			!regexp.MustCompile(`rawi_heartbeat_seen_timestamp_seconds\{[^}]*\} 0\n`).MatchString(metrics)
	})
	return metrics
}

// series are the label sets of each metric.
type series map[string][]map[string]string

func parse(metrics string) series {
	found := series{}
	line := regexp.MustCompile(`^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? `)
	label := regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	for text := range strings.Lines(metrics) {
		m := line.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		labels := map[string]string{}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			labels[l[1]] = l[2]
		}
		found[m[1]] = append(found[m[1]], labels)
	}
	return found
}

// added are labels and series that Prometheus makes itself.
func (s series) added(t *testing.T) {
	t.Helper()
	for name, sets := range s {
		for _, labels := range sets {
			if labels["job"] != "" || labels["instance"] != "" {
				t.Errorf("%s has a label that scraping would write over", name)
			}
			labels["job"], labels["instance"] = "rawi", "127.0.0.1:8420"
		}
	}
	s["up"] = []map[string]string{{"job": "rawi", "instance": "127.0.0.1:8420"}}
	s["ALERTS"] = []map[string]string{{"alertname": "Rawi.*", "alertstate": "firing"}}
	for _, r := range readRules(t, "rules.yml") {
		labels := map[string]string{}
		for _, by := range groupedBy(r.Expr) {
			labels[by] = ""
		}
		labels["job"] = "rawi"
		for _, stage := range s["rawi_stage_messages_total"] {
			with := maps.Clone(labels)
			if _, ok := with["stage"]; ok {
				with["stage"] = stage["stage"]
			}
			s[r.Record] = append(s[r.Record], with)
		}
	}
}

// has reports whether a selector's values exist, those that it rules out as well: a value that never comes is a mistake.
func (s series) has(m matcher, metric string) bool {
	for value := range strings.SplitSeq(m.value, "|") {
		ok := slices.ContainsFunc(s[metric], func(labels map[string]string) bool {
			v, has := labels[m.label]
			return has && v == value
		})
		if !ok {
			return false
		}
	}
	return true
}

// TestEveryExpressionAsksForWhatTheDaemonHas compares names, labels and values of labels with what a daemon at work serves. What it returns from a
// Prometheus is for the test with the tag prometheus.
func TestEveryExpressionAsksForWhatTheDaemonHas(t *testing.T) {
	d, read := press(t)
	read()
	found := parse(busy(t, d))
	found.added(t)
	for _, e := range append(panelExpressions(), ruleExpressions(t)...) {
		known := map[string]bool{}
		for _, s := range selectorsOf(e.expr) {
			if len(found[s.metric]) == 0 {
				t.Errorf("%s: no metric %s, in %s", e.where, s.metric, e.expr)
				continue
			}
			for _, m := range s.matchers {
				if !found.has(m, s.metric) {
					t.Errorf("%s: %s has no %s %q, in %s", e.where, s.metric, m.label, m.value, e.expr)
				}
			}
			for _, labels := range found[s.metric] {
				for l := range labels {
					known[l] = true
				}
			}
		}
		for _, by := range groupedBy(e.expr) {
			if !known[by] {
				t.Errorf("%s: grouped by %s, which nothing has, in %s", e.where, by, e.expr)
			}
		}
	}
}
