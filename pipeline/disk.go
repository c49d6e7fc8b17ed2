package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Room on the disk of the store, in shares of max_store_bytes. Below the first sources pause, so that the stages can finish what they have and
// the server never meets a full disk: after a write that failed it stores nothing more until it is started again.
const (
	lowShare  = 16
	lowAtMost = 1 << 30
	enough    = 1.25 // times the low mark, from which sources go on
)

// disk is the room where the store lies.
type disk struct {
	dir   string
	low   int64                           // bytes below which sources pause
	free  func(dir string) (int64, error) // bytes that are left
	short atomic.Pointer[diskFull]        // nil while there is room
	next  time.Time                       // when the server may be started again at the earliest
}

func newDisk(cfg Config) *disk {
	return &disk{dir: cfg.Dir, low: min(cfg.MaxStoreBytes/lowShare, lowAtMost), free: freeBytes}
}

// diskFull is why nothing more is taken in.
type diskFull struct {
	dir          string
	free, needed int64 // bytes
}

func (d *diskFull) Error() string {
	return fmt.Sprintf("the disk of the store has %d bytes left in %s and needs %d: make room there, sources go on by themselves", d.free, d.dir, d.needed)
}

// freeBytes is what an ordinary user may still write to the disk of dir.
func freeBytes(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil //nolint:unconvert // Bsize is narrower on other systems
}

// look asks how much room there is, and returns what is wrong with it, nil for nothing. Between the two marks the answer stays what it was.
func (d *disk) look() (*diskFull, error) {
	free, err := d.free(d.dir)
	if err != nil {
		return d.short.Load(), err
	}
	needed := int64(float64(d.low) * enough)
	switch {
	case free >= needed:
		d.short.Store(nil)
	case free < d.low || d.short.Load() != nil:
		d.short.Store(&diskFull{dir: d.dir, free: free, needed: needed})
	}
	return d.short.Load(), nil
}

// room is how many bytes are left, and below how many sources pause; neither is a number where the disk is another machine's.
func (d *disk) room(ours bool) (free, wanted float64) {
	if !ours {
		return math.NaN(), math.NaN()
	}
	left, err := d.free(d.dir)
	if err != nil {
		return math.NaN(), float64(d.low)
	}
	return float64(left), float64(d.low)
}

// trouble is why nothing more is taken in; nil while there is room.
func (d *disk) trouble() error {
	if short := d.short.Load(); short != nil {
		return short
	}
	return nil
}

// lookAtDisk holds the sources back while the disk of the embedded server is short of room, and starts the server again once there is room,
// where it met the end of the disk all the same. Of a server elsewhere only its refusals are known.
func (p *Pipeline) lookAtDisk(ctx context.Context) {
	if p.bus.server == nil {
		return
	}
	short, err := p.disk.look()
	if err != nil {
		p.log.Warn("the room left for the store cannot be told", "err", err)
	}
	if short == nil {
		if p.room.set(false) {
			p.log.Info("the disk has room again, sources go on", "dir", p.disk.dir)
		}
		p.bus.thaw(ctx, p.disk)
	} else if p.room.set(true) {
		p.log.Error("the disk of the store is nearly full, sources pause: make room on it or lower max_store_bytes, sources go on by themselves",
			"dir", short.dir, "free_bytes", short.free, "needed_bytes", short.needed)
	}
	p.metrics.Paused(p.paused())
}

// paused reports whether sources are held back.
func (p *Pipeline) paused() bool { return p.gate.isShut() || p.room.isShut() }

// hold makes a source wait while the stages have more to do than they can, or the disk has no room.
func (p *Pipeline) hold(ctx context.Context) error {
	if err := p.room.wait(ctx); err != nil {
		return fmt.Errorf("wait for room on the disk: %w", err)
	}
	if err := p.gate.wait(ctx); err != nil {
		return fmt.Errorf("wait for the stages: %w", err)
	}
	return nil
}

// betweenThaws keeps a disk that fails for another reason than its size from turning the server in a circle.
const betweenThaws = 30 * time.Second

// thaw starts the embedded server again where it has stopped writing. Where that fails the connection ends for good, and with it the
// process: a supervisor that starts it again, and says so, is the last that can help.
func (b *Bus) thaw(ctx context.Context, d *disk) {
	frozen := b.server.frozen()
	if frozen == nil || ctx.Err() != nil || time.Now().Before(d.next) {
		return
	}
	d.next = time.Now().Add(betweenThaws)
	began := time.Now()
	b.log.Warn("the embedded server had stopped writing and is started again", "dir", d.dir, "err", frozen)
	if err := b.server.restart(); err != nil {
		b.log.Error("the embedded server does not start again, the process ends: start it again when its store can be written to", "dir", d.dir, "err", err)
		b.nc.Close()
		return
	}
	b.log.Info("the embedded server writes again", "dir", d.dir, "took", time.Since(began))
}

// warnOfSmallDisk tells when the disk would be full before the store is.
func warnOfSmallDisk(cfg Config, log *slog.Logger) {
	if free, err := freeBytes(cfg.Dir); err == nil && free < cfg.MaxStoreBytes {
		log.Warn("the disk has less room than max_store_bytes", "dir", cfg.Dir, "free_bytes", free, "max_store_bytes", cfg.MaxStoreBytes)
	}
}
