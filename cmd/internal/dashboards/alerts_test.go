package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sections are the parts of the runbook by the anchor that a link to them has.
func sections(t *testing.T) map[string]string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(prometheusDir, "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for i, part := range strings.Split(string(body), "\n## ") {
		title, text, _ := strings.Cut(part, "\n")
		if i > 0 {
			found[strings.ToLower(strings.ReplaceAll(title, " ", "-"))] = text
		}
	}
	return found
}

func TestEveryAlertSaysWhatToDo(t *testing.T) {
	runbook := sections(t)
	linked := map[string]bool{}
	for _, a := range readRules(t, "alerts.yml") {
		if s := a.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s: severity %q is neither page nor ticket", a.Alert, s)
		}
		if a.Annotations["summary"] == "" || len(strings.Fields(a.Annotations["description"])) < 12 {
			t.Errorf("%s: summary %q, description %q: one line, and what to do about it", a.Alert, a.Annotations["summary"], a.Annotations["description"])
		}
		file, anchor, _ := strings.Cut(a.Annotations["runbook_url"], "#")
		text, ok := runbook[anchor]
		if file != "deployments/prometheus/runbook.md" || anchor != strings.ToLower(a.Alert) || !ok {
			t.Errorf("%s: %s leads to no section of the runbook", a.Alert, a.Annotations["runbook_url"])
		}
		if !strings.Contains(text, "```sh\nrawi ") {
			t.Errorf("%s: its section names no command to run", a.Alert)
		}
		linked[anchor] = true
	}
	for anchor := range runbook {
		if !linked[anchor] {
			t.Errorf("section %s of the runbook is of no alert", anchor)
		}
	}
}

// Links within the runbook lead somewhere.
func TestLinksWithinTheRunbookLeadSomewhere(t *testing.T) {
	runbook := sections(t)
	for anchor, text := range runbook {
		for _, link := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(text, -1) {
			if _, ok := runbook[link[1]]; !ok {
				t.Errorf("section %s links to %s, which is not there", anchor, link[1])
			}
		}
	}
}

// TestEveryAlertIsTested holds that tests.yml, which promtool runs, sees each alert fire and sees it silent.
func TestEveryAlertIsTested(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(prometheusDir, "tests.yml"))
	if err != nil {
		t.Fatal(err)
	}
	check := regexp.MustCompile(`alertname="(\w+)", alertstate="firing"\}\) or vector\(0\)', eval_time: \w+, exp_samples: \[\{value: (\d)\}\]`)
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, m := range check.FindAllStringSubmatch(string(body), -1) {
		if m[2] == "0" {
			silent[m[1]] = true
		} else {
			fires[m[1]] = true
		}
	}
	var names []string
	for _, a := range readRules(t, "alerts.yml") {
		names = append(names, a.Alert)
		if !fires[a.Alert] || !silent[a.Alert] {
			t.Errorf("%s: seen firing %v, seen silent %v; want both", a.Alert, fires[a.Alert], silent[a.Alert])
		}
	}
	for name := range silent { // a misspelt name is always silent
		if !slices.Contains(names, name) {
			t.Errorf("tests.yml tests %s, which is no alert", name)
		}
	}
}
