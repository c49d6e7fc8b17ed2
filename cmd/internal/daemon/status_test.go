package daemon_test

import (
	"encoding/json"
	"testing"

	"rawi/pipeline"
)

func TestStatusNamesEveryStage(t *testing.T) {
	d, _ := start(t, startSites(t).Config(t.TempDir()))
	wait(t, "the press to be read", d.Idle)
	var report pipeline.Report
	if err := json.Unmarshal([]byte(get(t, d, "/status")), &report); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range report.Stages {
		names[s.Name] = true
	}
	for _, want := range []string{"feed", "crawl", "language", "extract-fr", "extract-ar", "dedup", "publish"} {
		if !names[want] {
			t.Errorf("the status lacks %s: %+v", want, report.Stages)
		}
	}
	if report.Sum == nil {
		t.Error("the status lacks the account")
	}
}
