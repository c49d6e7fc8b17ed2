package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"rawi/pipeline/client"
)

// file appends stories as lines. One goroutine writes; reopen may be called from others.
type file struct {
	cfg   File
	log   *slog.Logger
	f     *os.File
	size  int64
	again atomic.Bool // begin anew at the path before the next line
	now   func() time.Time
}

// openFile opens the file, makes it where it is not there, and mends its end.
func openFile(cfg File, log *slog.Logger) (*file, error) {
	f := &file{cfg: cfg, log: log, now: time.Now}
	if err := f.open(); err != nil {
		return nil, fmt.Errorf("file.path: %w", err)
	}
	return f, nil
}

func (f *file) open() error {
	opened, err := os.OpenFile(f.cfg.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	if err := f.take(opened); err != nil {
		return errors.Join(err, opened.Close())
	}
	return nil
}

func (f *file) take(opened *os.File) error {
	info, err := opened.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", f.cfg.Path)
	}
	if err := unix.Flock(int(opened.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return fmt.Errorf("%s is written by another process: %w", f.cfg.Path, err)
	}
	size, torn, err := mend(opened, info.Size())
	if err != nil {
		return fmt.Errorf("mend the last line of %s: %w", f.cfg.Path, err)
	}
	if torn > 0 {
		f.log.Warn("the last line was torn by a crash and is removed; its story comes again", "path", f.cfg.Path, "bytes", torn)
	}
	if f.cfg.Sync != SyncNever && info.Size() == 0 {
		if err := syncFolder(f.cfg.Path); err != nil {
			return err
		}
	}
	f.f, f.size = opened, size
	return nil
}

// mend makes a file end in a whole line. A line that is JSON and lacks its end only gets one; any other is removed: it was never acknowledged.
func mend(f *os.File, size int64) (now, torn int64, err error) {
	start, err := lastLine(f, size)
	if err != nil || start == size {
		return size, 0, err
	}
	line := make([]byte, size-start)
	if _, err := f.ReadAt(line, start); err != nil {
		return size, 0, err
	}
	if json.Valid(line) {
		_, err := f.WriteString("\n")
		return size + 1, 0, err
	}
	return start, size - start, f.Truncate(start)
}

// lastLine is where the text behind the last line end begins.
func lastLine(f *os.File, size int64) (int64, error) {
	block := make([]byte, 64<<10)
	for end := size; end > 0; {
		start := max(0, end-int64(len(block)))
		part := block[:end-start]
		if _, err := f.ReadAt(part, start); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// syncFolder makes a new name in a folder outlive a power cut.
func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (f *file) reopen() { f.again.Store(true) }

func (f *file) close() error { return f.f.Close() }

// run writes what comes until ctx ends. What has come together is written and forced to the disk together.
func (f *file) run(ctx context.Context, r *running) {
	come := make(chan *client.Delivery)
	reading, stop := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer stop()
	reader.Go(func() {
		defer close(come)
		for {
			d := r.next(reading)
			if d == nil {
				return
			}
			select {
			case come <- d:
			case <-reading.Done():
				return
			}
		}
	})
	for d := range come {
		if !f.keep(ctx, r, together(d, come)) {
			return
		}
	}
}

// most is how many stories are written together.
const most = client.DefaultBuffer

func together(first *client.Delivery, come <-chan *client.Delivery) []*client.Delivery {
	all := []*client.Delivery{first}
	for len(all) < most {
		select {
		case d, ok := <-come:
			if !ok {
				return all
			}
			all = append(all, d)
		default:
			return all
		}
	}
	return all
}

// keep writes stories, tries again until it succeeds, and acknowledges them; false where ctx ended before that.
func (f *file) keep(ctx context.Context, r *running, all []*client.Delivery) bool {
	for tries := 1; ; tries++ {
		err := f.write(all)
		if err == nil {
			break
		}
		r.failing(err)
		r.counted(Retried)
		d := min(firstWait<<min(tries-1, 20), time.Minute)
		if wait(ctx, d/2+rand.N(d/2+1)) != nil {
			return false
		}
	}
	r.works()
	for _, d := range all {
		r.counted(Delivered)
		if err := d.Ack(); err != nil { // it comes again, and is passed over while this process lives
			r.log.Debug("answer for a story not sent", "story", d.Story.ID, "err", err)
		}
	}
	return true
}

// write appends stories as lines, each in one file whole. Where it fails nothing of them stays.
func (f *file) write(all []*client.Delivery) error {
	if err := f.renew(); err != nil {
		return err
	}
	var lines bytes.Buffer
	for _, d := range all {
		if err := line(&lines, d.JSON()); err != nil {
			return fmt.Errorf("story %s: %w", d.Story.ID, err)
		}
	}
	if f.cfg.MaxBytes > 0 && f.size > 0 && f.size+int64(lines.Len()) > f.cfg.MaxBytes {
		if err := f.rotate(); err != nil {
			return fmt.Errorf("put %s aside: %w", f.cfg.Path, err)
		}
	}
	_, err := f.f.Write(lines.Bytes())
	if err == nil && f.cfg.Sync != SyncNever {
		err = f.f.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", f.cfg.Path, err), f.f.Truncate(f.size))
	}
	f.size += int64(lines.Len())
	return nil
}

// renew opens the file again where that was asked for.
func (f *file) renew() error {
	if !f.again.Load() {
		return nil
	}
	is, err := f.f.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(f.cfg.Path); err == nil && os.SameFile(is, there) {
		f.again.Store(false)
		return nil
	}
	old := f.f
	if err := f.open(); err != nil {
		return err
	}
	f.again.Store(false)
	return old.Close()
}

// aside is how the time stands in the name of a file that was put aside: names sort by it.
const aside = "20060102T150405.000000000"

// rotate puts the file aside under a name with the time, begins a new one, and removes those beyond what is kept.
func (f *file) rotate() error {
	old, stem, ext := f.f, strings.TrimSuffix(f.cfg.Path, filepath.Ext(f.cfg.Path)), filepath.Ext(f.cfg.Path)
	if err := old.Sync(); err != nil {
		return err
	}
	err := os.Rename(f.cfg.Path, stem+"-"+f.now().UTC().Format(aside)+ext)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // an earlier try went this far
		return err
	}
	if err := f.open(); err != nil {
		return err
	}
	if err := old.Close(); err != nil {
		f.log.Warn("file put aside not closed", "err", err)
	}
	f.thin(stem, ext)
	return nil
}

// thin removes the oldest files that were put aside.
func (f *file) thin(stem, ext string) {
	if f.cfg.Keep == 0 {
		return
	}
	entries, err := os.ReadDir(filepath.Dir(f.cfg.Path))
	if err != nil {
		f.log.Warn("files put aside not looked at", "err", err)
		return
	}
	var old []string
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), ext), filepath.Base(stem)+"-")
		if _, err := time.Parse(aside, stamp); ok && err == nil && strings.HasSuffix(e.Name(), ext) {
			old = append(old, filepath.Join(filepath.Dir(f.cfg.Path), e.Name()))
		}
	}
	slices.Sort(old)
	for _, path := range old[:max(0, len(old)-f.cfg.Keep)] {
		if err := os.Remove(path); err != nil {
			f.log.Warn("file put aside not removed", "err", err)
		}
	}
}
