//go:build mutant

package pipeline

// ackFirst plants the fault that the crash suite has to find: every message is acknowledged before its outputs are stored.
const ackFirst = true
