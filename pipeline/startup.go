package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// beforeStart looks at a directory before anything is written to it, and refuses what a start would spoil.
func beforeStart(cfg Config) error {
	if err := checkLayout(cfg.Dir); err != nil {
		return err
	}
	m, err := readManifest(cfg.Dir)
	if err != nil {
		return err
	}
	if err := m.checkVersion(cfg.Dir, server.VERSION); err != nil {
		return err
	}
	last := m.Saved
	if last.IsZero() { // a store without a manifest
		last = newestBlock(cfg.Dir)
	}
	return checkAhead(cfg, last, time.Now())
}

// begin reads what the last process left and marks the store as in use.
func (e *embedded) begin() error {
	var err error
	if e.before, err = readManifest(e.cfg.Dir); err != nil {
		return err
	}
	e.unreadable.Store(e.before.Streams[streamState].Unreadable)
	if e.cfg.Accept != "" {
		e.log.Warn("what would stop the start is accepted: take the setting away after this start", "accept", e.cfg.Accept)
	}
	if late := time.Until(e.before.Saved); late > clockSlack {
		e.log.Warn("the clock is behind the store: articles get wrong times, set it right", "dir", e.cfg.Dir, "by", late, "last_written", e.before.Saved)
	}
	for _, l := range layouts() {
		e.had[l.name] = e.readers(l.name)
	}
	running := e.before
	running.Clean, running.Server, running.Format = false, server.VERSION, manifestFormat
	return running.write(e.cfg.Dir)
}

// sayUnclean tells of a store that was not closed. Nothing in it has to be rewound: the server syncs every message before it acknowledges
// it, so what a stage acknowledged cannot outlive what it stored. Positions of consumers may be some messages old; those come again, and
// their outputs are recognised.
func (e *embedded) sayUnclean(took time.Duration) {
	if !e.before.Saved.IsZero() && !e.before.Clean {
		e.log.Warn("the last process did not stop by itself, its store was read again", "dir", e.cfg.Dir, "took", took, "last_sign", e.before.Saved)
	}
}

// remember writes down what the store holds, for the next start to be held against.
func (e *embedded) remember(clean bool) {
	if e.distrusted.Load() {
		return // what stands there is of a clock, or a store, that could be trusted
	}
	m, err := e.manifest()
	m.Clean = clean
	if err == nil {
		err = m.write(e.cfg.Dir)
	}
	if err != nil {
		e.log.Warn("what the store holds was not written down, damage would be noticed less well", "dir", e.cfg.Dir, "err", err)
	}
}

// distrust leaves what is written down as it is.
func (e *embedded) distrust() { e.distrusted.Store(true) }

// stoppedAt are the positions on a stream at the last stop; nil where it was none, since they have moved after they were written down.
func (e *embedded) stoppedAt(stream string) map[string]position {
	if !e.before.Clean {
		return nil
	}
	return e.before.Streams[stream].Readers
}

// consumers is the directory of what the server keeps of the readers of a stream.
func (e *embedded) consumers(stream string) string {
	return filepath.Join(e.cfg.Dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", stream, "obs")
}

// readers are the consumers of a stream of which something was on the disk before the server started.
func (e *embedded) readers(stream string) []string {
	entries, _ := os.ReadDir(e.consumers(stream)) // there is none where nobody ever read
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names
}

// setAside moves what is left of a consumer that the server could not read out of its way: it would refuse to make the consumer again.
func (e *embedded) setAside(stream, consumer string) (to string, err error) {
	left := filepath.Join(e.consumers(stream), consumer)
	to = filepath.Join(e.cfg.Dir, "damaged", stream+"-"+consumer+"-"+time.Now().UTC().Format("20060102T150405.000"))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return "", err
	}
	return to, os.Rename(left, to)
}

// newest is the last time that the store knows of; zero for a server elsewhere.
func (b *Bus) newest() time.Time {
	if b.server == nil {
		return time.Time{}
	}
	saved := b.server.before.Saved
	newest := saved
	streams, err := b.server.streams()
	if err != nil {
		return newest
	}
	for _, s := range streams {
		last := s.State.LastTime
		if last.After(newest) && (saved.IsZero() || last.Sub(saved) < clockAhead) { // otherwise it is of a moment when the clock was wrong
			newest = last
		}
	}
	return newest
}

// newestBlock is when a message was last written to any stream, by the disk; zero where there is none.
func newestBlock(dir string) time.Time {
	var newest time.Time
	blocks, _ := filepath.Glob(filepath.Join(dir, server.JetStreamStoreDir, "*", "streams", "*", "msgs", "*.blk")) // the pattern is good
	for _, block := range blocks {
		if info, err := os.Stat(block); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}

// unusable is why a directory is not used, with what to do.
func unusable(dir, format string, args ...any) error {
	return errors.New("data directory " + dir + " " + fmt.Sprintf(format, args...))
}
