//go:build !unix

package facts_test

import "time"

// processorTime is not told here.
func processorTime() time.Duration { return 0 }
