package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rawi/pipeline/fault"
)

// maxStarts is how many processes a suspect may kill before it is a dead letter: the first perhaps not by itself, the others alone.
const maxStarts = 3

var errKiller = errors.New("every process that worked on it died")

// suspect says that the last attempt at a message did not end in an orderly way: the message may have killed the process, or was a
// neighbour of the one that did. What we delayed or handed back ourselves is none.
func (j *job) suspect() bool {
	if j.orphan {
		return j.record.Answered != j.meta.NumDelivered
	}
	return j.attempts() >= 2 && j.record.Answered+1 != j.meta.NumDelivered
}

// guarded runs the part of an attempt in which a message can kill the process. What is stored afterwards is stored without the lock, since
// that may have to wait for room that other stages make.
//
// Messages run side by side. A suspect has its start on record; the first time it still runs with the others, for after a plain kill there
// are many suspects and no killer among them. Should the process die again, each of them runs alone in this process: if it dies now, nobody
// else is to blame.
func guarded[T any](ctx context.Context, c *consumer, j *job, f func() (T, error)) (T, error) {
	var none T
	lock := c.p.alone.RLocker()
	if !j.suspect() {
		lock.Lock()
		defer lock.Unlock()
		return f()
	}
	if j.record.Started > 0 {
		lock = &c.p.alone
	}
	if err := c.begin(ctx, j, lock); err != nil {
		return none, err
	}
	defer lock.Unlock()
	defer c.survived(ctx, j)
	return f()
}

// begin takes the lock and records the start, in this order: who waits for the lock while another one kills the process is innocent.
func (c *consumer) begin(ctx context.Context, j *job, lock sync.Locker) error {
	if j.record.Started >= maxStarts {
		return fault.Permanently(ReasonCrash, fmt.Errorf("%w: %d since it first came back", errKiller, j.record.Started))
	}
	started := j.record
	started.Started++
	for {
		lock.Lock()
		err := ctx.Err()
		if err == nil {
			err = c.p.records.put(ctx, c.Name, j.sequence(), started)
		}
		if err == nil {
			j.recorded = true
			return nil
		}
		lock.Unlock()
		if ctx.Err() != nil {
			return err
		}
		c.log.Warn("the start of a suspect message cannot be recorded, trying again", "stream_seq", j.sequence(), "err", err)
		if !pause(ctx, time.Second) {
			return err
		}
	}
}

// survived takes the start back.
func (c *consumer) survived(ctx context.Context, j *job) {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	j.record.Started, j.record.Answered = 0, j.meta.NumDelivered
	if err := c.p.records.put(timed, c.Name, j.sequence(), j.record); err != nil {
		c.log.Warn("the end of a suspect message's run is not recorded", "stream_seq", j.sequence(), "err", err)
	}
}
