package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

// fill writes a store of so many pages and states that a stage has read, and closes it.
func fillStore(t *testing.T, cfg Config, n int) {
	t.Helper()
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	for i := range n {
		put(t, b, raw(i), message.State{Type: message.StateV1, Story: message.Story{Type: message.StoryV1, ID: fmt.Sprintf("s%d", i), Revision: 1}})
	}
	stop := running(t, p)
	drained(t, p)
	stop()
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// reopen opens a store again and returns what it logs.
func reopen(t *testing.T, cfg Config) (b *Bus, log *bytes.Buffer, err error) {
	t.Helper()
	log = new(bytes.Buffer)
	b, err = Open(t.Context(), cfg, slog.New(slog.NewTextHandler(log, nil)))
	if err == nil {
		t.Cleanup(func() { _ = b.Close(context.WithoutCancel(t.Context())) })
	}
	return b, log, err
}

// inStore is a file of a stream.
func inStore(cfg Config, parts ...string) string {
	return filepath.Join(append([]string{cfg.Dir, "jetstream", "$G", "streams"}, parts...)...)
}

// spoil turns some bytes in the middle of a file around.
func spoil(t *testing.T, file string) {
	t.Helper()
	rewrite(t, file, func(b []byte) []byte {
		for i := len(b) / 2; i < min(len(b)/2+20, len(b)); i++ {
			b[i] ^= 0x55
		}
		return b
	})
}

func truncate(t *testing.T, file string) {
	t.Helper()
	rewrite(t, file, func(b []byte) []byte { return b[:len(b)/2] })
}

func rewrite(t *testing.T, file string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}

func TestDamageOfTheStatesRefusesTheStart(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 60)
	whole := cfg.Dir
	for name, damage := range map[string]func(t *testing.T, cfg Config){
		"a record":              func(t *testing.T, cfg Config) { t.Helper(); spoil(t, inStore(cfg, "STATE", "msgs", "1.blk")) },
		"a body":                spoilBody,
		"the end of a block":    func(t *testing.T, cfg Config) { t.Helper(); truncate(t, inStore(cfg, "STATE", "msgs", "1.blk")) },
		"a block that is gone":  func(t *testing.T, cfg Config) { t.Helper(); remove(t, inStore(cfg, "STATE", "msgs", "1.blk")) },
		"all blocks gone":       func(t *testing.T, cfg Config) { t.Helper(); remove(t, inStore(cfg, "STATE", "msgs")) },
		"a stream that is gone": func(t *testing.T, cfg Config) { t.Helper(); remove(t, inStore(cfg, "STATE")) },
		"a record and the index": func(t *testing.T, cfg Config) {
			t.Helper()
			spoilBody(t, cfg)
			remove(t, inStore(cfg, "STATE", "msgs", "index.db"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := cfg
			cfg.Dir = t.TempDir()
			if err := os.CopyFS(cfg.Dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			damage(t, cfg)
			for range 2 { // it stays refused
				openFails(t, cfg, cfg.Dir, "is damaged", "stream STATE lost", "RAWI_ACCEPT=damage")
			}
			cfg.Accept = "damage"
			b, log, err := reopen(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log.String(), "the store is damaged") || !strings.Contains(log.String(), "stream=STATE") {
				t.Errorf("the log does not say it:\n%s", log)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Error(err)
			}
			cfg.Accept = "" // once is enough
			if _, _, err := reopen(t, cfg); err != nil {
				t.Errorf("refused again: %v", err)
			}
		})
	}
}

// spoilBody changes letters inside a body, which no structure shows.
func spoilBody(t *testing.T, cfg Config) {
	t.Helper()
	rewrite(t, inStore(cfg, "STATE", "msgs", "1.blk"), func(b []byte) []byte {
		at := bytes.LastIndex(b, []byte(`"revision"`))
		if at < 0 {
			t.Fatal("no body in the block")
		}
		b[at+2] ^= 0x01
		return b
	})
}

func TestDamageThatTheServerMendsIsNoLoss(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 60)
	whole := cfg.Dir
	for name, c := range map[string]struct {
		damage func(t *testing.T, cfg Config)
		says   string
	}{
		"an index that is cut":    {func(t *testing.T, cfg Config) { t.Helper(); truncate(t, inStore(cfg, "STATE", "msgs", "index.db")) }, "checksum did not match"},
		"an index that is spoilt": {func(t *testing.T, cfg Config) { t.Helper(); spoil(t, inStore(cfg, "RAW", "msgs", "index.db")) }, "checksum did not match"},
		"a description of states": {func(t *testing.T, cfg Config) { t.Helper(); spoil(t, inStore(cfg, "STATE", "meta.inf")) }, "did not find a stream that was there"},
		"a description of pages":  {func(t *testing.T, cfg Config) { t.Helper(); remove(t, inStore(cfg, "RAW", "meta.inf")) }, "did not find a stream that was there"},
		"a checksum":              {func(t *testing.T, cfg Config) { t.Helper(); remove(t, inStore(cfg, "RAW", "meta.sum")) }, "did not find a stream that was there"},
		"the position of a stage": {func(t *testing.T, cfg Config) { t.Helper(); spoil(t, inStore(cfg, "RAW", "obs", "language", "o.dat")) }, "position of a reader is lost"},
		"a description of a stage": {func(t *testing.T, cfg Config) {
			t.Helper()
			spoil(t, inStore(cfg, "RAW", "obs", "language", "meta.inf"))
		}, "position of a reader is lost"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := cfg
			cfg.Dir = t.TempDir()
			if err := os.CopyFS(cfg.Dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			c.damage(t, cfg)
			b, log, err := reopen(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log.String(), c.says) || strings.Contains(log.String(), "messages are lost") {
				t.Errorf("want %q and no loss:\n%s", c.says, log)
			}
			readsOn(t, b, 60)
			if n := len(stored(t, b, streamState)); n != 60 {
				t.Errorf("%d states, want 60", n)
			}
		})
	}
}

// readsOn gives the stage one page more: what it reads again is recognised, and the new one is not passed over.
func readsOn(t *testing.T, b *Bus, want int) {
	t.Helper()
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	put(t, b, raw(1000))
	running(t, p)
	drained(t, p)
	if n := len(stored(t, b, streamLang)); n != want+1 {
		t.Errorf("%d labelled pages, want %d", n, want+1)
	}
}

// A stage that is ahead of its stream would pass over as many new pages as were lost.
func TestLostPagesAreSaidAndTheNextAreRead(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, cfg Config){
		"a record":             func(t *testing.T, cfg Config) { t.Helper(); spoil(t, inStore(cfg, "RAW", "msgs", "1.blk")) },
		"the end of a block":   func(t *testing.T, cfg Config) { t.Helper(); truncate(t, inStore(cfg, "RAW", "msgs", "1.blk")) },
		"a block that is gone": func(t *testing.T, cfg Config) { t.Helper(); remove(t, inStore(cfg, "RAW", "msgs", "1.blk")) },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t)
			fillStore(t, cfg, 60)
			damage(t, cfg)
			b, log, err := reopen(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log.String(), "messages are lost") || !strings.Contains(log.String(), "stream=RAW") {
				t.Errorf("the log does not say it:\n%s", log)
			}
			readsOn(t, b, 60)
		})
	}
}

// Positions have no checksum: one that is not that of the last stop is not believed.
func TestPositionThatIsNotThatOfTheStopIsSetBack(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 20)
	m, err := readManifest(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	at := m.Streams[streamRaw].Readers["language"]
	if at != (position{Delivered: 20, Finished: 20}) {
		t.Fatalf("the position that was written down is %+v", at)
	}
	for _, clean := range []bool{false, true} { // after a kill it has moved since it was written down
		m.Clean = clean
		m.Streams[streamRaw].Readers["language"] = position{Delivered: 15, Finished: 12, InHand: 3}
		if err := m.write(cfg.Dir); err != nil {
			t.Fatal(err)
		}
		b, log, err := reopen(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(log.String(), "the position of a stage is damaged"); said != clean {
			t.Errorf("clean %t: said %t\n%s", clean, said, log)
		}
		if clean {
			readsOn(t, b, 20)
			continue
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// What was stored after it was last written down is known by how far its readers had come.
func TestLossOfWhatWasNotWrittenDownYet(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 60)
	m, err := readManifest(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Clean, m.Streams[streamRaw] = false, mark{}
	if err := m.write(cfg.Dir); err != nil {
		t.Fatal(err)
	}
	remove(t, inStore(cfg, "RAW", "msgs", "index.db")) // a kill leaves none, or an old one
	spoil(t, inStore(cfg, "RAW", "msgs", "1.blk"))
	b, log, err := reopen(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "messages are lost") || !strings.Contains(log.String(), "and had 60") {
		t.Errorf("the log does not say it:\n%s", log)
	}
	readsOn(t, b, 60)
}

// Damage that is found while the server reads shortens a stream under the stage that has read it.
func TestStreamThatLosesItsEndWhileRunning(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 20)
	b, log, err := reopen(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.lookAtStore(t.Context())
	if strings.Contains(log.String(), "level=ERROR") {
		t.Fatalf("damage where there is none:\n%s", log)
	}
	b.server.ends[streamState] += 5 // as if it had been longer a minute ago
	b.lookAtStore(t.Context())
	if !strings.Contains(log.String(), "lost its end") || !strings.Contains(log.String(), "stream=STATE") {
		t.Errorf("it is not said:\n%s", log)
	}
	if !b.server.distrusted.Load() {
		t.Error("what is left of the states is written down as if it were all")
	}
}

func TestForeignDirectoriesAreRefusedAndNotTouched(t *testing.T) {
	file := func(name, body string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		make func(t *testing.T, dir string)
		says string
	}{
		"somebody's files":     {file("thesis.txt", "all my work"), "holds thesis.txt"},
		"a cluster node":       {file("jetstream/$SYS/_js_/_meta_/meta.inf", "{}"), "a node of a NATS cluster"},
		"a server's accounts":  {file("jetstream/ACC/streams/ORDERS/meta.inf", "{}"), "a NATS server with accounts (ACC)"},
		"streams of our names": {file("jetstream/$G/streams/RAW/meta.inf", `{"name":"RAW","subjects":["ore.>"]}`), `keeps ["ore.>"]`},
		"a newer rawi":         {file("rawi.json", `{"format":2}`), "a newer rawi"},
		"a newer NATS":         {file("rawi.json", `{"format":1,"nats_server":"2.99.0"}`), "NATS server 2.99.0"},
		"a spoilt manifest":    {file("rawi.json", "{"), "rawi.json cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t)
			c.make(t, cfg.Dir)
			before := tree(t, cfg.Dir)
			openFails(t, cfg, cfg.Dir, c.says)
			if after := tree(t, cfg.Dir); after != before {
				t.Errorf("the directory was touched: it held\n%sand holds\n%s", before, after)
			}
		})
	}
}

// tree lists a directory with sizes and times.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		info, infoErr := d.Info()
		if err = errors.Join(err, infoErr); err == nil {
			fmt.Fprintln(&out, path, info.Size(), info.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestOrdinaryDirectoriesAreTaken(t *testing.T) {
	cfg := testConfig(t)
	if err := os.Mkdir(filepath.Join(cfg.Dir, "lost+found"), 0o700); err != nil { // of a disk of its own
		t.Fatal(err)
	}
	fillStore(t, cfg, 3)
	remove(t, filepath.Join(cfg.Dir, manifestFile)) // a store of before there was one
	remove(t, filepath.Join(cfg.Dir, lockFile))
	b, log, err := reopen(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "by itself") {
		t.Errorf("something is wrong with it:\n%s", log)
	}
	if n := len(stored(t, b, streamRaw)); n != 3 {
		t.Errorf("%d pages, want 3", n)
	}
}

func TestUncleanStopIsSaid(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 3)
	m, err := readManifest(cfg.Dir)
	if err != nil || !m.Clean || m.Streams[streamRaw].Last != 3 {
		t.Fatalf("after a clean stop: %+v, %v", m, err)
	}
	for clean, want := range map[bool]bool{true: false, false: true} {
		m.Clean = clean
		if err := m.write(cfg.Dir); err != nil {
			t.Fatal(err)
		}
		b, log, err := reopen(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if now, err := readManifest(cfg.Dir); err != nil || now.Clean {
			t.Errorf("while it runs: %+v, %v", now, err)
		}
		if said := strings.Contains(log.String(), "did not stop by itself"); said != want {
			t.Errorf("clean %t: said %t\n%s", clean, said, log)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// Messages that went because of their age, or for newer ones of their subject, are not lost.
func TestWhatWentInOrderIsNoDamage(t *testing.T) {
	cfg := testConfig(t)
	fillStore(t, cfg, 60)
	b, _, err := reopen(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		put(t, b, message.State{Type: message.StateV1, Story: message.Story{Type: message.StoryV1, ID: fmt.Sprintf("s%d", i), Revision: 2}})
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	old := m.Streams[streamRaw]
	old.First, old.Oldest = 0, time.Now().Add(-5*day)
	m.Streams[streamRaw] = old
	if err := m.write(cfg.Dir); err != nil {
		t.Fatal(err)
	}
	if _, log, err := reopen(t, cfg); err != nil || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("damage was found: %v\n%s", err, log)
	}
}
