package sink

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

func TestStoriesAreLinesAndGoOnAfterAStop(t *testing.T) {
	s, c := open(t), archive(t)
	s.put(story("s1", 1), story("s2", 1))
	set := s.run(c)
	delivered(t, set, 2)
	set.Close()
	s.put(story("s1", 2))
	delivered(t, s.run(c), 1)
	same(t, pairs(t, c.File.Path), "s1.1", "s2.1", "s1.2")
}

func TestATornLineIsMended(t *testing.T) {
	whole := `{"id":"s0","revision":1}`
	for name, c := range map[string]struct {
		before string
		want   []string
	}{
		"torn":                    {whole + "\n" + `{"id":"s9","revi`, []string{"s0.1", "s1.1"}},
		"torn, and nothing else":  {`{"id":"s9","revi`, []string{"s1.1"}},
		"longer than one reading": {whole + "\n" + `{"id":"` + strings.Repeat("x", 200_000), []string{"s0.1", "s1.1"}},
		"zeros of a power cut":    {whole + "\n\x00\x00\x00", []string{"s0.1", "s1.1"}},
		"whole without its end":   {whole, []string{"s0.1", "s1.1"}},
		"whole":                   {whole + "\n", []string{"s0.1", "s1.1"}},
		"empty":                   {"", []string{"s1.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := File{Path: filepath.Join(t.TempDir(), "stories.jsonl")}
			if err := os.WriteFile(f.Path, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
			write(t, f, story("s1", 1))
			same(t, pairs(t, f.Path), c.want...)
		})
	}
}

// FuzzMend has a file end in a whole line whatever stands in it, without touching the lines before.
func FuzzMend(f *testing.F) {
	for _, text := range []string{"", "{}\n", "{}\n{", "{}", "\n\n", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		opened, err := openFile(File{Path: path, Sync: SyncNever}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer opened.close() //nolint:errcheck // it is only read
		got, err := os.ReadFile(path)
		whole := text[:strings.LastIndexByte(text, '\n')+1]
		if err != nil || !strings.HasPrefix(string(got), whole) || len(got) > 0 && got[len(got)-1] != '\n' || int64(len(got)) != opened.size {
			t.Errorf("%q became %q, size %d (%v)", text, got, opened.size, err)
		}
	})
}

// write appends stories with a sink's file of its own.
func write(t *testing.T, c File, stories ...message.Story) *file {
	t.Helper()
	f, err := openFile(c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.close() })
	for _, s := range stories {
		if err := f.write(deliveries(t, s)); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func deliveries(t *testing.T, stories ...message.Story) []*client.Delivery {
	t.Helper()
	var all []*client.Delivery
	for _, s := range stories {
		body, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, client.NewDelivery(s, body))
	}
	return all
}

func TestAFileThatIsFullIsPutAside(t *testing.T) {
	c := File{Path: filepath.Join(t.TempDir(), "stories.jsonl"), MaxBytes: leastMax, Keep: 2}
	beside := filepath.Join(filepath.Dir(c.Path), "stories-notes.jsonl") // not ours to remove
	if err := os.WriteFile(beside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := write(t, c)
	at := time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)
	f.now = func() time.Time { at = at.Add(time.Second); return at }
	long := story("s1", 1)
	long.Titles["ar"] = strings.Repeat("سلا ", 100_000)
	for i := range 5 {
		long.Revision = i + 1
		if err := f.write(deliveries(t, long)); err != nil {
			t.Fatal(err)
		}
	}
	same(t, pairs(t, c.Path), "s1.5")
	old, err := filepath.Glob(strings.TrimSuffix(c.Path, ".jsonl") + "-2*.jsonl")
	if err != nil || len(old) != 2 {
		t.Fatalf("put aside: %v (%v), want 2", old, err)
	}
	same(t, append(pairs(t, old[0]), pairs(t, old[1])...), "s1.3", "s1.4")
	if _, err := os.Stat(beside); err != nil {
		t.Error(err)
	}
}

func TestAFileThatWasMovedAwayIsBegunAnewWhenAsked(t *testing.T) {
	s, c := open(t), archive(t)
	set := s.run(c)
	s.put(story("s1", 1))
	delivered(t, set, 1)
	moved := c.File.Path + ".1"
	if err := os.Rename(c.File.Path, moved); err != nil {
		t.Fatal(err)
	}
	s.put(story("s2", 1))
	delivered(t, set, 2)
	for i := range 2 { // the second time it is where it belongs
		if err := set.Apply([]Config{c}); err != nil {
			t.Fatal(err)
		}
		s.put(story(fmt.Sprintf("s%d", 3+i), 1))
		delivered(t, set, uint64(3+i))
	}
	same(t, pairs(t, moved), "s1.1", "s2.1")
	same(t, pairs(t, c.File.Path), "s3.1", "s4.1")
}

// TestAWriteThatFailsLeavesNothingBehind has a file that cannot be written to for a while.
func TestAWriteThatFailsLeavesNothingBehind(t *testing.T) {
	c := File{Path: filepath.Join(t.TempDir(), "stories.jsonl")}
	f := write(t, c, story("s1", 1))
	good := f.f
	broken, err := os.Open(c.Path) // for reading
	if err != nil {
		t.Fatal(err)
	}
	defer broken.Close() //nolint:errcheck // it was only read
	f.f = broken
	if err := f.write(deliveries(t, story("s2", 1))); err == nil || !strings.Contains(err.Error(), "write "+c.Path) {
		t.Errorf("got %v", err)
	}
	f.f = good
	if err := f.write(deliveries(t, story("s2", 1))); err != nil {
		t.Fatal(err)
	}
	same(t, pairs(t, c.Path), "s1.1", "s2.1")
}

func TestOneFileHasOneWriter(t *testing.T) {
	c := File{Path: filepath.Join(t.TempDir(), "stories.jsonl")}
	write(t, c)
	if _, err := openFile(c, quiet()); err == nil || !strings.Contains(err.Error(), "is written by another process") {
		t.Errorf("got %v", err)
	}
	if _, err := openFile(File{Path: t.TempDir()}, quiet()); err == nil {
		t.Error("a folder is written to")
	}
	if _, err := openFile(File{Path: "/dev/null"}, quiet()); err == nil || !strings.Contains(err.Error(), "is no plain file") {
		t.Errorf("got %v", err)
	}
}

func TestAStoryOnSeveralLinesIsPutOnOne(t *testing.T) {
	f := write(t, File{Path: filepath.Join(t.TempDir(), "stories.jsonl")})
	if err := f.write([]*client.Delivery{client.NewDelivery(message.Story{}, []byte("{\n\"id\": \"s1\",\n\"revision\": 1}"))}); err != nil {
		t.Fatal(err)
	}
	same(t, pairs(t, f.cfg.Path), "s1.1")
}
