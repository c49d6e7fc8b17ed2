package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/cmd/internal/demo"
	"rawi/config"
)

// startOutlets runs a daemon on the first outlets of the demo press.
func startOutlets(t *testing.T, n int) (server string) {
	t.Helper()
	sites, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := sites.Config(t.TempDir())
	cfg.Sources = cfg.Sources[:n]
	return serve(t, sites, cfg)
}

// serve runs a daemon on the demo press until the test ends, and returns its server once everything was read: what comes later joins stories, and
// merges them.
func serve(t *testing.T, sites *demo.Sites, cfg config.Config) (server string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	d, err := daemon.Start(ctx, cfg, daemon.Options{Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := d.Wait(); err != nil {
			t.Error(err)
		}
		if err := sites.Close(); err != nil {
			t.Error(err)
		}
	})
	untilIdle(t, d)
	return d.Bus().ClientURL()
}

// rulesFile writes changed rules.
func rulesFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules.tsv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOtherRulesAreTriedOnLabelledReports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports.jsonl")
	if err := os.WriteFile(file, []byte(reports), 0o600); err != nil {
		t.Fatal(err)
	}
	strict := rulesFile(t, "bias\t-60\t-60\n")
	out, errs, code := command(t, "eval", "merge", file, "--what-if", strict)
	if code != 0 || !strings.HasPrefix(out, "split: 1 to 2 stories\n  - 1  Tétouan") || !strings.Contains(out, "\n  + 2  تطوان") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if !strings.Contains(out, `"today":{"reports":3`) || !strings.Contains(out, `"then":{"reports":3`) {
		t.Errorf("scores are missing in %s", out)
	}
	wrong := rulesFile(t, "biass\t1\t1\n")
	if _, errs, code := command(t, "eval", "merge", file, "--what-if", wrong); code != exitUsage || !strings.Contains(errs, `no rule "biass"`) {
		t.Errorf("%d: %s", code, errs)
	}
}

func TestReportsThatComeLateInOtherOrders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports.jsonl")
	if err := os.WriteFile(file, []byte(reports), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "eval", "merge", file, "--shuffle", "6h")
	if lines := strings.Count(out, "\n"); code != 0 || lines != orders+1 || strings.Count(out, `"changes":0`) != orders+1 {
		t.Errorf("%d: %s%s, want one line for each of %d orders, all alike", code, out, errs, orders+1)
	}
	if a, b := delay(1, "x", time.Hour), delay(2, "x", time.Hour); a == b || a >= time.Hour || a != delay(1, "x", time.Hour) {
		t.Errorf("delays %s and %s, want them to differ by order, below the hour, and the same each time", a, b)
	}
}

func TestOtherRulesAreTriedOnWhatIsKept(t *testing.T) {
	server := startOutlets(t, 8)
	before := storiesOf(t, server)
	most := 0
	for _, s := range before {
		most = max(most, len(s.Reports))
	}
	if most < 5 {
		t.Fatalf("no story has more than %d reports", most)
	}
	out, _ := rawi(t, server, 0, "replay", "--what-if", rulesFile(t, "bias\t-60\t-60\n"))
	if !strings.Contains(out, "split: 1 to ") || !strings.Contains(out, "nothing was sent") {
		t.Errorf("rules by which nothing is alike: %s", out)
	}
	if out, _ = rawi(t, server, 0, "replay", "--what-if", rulesFile(t, "# the same\n")); !strings.Contains(out, "would change 0 places") {
		t.Errorf("the same rules: %s", out)
	}
	if after := storiesOf(t, server); len(after) < len(before) {
		t.Errorf("%d stories, and %d before", len(after), len(before))
	}
	if _, errs := rawi(t, server, exitUsage, "replay", "--what-if", rulesFile(t, ""), "--source", "x"); !strings.Contains(errs, "leave --from") {
		t.Errorf("with --source: %s", errs)
	}
	if _, errs := rawi(t, server, exitUsage, "replay", "--since", "1h"); !strings.Contains(errs, "--from is missing") {
		t.Errorf("without --from: %s", errs)
	}
	if out, _ := rawi(t, server, 0, "stories", "--phase", "breaking"); strings.Count(out, "breaking") == 0 {
		t.Errorf("stories of today are not breaking: %s", out)
	}
}
