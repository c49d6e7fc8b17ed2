package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

// rawi runs a command against a server and wants its exit code.
func rawi(t *testing.T, server string, want int, args ...string) (out, errs string) {
	t.Helper()
	out, errs, code := command(t, append(args, "--server", server)...)
	if code != want {
		t.Fatalf("rawi %q gives %d, want %d: %s%s", args, code, want, out, errs)
	}
	return out, errs
}

// storiesOf are the stories that a server holds.
func storiesOf(t *testing.T, server string) map[string]message.Story {
	t.Helper()
	out, _ := rawi(t, server, 0, "stories", "--json")
	all := map[string]message.Story{}
	for line := range strings.Lines(out) {
		var s message.Story
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		all[s.ID] = s
	}
	return all
}

// until asks for the stories until they are as wanted.
func until(t *testing.T, server, what string, is func(map[string]message.Story) bool) map[string]message.Story {
	t.Helper()
	deadline, tick := time.After(5*time.Minute), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for {
		all := storiesOf(t, server)
		if is(all) {
			return all
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never: %s: %d stories", what, len(all))
		}
	}
}

func TestStoriesAreExplainedAndDecidedByHandWhileTheDaemonRuns(t *testing.T) {
	server, _ := startDaemon(t)
	all := storiesOf(t, server)
	ids := slices.Sorted(maps.Keys(all))
	if len(ids) < 2 {
		t.Fatalf("%d stories, want two", len(ids))
	}
	stays, goes := ids[0], ids[1]
	moved := all[goes].Reports[0].Article
	t.Logf("%d and %d reports", len(all[stays].Reports), len(all[goes].Reports))

	out, _ := rawi(t, server, 0, "story", "merge", stays, goes, "--reason", "une seule affaire", "--by", "Samira")
	if !strings.Contains(out, stays+"  merge r") || !strings.Contains(out, goes+"  merged into "+stays) {
		t.Errorf("merge says %s", out)
	}
	if out, _ = rawi(t, server, 0, "story", goes); !strings.HasPrefix(out, stays+" ") {
		t.Errorf("under its old id the story is %s", out)
	}
	out, _ = rawi(t, server, 0, "explain", moved, "--lang", "fr")
	if !strings.Contains(out, "Placé à la main") || !strings.Contains(out, "par Samira") || !strings.Contains(out, "une seule affaire") {
		t.Errorf("explained as:\n%s", out)
	}

	out, _ = rawi(t, server, 0, "story", "split", goes, moved, "--reason", "non, une autre", "--by", "Samira", "--json")
	var made message.Story
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&made); err != nil || made.SplitFrom != stays || made.Decision.Hand.Reason != "non, une autre" {
		t.Errorf("split says %s (%v)", out, err)
	}
	_, errs := rawi(t, server, 1, "story", "move", moved, stays, "--reason", "x", "--by", "Samira")
	if !strings.Contains(errs, "would be left empty") {
		t.Errorf("emptying a story: %s", errs)
	}
	rawi(t, server, 0, "story", "retract", moved, "--reason", "dépublié", "--by", "Samira")
	until(t, server, "the retracted story is gone", func(all map[string]message.Story) bool { return all[made.ID].ID == "" })
	if out, _ = rawi(t, server, 0, "explain", moved, "--lang", "ar"); !strings.Contains(out, "سُحب من القصة "+made.ID) {
		t.Errorf("explained as:\n%s", out)
	}
	rawi(t, server, 0, "story", "move", moved, stays, "--reason", "republié", "--by", "Samira")
	if out, _ = rawi(t, server, 0, "explain", moved, stays, "--json"); !strings.Contains(out, `"own":true`) || !strings.Contains(out, `"republié"`) {
		t.Errorf("put back: %s", out)
	}
}

func TestWrongDecisionsByHandAreRefusedAtOnce(t *testing.T) {
	server, _ := startDaemon(t)
	ids := slices.Sorted(maps.Keys(storiesOf(t, server)))
	if len(ids) == 0 {
		t.Fatal("there is no story")
	}
	story := ids[0]
	for _, tt := range []struct {
		want string
		code int
		args []string
	}{
		{"itself", 1, []string{"merge", story, story, "--reason", "x"}},
		{`no story "s9" is known; rawi stories`, 1, []string{"merge", story, "s9", "--reason", "x"}},
		{`no article "a9" is known`, 1, []string{"split", story, "a9", "--reason", "x"}},
		{"--reason", 2, []string{"merge", story, "s9"}},
		{"--reason", 2, []string{"merge", story, "s9", "--reason", " "}},
		{"no story", 1, []string{"nothing"}},
	} {
		if _, errs := rawi(t, server, tt.code, append(append([]string{"story"}, tt.args...), by(tt.args)...)...); !strings.Contains(errs, tt.want) {
			t.Errorf("%q says %s, want %s", tt.args, errs, tt.want)
		}
	}
	if err := (pipeline.NoAnswerError{Ruling: "h1", Waited: time.Second}); !strings.Contains(errors.Join(err).Error(), "rawi status") {
		t.Errorf("%v does not say what to do", err)
	}
}

func by(args []string) []string {
	if len(args) == 1 {
		return nil
	}
	return []string{"--by", "Samira"}
}

func TestADecisionWithoutAReasonOrANameSaysWhichIsMissing(t *testing.T) {
	for want, args := range map[string][]string{
		"--by is missing":     {"--reason", "une seule affaire"},
		"--reason is missing": {"--by", "Samira", "--reason", " "},
	} {
		var errs bytes.Buffer
		code := run(append([]string{"story", "merge", "s1", "s2", "--server", "nats://127.0.0.1:1"}, args...), environment{out: &errs, err: &errs})
		if code != exitUsage || !strings.Contains(errs.String(), want) {
			t.Errorf("%v: exit code %d, %s, want %s", args, code, errs.String(), want)
		}
	}
}
