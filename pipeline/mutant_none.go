//go:build !mutant

package pipeline

// ackFirst is the planted fault of mutant.go. Only the crash suite builds it in, to see itself fail.
const ackFirst = false
