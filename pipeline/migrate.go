package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"

	"rawi/pipeline/client"
)

// movedFile stands in the directory of a store whose content lives on another server now.
const movedFile = "MOVED"

// bucketPrefix is that of the streams behind buckets.
const bucketPrefix = "KV_"

// Where the embedded server keeps its store below the directory that it is given, and there the streams of its only account.
const (
	storeFolder   = "jetstream"
	streamsFolder = storeFolder + "/$G/streams"
)

// Moved is one stream or bucket that Migrate has brought over.
type Moved struct {
	Stream    string `json:"stream"`
	Messages  uint64 `json:"messages"`
	LastSeq   uint64 `json:"last_seq"`
	Consumers int    `json:"consumers"`
	Already   bool   `json:"already,omitempty"` // it was there, from an earlier try
}

// Watch is who hears of a migration; what is nil is not told.
type Watch struct {
	Moved   func(Moved)                            // of every stream once it is known to be the same
	Copying func(stream string, done, total int64) // bytes of a stream that are on their way, of all that it has
}

// Migrate copies the embedded server's store in dir to the server that cfg names: every stream and bucket with its sequences, times and message
// ids, and every consumer with its place, so that a pipeline goes on there as if nothing had been. No daemon may run on dir; what it holds stays
// as it is, and at the end a mark in it keeps it from being used again by mistake. The target must hold no other data of a pipeline. Each
// stream arrives whole or not at all, and all are compared with the originals; a try that was cut short is repeated.
func Migrate(ctx context.Context, dir string, cfg Config, log *slog.Logger, watch Watch) (err error) {
	if cfg.NATS.URL == "" {
		return errors.New("nats.url is empty: it has to name the server to move to")
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, storeFolder)); err != nil {
		return fmt.Errorf("%s holds no store of an embedded server: %w", dir, err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	to, err := connect(cfg, log, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close(ctx)) }()
	m := migration{dir: dir, lock: lock, to: to, log: log, watch: watch}
	if err := to.unlessRefused(ctx, m.run); err != nil {
		return to.unfit(err)
	}
	mark := fmt.Sprintf("%s on %s\n", client.Redacted(cfg.NATS.URL), time.Now().UTC().Format(time.DateTime))
	if err := os.WriteFile(filepath.Join(dir, movedFile), []byte(mark), 0o600); err != nil {
		return fmt.Errorf("everything is copied, but %s cannot be marked as moved: %w", dir, err)
	}
	return nil
}

// checkMoved fails where the store in dir was moved elsewhere: a daemon on it would tell everything a second time, and differently.
func checkMoved(dir string) error {
	where, err := os.ReadFile(filepath.Join(dir, movedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	path := filepath.Join(dir, movedFile)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return fmt.Errorf("the store in %s was moved to %s: set nats.url, or remove %s to go on with the old one", dir, strings.TrimSpace(string(where)), path)
}

// migration copies the streams of a store to a bus.
type migration struct {
	dir  string
	lock *os.File // of dir
	to   *Bus
	log  *slog.Logger

	watch Watch
}

// run looks at both sides, copies while no server runs on the store, and compares.
func (m migration) run(ctx context.Context) error {
	if err := m.to.patiently(ctx, m.to.Ready); err != nil {
		return err
	}
	var streams []*jetstream.StreamInfo
	var there map[string]bool
	err := m.reading(ctx, func(from *Bus) (err error) {
		if streams, err = m.survey(ctx, from); err == nil {
			there, err = m.present(ctx, from, streams)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range streams {
		name := s.Config.Name
		if there[name] {
			continue
		}
		if err := m.copy(ctx, s); err != nil {
			return fmt.Errorf("copy stream %s: %w", name, err)
		}
	}
	return m.reading(ctx, func(from *Bus) error { return m.compare(ctx, from, streams, there) })
}

// copy sends one stream as it lies on the disk.
func (m migration) copy(ctx context.Context, s *jetstream.StreamInfo) error {
	dir := filepath.Join(m.dir, streamsFolder, s.Config.Name)
	total, err := sizeOf(dir)
	if err != nil {
		return err
	}
	done := int64(0)
	told := func(n int) {
		if done += int64(n); m.watch.Copying != nil {
			m.watch.Copying(s.Config.Name, min(done, total), total)
		}
	}
	return m.to.restore(ctx, dir, restoring{m.wanted(s.Config), s.State, told})
}

// sizeOf is how many bytes the files below a directory hold.
func sizeOf(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

// reading runs a server on the store, which nobody but us reaches, for as long as f takes.
func (m migration) reading(ctx context.Context, f func(from *Bus) error) (err error) {
	cfg := Default()
	cfg.Dir, cfg.StartTimeout = m.dir, m.to.cfg.StartTimeout
	cfg.MaxStoreBytes = math.MaxInt64 / 2 // whatever the limit was under which it was filled
	shared, err := unix.Dup(int(m.lock.Fd()))
	if err != nil {
		return err
	}
	held, err := startLocked(os.NewFile(uintptr(shared), m.lock.Name()), cfg, serverOptions(cfg, "", -1), m.log)
	if err != nil {
		return err
	}
	from, err := connect(cfg, m.log, held)
	if err != nil {
		return errors.Join(err, held.close())
	}
	defer func() { err = errors.Join(err, from.Close(ctx)) }()
	return f(from)
}

// compare tells of every stream, and fails where one is not the same on both sides.
func (m migration) compare(ctx context.Context, from *Bus, streams []*jetstream.StreamInfo, there map[string]bool) error {
	for _, s := range streams {
		name := s.Config.Name
		if err := m.settle(ctx, from, name); err != nil {
			return fmt.Errorf("stream %s was copied and is not the same: %w", name, err)
		}
		if m.watch.Moved != nil {
			m.watch.Moved(Moved{Stream: name, Messages: s.State.Msgs, LastSeq: s.State.LastSeq, Consumers: s.State.Consumers, Already: there[name]})
		}
	}
	return nil
}

// survey lists the streams of the store, the pipeline's in the order of the flow, and fails where one would not fit.
func (m migration) survey(ctx context.Context, from *Bus) ([]*jetstream.StreamInfo, error) {
	var streams []*jetstream.StreamInfo
	list := from.js.ListStreams(ctx)
	for s := range list.Info() {
		streams = append(streams, s)
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("list the streams of the store: %w", err)
	}
	if len(streams) == 0 {
		return nil, errors.New("the store is empty: nothing is to be moved, start with the new configuration")
	}
	slices.SortStableFunc(streams, func(a, b *jetstream.StreamInfo) int { return flowOrder(a.Config.Name) - flowOrder(b.Config.Name) })
	for _, s := range streams {
		if limit := m.wanted(s.Config).MaxBytes; limit > 0 && s.State.Bytes > uint64(limit) {
			return nil, fmt.Errorf("stream %s has %d bytes, and max_store_bytes %d gives it %d: raise it",
				s.Config.Name, s.State.Bytes, m.to.cfg.MaxStoreBytes, limit)
		}
	}
	return streams, nil
}

// wanted is the configuration of a stream at its new place.
func (m migration) wanted(c jetstream.StreamConfig) jetstream.StreamConfig {
	for _, l := range layouts() {
		if l.name == c.Name {
			return l.onto(c, m.to.cfg)
		}
	}
	c.Replicas = m.to.cfg.Replicas
	if bucket, ok := strings.CutPrefix(c.Name, bucketPrefix); ok {
		c.MaxBytes = m.to.bucketConfig(bucket, c.MaxAge).MaxBytes
	}
	return c
}

// present says which of the streams the target has already, and fails where what it has is something else.
func (m migration) present(ctx context.Context, from *Bus, streams []*jetstream.StreamInfo) (map[string]bool, error) {
	there := map[string]bool{}
	for _, s := range streams {
		name := s.Config.Name
		_, err := m.to.js.Stream(ctx, name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			continue
		}
		if err == nil {
			err = m.same(ctx, from, name)
		}
		if err != nil {
			return nil, fmt.Errorf("the target has a stream %s of its own (%w): move to a server or an account without data of rawi", name, err)
		}
		there[name] = true
	}
	for _, l := range layouts() {
		if slices.ContainsFunc(streams, func(s *jetstream.StreamInfo) bool { return s.Config.Name == l.name }) {
			continue
		}
		if _, err := m.to.js.Stream(ctx, l.name); err == nil {
			return nil, fmt.Errorf("the target has a stream %s and the store has none: move to a server or an account without data of rawi", l.name)
		}
	}
	return there, nil
}

// settle waits until the copy is the same: a cluster takes a moment to make consumers again.
func (m migration) settle(ctx context.Context, from *Bus, name string) error {
	for began := time.Now(); ; {
		err := m.same(ctx, from, name)
		if err == nil || time.Since(began) > m.to.cfg.StartTimeout || !pause(ctx, 200*time.Millisecond) {
			return err
		}
	}
}

// same compares a stream and its durable consumers on both sides.
func (m migration) same(ctx context.Context, store *Bus, name string) error {
	from, err := store.js.Stream(ctx, name)
	if err != nil {
		return err
	}
	to, err := m.to.js.Stream(ctx, name)
	if err != nil {
		return err
	}
	a, b := from.CachedInfo().State, to.CachedInfo().State
	bounds := a.FirstSeq == b.FirstSeq && a.FirstTime.Equal(b.FirstTime) || a.Msgs == 0 // an empty stream's are not kept
	if a.Msgs != b.Msgs || a.LastSeq != b.LastSeq || !bounds || !a.LastTime.Equal(b.LastTime) {
		return fmt.Errorf("%d messages, sequences %d to %d, instead of %d messages, %d to %d", b.Msgs, b.FirstSeq, b.LastSeq, a.Msgs, a.FirstSeq, a.LastSeq)
	}
	consumers := from.ListConsumers(ctx)
	for c := range consumers.Info() {
		if c.Config.Durable == "" {
			continue // of a reader that is gone
		}
		if err := m.samePlace(ctx, c); err != nil {
			return err
		}
	}
	return consumers.Err()
}

func (m migration) samePlace(ctx context.Context, is *jetstream.ConsumerInfo) error {
	cons, err := m.to.js.Consumer(ctx, is.Stream, is.Name)
	if err != nil {
		return fmt.Errorf("consumer %s: %w", is.Name, err)
	}
	has := cons.CachedInfo()
	if has.AckFloor.Stream != is.AckFloor.Stream || has.AckFloor.Consumer != is.AckFloor.Consumer || has.Delivered.Stream != is.Delivered.Stream ||
		has.Delivered.Consumer != is.Delivered.Consumer || has.NumAckPending != is.NumAckPending || has.NumPending != is.NumPending {
		return fmt.Errorf("consumer %s is at %d with %d waiting, instead of %d with %d",
			is.Name, has.AckFloor.Stream, has.NumPending, is.AckFloor.Stream, is.NumPending)
	}
	return nil
}
