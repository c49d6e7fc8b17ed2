//go:build !race

package dedup_test

// raced tells that this binary looks for data races; it does not.
const raced = false
