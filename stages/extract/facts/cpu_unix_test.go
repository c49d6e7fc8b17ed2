//go:build unix

package facts_test

import (
	"syscall"
	"time"
)

// processorTime is what this process has used so far, of the user's time and the system's.
func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
