package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/demo"
	"rawi/cmd/internal/registry"
	"rawi/config"
)

// startDaemon runs a daemon on three outlets of the demo press, one of which has lost its feed, and returns its server and its configuration.
func startDaemon(t *testing.T) (server, file string) {
	t.Helper()
	sites, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := sites.Config(t.TempDir())
	cfg.Sources = cfg.Sources[:3]
	cfg.Sources[2].Feeds[0] += "/none"
	text, err := config.Format(cfg.Sources)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return serve(t, sites, cfg), file
}

// listed are the sources as rawi sources list tells them, by name.
func listed(t *testing.T, args ...string) map[string]registry.Entry {
	t.Helper()
	out, errs, code := command(t, append([]string{"sources", "list", "--json"}, args...)...)
	if code != 0 {
		t.Fatalf("%d: %s", code, errs)
	}
	all := map[string]registry.Entry{}
	for line := range strings.Lines(out) {
		var e registry.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all[e.Name] = e
	}
	return all
}

func TestSourcesAreListedPausedAndHastenedWhileTheDaemonRuns(t *testing.T) {
	server, file := startDaemon(t)
	at := []string{"--server", server, "-c", file}
	until := func(what string, is func(map[string]registry.Entry) bool) map[string]registry.Entry {
		t.Helper()
		deadline, tick := time.After(5*time.Minute), time.NewTicker(50*time.Millisecond)
		defer tick.Stop()
		for {
			all := listed(t, at...)
			if is(all) {
				return all
			}
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("never: %s: %+v", what, all)
			}
		}
	}
	all := until("every source was looked at", func(all map[string]registry.Entry) bool {
		for _, e := range all {
			if e.State == registry.StateNew {
				return false
			}
		}
		return len(all) == 3
	})
	e := all["atlas-presse"]
	if e.State != registry.StateOK || e.Country != "MA" || e.Watches[0].Items != 3 || !e.Watches[0].Next.After(time.Now()) {
		t.Errorf("atlas-presse: %+v", e)
	}
	last := e.Watches[0].Last
	run := func(want int, args ...string) (out, errs string) {
		t.Helper()
		out, errs, code := command(t, append(append([]string{"sources"}, args...), at...)...)
		if code != want {
			t.Errorf("rawi sources %v gives %d: %s%s", args, code, out, errs)
		}
		return out, errs
	}

	run(0, "pause", "atlas-presse")
	if paused := listed(t, append(at, "--state", "paused")...); len(paused) != 1 || paused["atlas-presse"].State != registry.StatePaused {
		t.Errorf("paused: %+v", paused)
	}
	if _, errs := run(2, "poll", "atlas-presse"); !strings.Contains(errs, "rawi sources resume atlas-presse first") {
		t.Errorf("poll of a paused source: %s", errs)
	}
	run(0, "resume", "atlas-presse")
	if out, _ := run(0, "poll", "atlas-presse", "--json"); strings.TrimSpace(out) != `{"due":["atlas-presse"]}` {
		t.Errorf("poll: %s", out)
	}
	until("it was looked at again", func(all map[string]registry.Entry) bool { return all["atlas-presse"].Watches[0].Last.After(last) })
	if _, errs := run(2, "pause", "atlas-presse", "nobody"); !strings.Contains(errs, `no source "nobody"`) {
		t.Errorf("pause of a source that is none: %s", errs)
	}

	out, _ := run(0, "show", "radio-cosmos")
	if !strings.Contains(out, "failing") || !strings.Contains(out, "404") || !strings.Contains(out, "rawi sources check http") {
		t.Errorf("a source that fails:\n%s", out)
	}
	if out, _ := run(0, "list", "--state", "failing"); strings.Count(out, "\n") != 3 || !strings.Contains(out, "1 source: 1 failing") {
		t.Errorf("sources that fail:\n%s", out)
	}
	if named := listed(t, "--server", server); named["atlas-presse"].State != registry.StateOK || len(named) != 3 {
		t.Errorf("without a configuration: %+v", named)
	}
}

func TestSourcesWithoutADaemonAreWhatTheConfigurationSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rawi.yaml")
	text := "nats: {url: 'nats://127.0.0.1:1'}\nsource_files: ['bundled:maghreb']\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, "sources", "list", "-c", file, "--country", "DZ", "--language", "fr")
	if code != 0 || !strings.Contains(errs, "no daemon answers") || !strings.Contains(out, "TSA Algérie") || strings.Contains(out, "STATE") || strings.Contains(out, "Hespress") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if _, errs, code := command(t, "sources", "list", "-c", file, "--state", "silent"); code != exitFailed || !strings.Contains(errs, "only a daemon knows") {
		t.Errorf("%d: %s", code, errs)
	}
	if _, errs, code := command(t, "sources", "list", "-c", file, "--state", "happy"); code != exitUsage || !strings.Contains(errs, "failing, silent") {
		t.Errorf("%d: %s", code, errs)
	}
	if out, _, code := command(t, "sources", "show", "-c", file, "tsa-ar"); code != 0 || !strings.Contains(out, "كل شيء عن الجزائر") || !strings.Contains(out, "with tsa-fr") {
		t.Errorf("%d: %s", code, out)
	}
	if _, errs, code := command(t, "sources", "pause", "-c", file, "tsa-ar"); code != exitFailed || !strings.Contains(errs, "is the server running there") {
		t.Errorf("%d: %s", code, errs)
	}
}
