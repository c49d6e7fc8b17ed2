package doctor

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"rawi/pipeline"
)

const (
	slowSync    = 50 * time.Millisecond // every message is synced before it counts as stored
	hopeless    = time.Second
	leastFiles  = 4096
	leastMemory = 700 << 20 // bytes that the daemon wants with its language models
)

func (p Patient) build() Check {
	found := fmt.Sprintf("rawi %s, %s %s/%s, %d CPUs", p.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return good("build", found)
	}
	for _, s := range info.Settings {
		made, err := time.Parse(time.RFC3339, s.Value)
		if s.Key == "vcs.time" && err == nil && time.Now().Before(made.Add(-time.Hour)) {
			return bad("build", found+", made on "+made.Format(time.DateOnly)+", which this machine's clock says is still to come", "set the clock right")
		}
	}
	return good("build", found)
}

// disk looks at the store of the embedded server, and at the disk below it.
func (p Patient) disk(context.Context) []Check {
	cfg := p.Loaded.Config.Config
	if cfg.NATS.URL != "" {
		return []Check{good("disk", "messages are kept by the NATS server: look at its disk there")}
	}
	if err := pipeline.CheckStore(cfg); err != nil {
		return []Check{bad("disk", err.Error(), "rawi run says the same and does not start; see deployments/README.md")}
	}
	dir := existing(cfg.Dir)
	free, low, err := pipeline.Room(cfg, dir)
	if err != nil {
		return []Check{bad("disk", err.Error(), "set dir to a directory that can be read")}
	}
	found := fmt.Sprintf("%s free in %s", size(free), dir)
	room := good("disk", found)
	switch {
	case free < low:
		room = bad("disk", found+", sources pause below "+size(low), "make room, or set dir to a larger disk")
	case free < cfg.MaxStoreBytes-stored(cfg.Dir):
		room = doubt("disk", found+fmt.Sprintf(", and the store may grow to %s", size(cfg.MaxStoreBytes)), "lower max_store_bytes, or make room before it is needed")
	}
	return []Check{room, p.sync(dir)}
}

// sync measures how long the disk takes to have written a small file for good.
func (p Patient) sync(dir string) Check {
	took, err := syncTime(dir)
	found := fmt.Sprintf("%s to write 4 KB for good in %s", took.Round(10*time.Microsecond), dir)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return unwritable(dir, p.Loaded.Dir)
	case err != nil:
		return bad("fsync", err.Error(), "look at the disk and how it is mounted")
	case took > hopeless:
		return bad("fsync", found, "use a local disk: every message waits for it")
	case took > slowSync:
		return doubt("fsync", found, "a faster disk makes every stage faster: each message waits for it")
	}
	return good("fsync", found)
}

// unwritable judges a directory that this user may not write to: what another user's daemon has made is well, what is still to be made is not.
func unwritable(dir, wanted string) Check {
	found := dir + " may not be written to by this user"
	if dir == wanted {
		return doubt("fsync", found, "run rawi doctor as the user of the daemon; if that is this one, give it the directory: chown")
	}
	return bad("fsync", found+", so that it cannot make "+wanted,
		"make it and give it to the user of the daemon: mkdir, chown; or set dir to one of its own; then run rawi doctor as that user")
}

// syncTime is the median over some writes.
func syncTime(dir string) (took time.Duration, err error) {
	f, err := os.CreateTemp(dir, ".rawi-doctor-*")
	if err != nil {
		return 0, fmt.Errorf("write to the disk: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	var all []time.Duration
	for range 9 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4<<10)); err != nil {
			return 0, fmt.Errorf("write to the disk: %w", err)
		}
		if err := f.Sync(); err != nil {
			return 0, fmt.Errorf("write to the disk for good: %w", err)
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// existing is the directory, or the nearest one above it that there is.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// stored is how much a directory holds, as far as it can be read.
func stored(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is not counted
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// names asks for a name that no outlet has.
func (p Patient) names(ctx context.Context) []Check {
	began := time.Now()
	err := p.Resolve(ctx)
	took := time.Since(began).Round(time.Millisecond)
	unknown, ok := errors.AsType[*net.DNSError](err)
	switch {
	case ok && unknown.IsNotFound:
		return []Check{doubt("dns", fmt.Sprintf("the name server answers in %s, and does not know the root of all names", took),
			"it may know the names of your own network alone: rawi sources check tries an outlet")}
	case err != nil && p.Loaded.Outbound.Proxy != "":
		return []Check{doubt("dns", err.Error(), "names of outlets are resolved by outbound.proxy; nothing to do if it is the only way out")}
	case err != nil:
		return []Check{bad("dns", err.Error(), "see /etc/resolv.conf and the way to the name server; without names nothing is fetched")}
	case took > time.Second:
		return []Check{doubt("dns", fmt.Sprintf("an answer took %s", took), "a name server that is nearer makes every first request faster")}
	}
	return []Check{good("dns", fmt.Sprintf("the name server answers in %s", took))}
}

// memory looks at the limits that this process has, which are the daemon's where it is started alike.
func (p Patient) memory(context.Context) []Check {
	machine, group, soft := machineMemory(), groupMemory(), debug.SetMemoryLimit(-1)
	found := "no limit"
	most := machine
	if machine > 0 {
		found = size(machine) + " in the machine"
	}
	if group > 0 && (most == 0 || group < most) {
		most = group
		found += ", " + size(group) + " for this control group"
	}
	if soft != math.MaxInt64 {
		found += ", GOMEMLIMIT " + size(soft)
	}
	switch {
	case most > 0 && most < leastMemory:
		return []Check{bad("memory", found, "the daemon wants "+size(leastMemory)+" and more")}
	case soft != math.MaxInt64 && most > 0 && soft > most:
		return []Check{doubt("memory", found, "set GOMEMLIMIT below the limit, to nine tenths of it")}
	case soft == math.MaxInt64 && most > 0 && most == group:
		return []Check{doubt("memory", found, fmt.Sprintf("set GOMEMLIMIT=%dMiB, so that memory is given back before the limit ends the process", most*9/10>>20))}
	}
	return []Check{good("memory", found)}
}

// groupMemory is the limit of the control group in bytes; 0 where there is none.
func groupMemory() int64 {
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n < 1<<60 { // the first form has "max"
			return n
		}
	}
	return 0
}

// machineMemory is the memory of the machine in bytes; 0 where that cannot be told.
func machineMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "MemTotal:" {
			n, _ := strconv.ParseInt(fields[1], 10, 64) // 0 where it is no number
			return n << 10
		}
	}
	return 0
}

func (p Patient) files(context.Context) []Check {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return []Check{doubt("files", err.Error(), "see ulimit -n")}
	}
	found := fmt.Sprintf("%d files and connections may be open at once", limit.Cur)
	if limit.Cur < leastFiles {
		return []Check{doubt("files", found, fmt.Sprintf("raise it to %d or more: ulimit -n, LimitNOFILE= of the unit", leastFiles))}
	}
	return []Check{good("files", found)}
}

// size is an amount of bytes as people write it.
func size(bytes int64) string {
	switch {
	case bytes >= 10<<30:
		return fmt.Sprintf("%d GiB", bytes>>30)
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}
