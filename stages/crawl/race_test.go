//go:build race

package crawl

// instrumented is how much more a test may allocate: the race detector keeps buffers from being used again.
const instrumented = 2
