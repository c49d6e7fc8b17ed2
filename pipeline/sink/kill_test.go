package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
)

// childURL and childPath turn the test binary into a process with one file sink, to be killed.
const (
	childURL  = "RAWI_TEST_SINK_URL"
	childPath = "RAWI_TEST_SINK_PATH"
)

func child(url, path string) int {
	ctx := context.Background()
	stories, err := client.Connect(ctx, client.Options{URL: url})
	if err == nil {
		err = Start(ctx, Parts{
			Stories: stories, Outbound: outbound.Default(), Log: quiet(), Count: func(string, string) {},
			Bury: func(context.Context, message.Dead) error { return nil }, ackWait: time.Second,
		}).Apply([]Config{killed(path)})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	select {} // until it is killed
}

func killed(path string) Config {
	return Config{Name: "archive", From: FromBeginning, File: &File{Path: path}}
}

// TestAKilledSinkLosesNothing kills a process in the middle of writing, several times, and once with a line half written.
func TestAKilledSinkLosesNothing(t *testing.T) {
	s, path := open(t), archive(t).File.Path
	const kills, each = 4, 200
	for kill := range kills {
		proc := exec.CommandContext(t.Context(), os.Args[0])
		proc.Env = append(os.Environ(), childURL+"="+s.url, childPath+"="+path)
		proc.Stderr = os.Stderr
		if err := proc.Start(); err != nil {
			t.Fatal(err)
		}
		was := size(path)
		for i := range each {
			s.put(story(fmt.Sprintf("s%d-%d", kill, i), 1))
		}
		eventually(t, "the sink writes", func() bool { return size(path) > was })
		if err := proc.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = proc.Wait() // killed
		tear(t, path)
	}
	s.parts.ackWait = time.Second
	set := s.run(killed(path))
	eventually(t, "everything is written", func() bool { return status(t, set).Delivered > 0 && wholeStories(t, path) == kills*each })
	set.Close() // what it writes is written
	all := pairs(t, path)
	if len(unique(all)) != kills*each {
		t.Errorf("%d stories are written, want %d", len(unique(all)), kills*each)
	}
	if repeated := len(all) - kills*each; repeated > kills*most {
		t.Errorf("%d lines stand twice, want %d at most", repeated, kills*most)
	}
}

// tear leaves what a kill in the middle of a write does.
func tear(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"type":"story.v1","id":"s`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// wholeStories counts the stories of a file that is being written: its last line may not be whole yet.
func wholeStories(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for line := range bytes.Lines(data) {
		var s message.Story
		if line[len(line)-1] == '\n' && json.Unmarshal(line, &s) == nil {
			ids[fmt.Sprintf("%s.%d", s.ID, s.Revision)] = true
		}
	}
	return len(ids)
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func unique(all []string) map[string]bool {
	set := map[string]bool{}
	for _, p := range all {
		set[p] = true
	}
	return set
}

// TestAStopHandsBack has what a stopped sink held come to the next one without the ack wait.
func TestAStopHandsBack(t *testing.T) {
	s := open(t)
	s.parts.ackWait = 20 * time.Minute
	server := refusing(t)
	c := hook(server, nil)
	set := s.run(c)
	s.put(story("s1", 1))
	eventually(t, "the receiver was asked", func() bool { return server.asked() > 0 })
	set.Close()
	server.accept()
	began := time.Now()
	delivered(t, s.run(c), 1)
	if took := time.Since(began); took > 5*time.Minute {
		t.Errorf("it came after %s", took)
	}
}
