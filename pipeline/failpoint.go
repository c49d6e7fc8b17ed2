package pipeline

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// failPointEnv names the place at which the process kills itself, "<stage>.<step>:<n>": the n-th time that the stage reaches the step. It
// exists so that tests of whole processes can put a crash exactly where it hurts.
const failPointEnv = "RAWI_FAILPOINT"

// Steps of a message through a stage. A source has stepReceived, stepMidPublish and stepPublished.
const (
	stepReceived   = "received"              // taken, nothing done yet
	stepProcessed  = "processed"             // the stage has answered, nothing is stored
	stepMidPublish = "mid-publish"           // an output is sent, the server has not answered
	stepPublished  = "published"             // everything is stored, nothing acknowledged
	stepAcked      = "acked"                 // the acknowledgement is sent
	stepCommitted  = "committed-not-applied" // of a fold: the decision is in the log and not in memory
	stepCheckpoint = "checkpoint"            // of a fold: its memory is written down in part
)

// failPoint is one place. The nil failPoint, which is everybody's but a test's, is never reached.
type failPoint struct {
	stage, step string
	at          int64
	reached     atomic.Int64
}

// parseFailPoint reads the value of failPointEnv; an empty one gives nil.
func parseFailPoint(text string) (*failPoint, error) {
	if text == "" {
		return nil, nil
	}
	place, count, _ := strings.Cut(text, ":")
	stage, step, _ := strings.Cut(place, ".")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 || stage == "" || !isStep(step) {
		return nil, fmt.Errorf("%s: %q is not <stage>.<step>:<n> with a step of received, processed, mid-publish, published, acked, committed-not-applied, checkpoint",
			failPointEnv, text)
	}
	return &failPoint{stage: stage, step: step, at: n}, nil
}

func isStep(step string) bool {
	switch step {
	case stepReceived, stepProcessed, stepMidPublish, stepPublished, stepAcked, stepCommitted, stepCheckpoint:
		return true
	}
	return false
}

// due counts that a stage has reached a step, and reports whether the process has to die there.
func (f *failPoint) due(stage, step string) bool {
	return f != nil && f.stage == stage && f.step == step && f.reached.Add(1) == f.at
}

// reach kills the process where it is due.
func (f *failPoint) reach(stage, step string) {
	if f.due(stage, step) {
		die()
	}
}

// die ends the process as a power cut would: no deferred call runs, nothing is flushed.
func die() {
	_ = unix.Kill(os.Getpid(), unix.SIGKILL) // a process may always kill itself
	select {}
}
