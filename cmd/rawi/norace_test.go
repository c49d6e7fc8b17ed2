//go:build !race

package main

// raced tells that this binary looks for data races; it does not.
const raced = false
