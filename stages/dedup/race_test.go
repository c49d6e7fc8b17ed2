//go:build race

package dedup_test

// raced tells that this binary looks for data races, in which one goroutine that counts takes twenty times as long.
const raced = true
