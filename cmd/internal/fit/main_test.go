package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/stages/dedup/match"
)

const reports = `{"id":"a","lang":"fr","published":"2024-05-01T10:00:00+01:00","title":"Salé : quatre suspects arrêtés","text":"La police a arrêté quatre suspects mercredi à Salé.","story":"s1","kind":"operation"}
{"id":"b","lang":"fr","published":"2024-05-01T12:00:00+01:00","title":"Quatre arrestations à Salé","text":"Quatre personnes ont été arrêtées mercredi à Salé par la police.","story":"s1","kind":"operation"}
{"id":"c","lang":"fr","published":"2024-05-01T13:00:00+01:00","title":"Football : le Wydad champion","text":"Le Wydad a remporté le championnat mercredi à Casablanca.","story":"s2","kind":"sport"}
`

func TestRunPrintsRulesAndHowTheyDo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "made.jsonl")
	if err := os.WriteFile(name, []byte(reports), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, report bytes.Buffer
	if err := run(t.Context(), []string{"-version", "7", name}, &out, &report); err != nil {
		t.Fatal(err)
	}
	rules, err := match.Parse(out.String())
	if err != nil || rules.Version != "7" {
		t.Errorf("version %q, error %v", rules.Version, err)
	}
	if !strings.HasPrefix(report.String(), "made.jsonl: pairs ") {
		t.Errorf("report %q", report.String())
	}
}

func TestRunSaysWhatItWants(t *testing.T) {
	var out, report bytes.Buffer
	if err := run(t.Context(), nil, &out, &report); err == nil || !strings.Contains(err.Error(), "labelled sets") {
		t.Errorf("error %v, want one that asks for labelled sets", err)
	}
}
