package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const prometheusDir = "../../../deployments/prometheus"

// rule is one of rules.yml and alerts.yml.
type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

func (r rule) name() string { return r.Record + r.Alert }

func readRules(t *testing.T, file string) (rules []rule) {
	t.Helper()
	body, err := os.ReadFile(prometheusDir + "/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Groups []struct {
			Name  string
			Rules []rule
		}
	}
	if err := yaml.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	for _, g := range doc.Groups {
		rules = append(rules, g.Rules...)
	}
	if len(rules) < 10 {
		t.Fatalf("%s has %d rules: the checks would pass on nothing", file, len(rules))
	}
	return rules
}

// expression is one of a panel or rule, with where it stands.
type expression struct{ where, expr string }

// asked puts in what Grafana puts in.
func asked(expr string) string {
	return strings.NewReplacer("$job", "rawi", "$__rate_interval", "5m").Replace(expr)
}

func panelExpressions() (all []expression) {
	for _, d := range append(allPanels(), located{"every dashboard", panel{title: "starts", of: one(startsExpr, "")}}) {
		for _, q := range d.of {
			all = append(all, expression{d.dashboard + ": " + d.title, asked(q.expr)})
		}
	}
	return all
}

type located struct {
	dashboard string
	panel
}

func allPanels() (panels []located) {
	for _, d := range all() {
		for _, p := range d.strip {
			panels = append(panels, located{d.uid, p})
		}
		for _, r := range d.rows {
			for _, p := range r.panels {
				panels = append(panels, located{d.uid, p})
			}
		}
	}
	return panels
}

func ruleExpressions(t *testing.T) (all []expression) {
	t.Helper()
	for _, file := range []string{"rules.yml", "alerts.yml"} {
		for _, r := range readRules(t, file) {
			all = append(all, expression{file + ": " + r.name(), r.Expr})
		}
	}
	return all
}

// selector chooses series: a metric's name and what its labels have to be.
type selector struct {
	text, metric string
	matchers     []matcher
}

type matcher struct{ label, is, value string }

var (
	selectors = regexp.MustCompile(`\b([a-zA-Z]\w*:[\w:]+|(?:rawi|process|go|promhttp)_\w+|up|ALERTS)\b(\{[^}]*\})?`)
	matchers  = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"`)
	grouping  = regexp.MustCompile(`\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)`)
	word      = regexp.MustCompile(`\b[a-zA-Z_]\w*\b`)
	duration  = regexp.MustCompile(`\[[^\]]*\]`)
)

func selectorsOf(expr string) (found []selector) {
	for _, m := range selectors.FindAllStringSubmatch(expr, -1) {
		s := selector{text: m[0], metric: m[1]}
		for _, x := range matchers.FindAllStringSubmatch(m[2], -1) {
			s.matchers = append(s.matchers, matcher{x[1], x[2], x[3]})
		}
		found = append(found, s)
	}
	return found
}

// groupedBy are the labels by which an expression groups or joins.
func groupedBy(expr string) (labels []string) {
	for _, m := range grouping.FindAllStringSubmatch(expr, -1) {
		labels = append(labels, word.FindAllString(m[1], -1)...)
	}
	return labels
}

// language is what else an expression is made of.
func language() []string {
	return strings.Fields("sum max min count by on and or unless rate increase histogram_quantile time vector topk abs changes absent group_left")
}

// TestExpressionsAreMadeOfKnownWords finds what is neither a metric nor of the language, such as a metric whose prefix is misspelt.
func TestExpressionsAreMadeOfKnownWords(t *testing.T) {
	for _, e := range append(panelExpressions(), ruleExpressions(t)...) {
		if strings.Count(e.expr, "(") != strings.Count(e.expr, ")") || strings.Count(e.expr, "{") != strings.Count(e.expr, "}") {
			t.Errorf("%s: brackets are left open in %s", e.where, e.expr)
		}
		rest := selectors.ReplaceAllString(e.expr, "")
		rest = duration.ReplaceAllString(grouping.ReplaceAllString(rest, ""), "")
		for _, w := range word.FindAllString(rest, -1) {
			if !slices.Contains(language(), w) {
				t.Errorf("%s: what is %q in %s?", e.where, w, e.expr)
			}
		}
	}
}
