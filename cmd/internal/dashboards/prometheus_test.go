//go:build prometheus

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tool finds a program of Prometheus, and fails where it is not installed: this test is for machines that have it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v: install Prometheus, on Debian apt-get install prometheus", err)
	}
	return path
}

func promtool(t *testing.T, dir string, in []byte, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool(t, "promtool"), args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestPromtoolTakesTheRules(t *testing.T) {
	t.Parallel()
	promtool(t, prometheusDir, nil, "check", "rules", "rules.yml", "alerts.yml")
}

func TestPromtoolTakesTheConfigurationOfCompose(t *testing.T) {
	t.Parallel()
	promtool(t, composeDir, nil, "check", "config", "--syntax-only", "prometheus.yml") // its rule files stand elsewhere in the container
}

func TestAlertsFireWhereTheyShould(t *testing.T) {
	t.Parallel()
	promtool(t, prometheusDir, nil, "test", "rules", "tests.yml")
}

// free is an address on loopback where nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// server is a Prometheus that scrapes a daemon and evaluates the committed rules.
type server struct{ url string }

func serve(t *testing.T, admin string) server {
	t.Helper()
	rules, err := filepath.Abs(prometheusDir)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := fmt.Sprintf(`
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [%q, %q]
scrape_configs: [{job_name: rawi, static_configs: [{targets: [%q]}]}]
`, filepath.Join(rules, "rules.yml"), filepath.Join(rules, "alerts.yml"), admin)
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	address := free(t)
	var log bytes.Buffer
	cmd := exec.Command(tool(t, "prometheus"), "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), //nolint:noctx // ended below
		"--web.listen-address="+address, "--log.level=warn")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("prometheus: %v\n%s", err, log.String())
		}
	})
	s := server{"http://" + address}
	until(t, "Prometheus is ready", func() bool {
		code, _ := get(t, s.url+"/-/ready")
		return code == 200
	})
	return s
}

// ask returns how many series an expression has, and whether one of them is a number.
func (s server) ask(t *testing.T, expr string) (n int, number bool, err error) {
	t.Helper()
	_, body := get(t, s.url+"/api/v1/query?query="+url.QueryEscape(expr))
	var answer struct {
		Error string
		Data  struct{ Result []struct{ Value [2]any } }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, false, fmt.Errorf("%w: %s", err, body)
	}
	if answer.Error != "" {
		return 0, false, fmt.Errorf("%s", answer.Error)
	}
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) {
			number = true
		}
	}
	return len(answer.Data.Result), number, nil
}

// empty are the expressions that have no data while all is well, with the reason. What they are made of is asked for by itself.
var empty = map[string]string{
	"rawi-sources: Ill":       "no outlet of the demo is ill",
	"every dashboard: starts": "for a minute after a start only",
}

// questions are all that has to have an answer: panels and recording rules whole, and of alerts, which are silent while all is well, what they are
// made of. The alerts themselves fire in tests.yml.
func questions(t *testing.T) (all []expression) {
	t.Helper()
	for _, e := range panelExpressions() {
		all = append(all, parts(e, empty[e.where] != "")...)
	}
	for _, r := range readRules(t, "rules.yml") {
		all = append(all, expression{"rules.yml: " + r.Record, r.Expr}, expression{"rules.yml: " + r.Record, r.Record})
	}
	for _, r := range readRules(t, "alerts.yml") {
		all = append(all, parts(expression{"alerts.yml: " + r.Alert, r.Expr}, true)...)
	}
	return all
}

func parts(e expression, split bool) (all []expression) {
	if !split {
		return []expression{e}
	}
	for _, s := range selectorsOf(e.expr) {
		all = append(all, expression{e.where, s.text})
	}
	return all
}

// TestEveryExpressionHasDataInAPrometheus scrapes a daemon that reads the demo's outlets.
func TestEveryExpressionHasDataInAPrometheus(t *testing.T) {
	t.Parallel()
	d, read := press(t)
	s := serve(t, d.AdminAddress())
	until(t, "Prometheus knows the daemon", func() bool {
		n, _, err := s.ask(t, `count_over_time(rawi_ready[1m]) > 1`)
		return err == nil && n == 1
	})
	read() // now that their coming can be seen
	metrics := busy(t, d)
	promtool(t, ".", []byte(metrics), "check", "metrics")

	open := questions(t)
	var left []string
	for began := time.Now(); len(open) > 0 && time.Since(began) < 6*time.Minute; {
		if left, open = s.unanswered(t, open); len(open) > 0 {
			until(t, "another scrape", s.scraped(t))
		}
	}
	for _, l := range left {
		t.Error(l)
	}
	for _, e := range panelExpressions() { // as they are written, also those without data
		if _, _, err := s.ask(t, e.expr); err != nil {
			t.Errorf("%s: %v, in %s", e.where, err, e.expr)
		}
	}
	s.rulesAreWell(t)
}

// unanswered are the questions without data, and what is wrong with each.
func (s server) unanswered(t *testing.T, open []expression) (why []string, left []expression) {
	t.Helper()
	for _, e := range open {
		n, number, err := s.ask(t, e.expr)
		if err == nil && n > 0 && number {
			continue
		}
		why = append(why, fmt.Sprintf("%s: %d series, a number among them: %v, %v: %s", e.where, n, number, err, e.expr))
		left = append(left, e)
	}
	return why, left
}

// scraped reports whether there was another scrape since it was made.
func (s server) scraped(t *testing.T) func() bool {
	t.Helper()
	last := func() string {
		_, body := get(t, s.url+"/api/v1/query?query="+url.QueryEscape(`timestamp(up)`))
		var answer struct {
			Data struct{ Result []struct{ Value [2]any } }
		}
		if json.Unmarshal(body, &answer) != nil || len(answer.Data.Result) == 0 {
			return ""
		}
		text, _ := answer.Data.Result[0].Value[1].(string)
		return text
	}
	before := last()
	return func() bool { return last() != before }
}

// rulesAreWell asks Prometheus what it makes of the rules: each is evaluated, and none of the alerts fires while all is well.
func (s server) rulesAreWell(t *testing.T) {
	t.Helper()
	_, body := get(t, s.url+"/api/v1/rules")
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError, State string }
			}
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	n := 0
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			n++
			if r.Health != "ok" || r.LastError != "" || r.State == "firing" {
				t.Errorf("rule %s: health %s, state %s, %s", r.Name, r.Health, r.State, r.LastError)
			}
		}
	}
	if want := len(readRules(t, "rules.yml")) + len(readRules(t, "alerts.yml")); n != want {
		t.Errorf("Prometheus has %d rules, want %d", n, want)
	}
}
