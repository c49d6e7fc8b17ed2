//go:build !race

package crawl

// instrumented is how much more a test may allocate under the race detector, which is not here.
const instrumented = 1
