//go:build crash

package crash

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"
)

// disk mounts a file system of its own, which goes with the test. Without the right to mount the test fails: what it proves is not proven then.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("a disk of its own cannot be mounted, run this as root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes the room of a disk until so many bytes are left, whatever else is written meanwhile, and returns what gives it back.
func fill(t *testing.T, dir string, left int64) (free func()) {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // what it could not write is what is wanted
	for block := make([]byte, 1<<16); ; {
		var fs unix.Statfs_t
		if err := unix.Statfs(dir, &fs); err != nil {
			t.Fatal(err)
		}
		room := int64(fs.Bavail)*fs.Bsize - left
		if room <= 0 {
			break
		}
		if _, err := f.Write(block[:min(room, int64(len(block)))]); errors.Is(err, unix.ENOSPC) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// readyz is what the daemon answers to a probe.
func (l *life) readyz(t *testing.T) (ok bool, why string) {
	t.Helper()
	said, _ := l.report()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+said.Admin+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false, err.Error()
	}
	defer res.Body.Close() //nolint:errcheck // read to its end below
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return false, err.Error()
	}
	return res.StatusCode == http.StatusOK, string(body)
}

// unready waits until the probe says what is wrong.
func (l *life) unready(t *testing.T, want string) {
	t.Helper()
	eventually(t, limit, "the probe says "+want, func() bool {
		ok, why := l.readyz(t)
		return l.dead() || !ok && strings.Contains(why, want)
	})
}

// told fails the test unless the daemon logged a line with all of the words, and returns how often it did.
func (l *life) told(t *testing.T, words ...string) {
	t.Helper()
	for line := range strings.Lines(l.said()) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, w)
		}
		if all {
			return
		}
	}
	t.Errorf("no line of the log says %q:\n%s", words, l.said())
}

// onDisk is a run whose store lies on a small disk.
func onDisk(t *testing.T, articles int) (r *run, dir string) {
	t.Helper()
	r, dir = newRun(t, articles, ""), disk(t, "48m")
	r.cfg.Dir, r.cfg.MaxStoreBytes = filepath.Join(dir, "store"), 64<<20
	return r, dir
}

// recovered judges a run whose daemon has lived through it, and is ready again.
func (r *run) recovered(t *testing.T, l *life) {
	t.Helper()
	began := time.Now()
	r.drain(t)
	eventually(t, limit, "the daemon is ready again", func() bool { ok, _ := l.readyz(t); return ok || l.dead() })
	r.judge(t)
	t.Logf("ready and drained %s after there was room", round(time.Since(began)))
	l.stop(t)
}

// While there is room enough for what is in hand, nothing more is taken in: the server never meets the end of the disk.
func TestDiskNearlyFull(t *testing.T) {
	t.Parallel()
	r, dir := onDisk(t, theForm(t).articles)
	for _, s := range r.press.sites {
		s.waves = 20 // slow enough that there is something left to hold back
	}
	l := r.start(t)
	r.busy(t, l)
	free := fill(t, dir, 3<<20)
	l.unready(t, "the disk of the store has")
	shut := time.Now()
	var before report
	eventually(t, limit, "the daemon has looked since", func() bool { before, _ = l.report(); return l.dead() || before.Looked.After(shut) })
	wait(t, 20*pollEvery) // every feed would have brought all its articles by now
	after, _ := l.report()
	if r.press.Read() || after.Sum.Accepted > before.Sum.Accepted+outlets {
		t.Errorf("sources went on: %d accepted, then %d", before.Sum.Accepted, after.Sum.Accepted)
	}
	free()
	r.recovered(t, l)
	l.told(t, "level=ERROR", "the disk of the store is nearly full", "dir="+r.cfg.Dir, "free_bytes=", "needed_bytes=", "make room")
	if strings.Contains(l.said(), "no space left") {
		t.Errorf("the server met the end of the disk:\n%s", l.said())
	}
}

// A disk that somebody else fills up stops the server in the middle of a write. With room again it goes on, in the same process.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	r, dir := onDisk(t, theForm(t).articles)
	l := r.start(t)
	r.busy(t, l)
	free := fill(t, dir, 0)
	l.unready(t, "write error")
	l.unready(t, "the disk of the store has")
	free()
	r.recovered(t, l)
	l.told(t, "level=ERROR", "the disk of the store is nearly full", "dir="+r.cfg.Dir)
	l.told(t, "the embedded server had stopped writing and is started again", "no space left")
}

// A daemon that is killed while its disk is full comes back with everything, too.
func TestKilledOnAFullDisk(t *testing.T) {
	t.Parallel()
	r, dir := onDisk(t, theForm(t).articles)
	l := r.start(t)
	r.busy(t, l)
	free := fill(t, dir, 0)
	l.unready(t, "write error")
	l.kill()
	free()
	r.recovered(t, r.start(t))
}

// The store's own limit stops everything until there is room in it, without a restart of anything.
func TestStoreFull(t *testing.T) {
	t.Parallel()
	r := newRun(t, theForm(t).articles, "")
	r.cfg.MaxStoreBytes = 64 << 20
	l := r.start(t)
	r.busy(t, l)
	said, _ := l.report()
	free := occupy(t, said.URL)
	l.unready(t, "messages cannot be stored")
	free()
	r.recovered(t, l)
	l.told(t, "level=ERROR", "the store is full", "max_store_bytes=67108864", "stream=", "raise max_store_bytes")
}

// occupy fills the rest of a server's store with a stream that is none of the daemon's, and returns what empties it.
func occupy(t *testing.T, url string) (free func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	js := behind(t, url)
	s, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "OTHER", Subjects: []string{"other"}, Storage: jetstream.FileStorage})
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); len(block) > 64; {
		var full *jetstream.APIError
		_, err := js.PublishMsg(ctx, &nats.Msg{Subject: "other", Data: block})
		switch {
		case errors.As(err, &full):
			block = block[:len(block)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
	return func() {
		timed, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		if err := s.Purge(timed); err != nil {
			t.Fatal(err)
		}
	}
}
