package daemon_test

import (
	"context"
	"strings"
	"testing"
)

func TestSourcesAreCountedByHowTheyAreDoing(t *testing.T) {
	cfg := startSites(t).Config(t.TempDir())
	cfg.Sources = cfg.Sources[:3]
	cfg.Sources[1].Paused = true
	cfg.Sources[2].Feeds = []string{strings.TrimSuffix(cfg.Sources[2].Feeds[0], "/") + "/none"}
	d, _ := start(t, cfg)
	wait(t, "the sources to be read", d.Idle)
	for _, want := range []string{`rawi_sources{state="ok"} 1`, `rawi_sources{state="paused"} 1`, `rawi_sources{state="failing"} 1`, `rawi_sources{state="silent"} 0`} {
		wait(t, "the metric "+want, func(context.Context) (bool, error) { return strings.Contains(get(t, d, "/metrics"), want), nil })
	}
}
