package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// lockFile is taken before the store is opened: the server itself starts happily on a directory that another one writes to.
const lockFile = "LOCK"

// lockDir makes dir, makes sure that it can be written to, and takes its lock until the returned file is closed.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory %s cannot be made: %w", dir, err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory %s cannot be written to: %w", dir, err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(notLocked(dir, lock, err), lock.Close())
	}
	if err := writePID(lock); err != nil {
		return nil, errors.Join(fmt.Errorf("data directory %s cannot be written to: %w", dir, err), lock.Close())
	}
	return lock, nil
}

func notLocked(dir string, lock *os.File, err error) error {
	if errors.Is(err, unix.EWOULDBLOCK) {
		return fmt.Errorf("data directory %s is in use by another rawi, pid %s", dir, holder(lock))
	}
	return fmt.Errorf("lock data directory %s: %w", dir, err)
}

func writePID(lock *os.File) error {
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err := lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func holder(lock *os.File) string {
	b := make([]byte, 16)
	n, _ := lock.ReadAt(b, 0) // a pid that cannot be read is told as unknown
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return pid
	}
	return "unknown"
}
