package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// attemptsBucket keeps the records of messages whose first attempt was not their last.
const attemptsBucket = "rawi_attempts"

// recordTTL outlives every delay of a message; a record that is left over from a message that ended is forgotten after it.
const recordTTL = 4 * day

// record is what is durably known of the attempts at one message at one stage. JetStream counts deliveries, which is something else: asked
// to wait, cut short by a stop and killed together with a neighbour are deliveries too.
type record struct {
	Failures int    `json:"failures,omitempty"` // attempts that failed by themselves
	Started  int    `json:"started,omitempty"`  // runs of a suspect that have begun and not ended: each of them killed its process
	Answered uint64 `json:"answered,omitempty"` // the last delivery whose attempt ended in an orderly way
}

// records keeps them, by stage and stream sequence.
type records struct{ kv jetstream.KeyValue }

func (b *Bus) records(ctx context.Context) (*records, error) {
	k, err := b.Bucket(ctx, attemptsBucket, recordTTL)
	if err != nil {
		return nil, err
	}
	return &records{kv: k.kv}, nil
}

func recordKey(stage string, seq uint64) string {
	return safeKey(stage + "=" + strconv.FormatUint(seq, 10))
}

// get returns the record of a message; an empty one where there is none.
func (r *records) get(ctx context.Context, stage string, seq uint64) (record, error) {
	var rec record
	e, err := r.kv.Get(ctx, recordKey(stage, seq))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return rec, nil
	}
	if err != nil {
		return rec, fmt.Errorf("get the record of attempts: %w", err)
	}
	if err := json.Unmarshal(e.Value(), &rec); err != nil {
		return record{}, fmt.Errorf("get the record of attempts: %w", err)
	}
	return rec, nil
}

func (r *records) put(ctx context.Context, stage string, seq uint64, rec record) error {
	body, err := json.Marshal(rec)
	if err == nil {
		_, err = r.kv.Put(ctx, recordKey(stage, seq), body)
	}
	if err != nil {
		return fmt.Errorf("put the record of attempts: %w", err)
	}
	return nil
}

func (r *records) remove(ctx context.Context, stage string, seq uint64) error {
	if err := r.kv.Purge(ctx, recordKey(stage, seq)); err != nil {
		return fmt.Errorf("remove the record of attempts: %w", err)
	}
	return nil
}

// recordTimeout bounds one look at a record. A message whose record is not written in time runs alone when it comes again, and the others wait for
// it: a disk that is slow for a moment should not bring that about.
const recordTimeout = 5 * time.Second

// recall gives a redelivered message its record. Until the bucket answers the message waits: run without its record it could kill the
// process for ever.
func (c *consumer) recall(ctx context.Context, j *job) error {
	if j.attempts() < 2 && !j.orphan {
		return nil
	}
	for {
		rec, err := c.p.records.get(ctx, c.Name, j.sequence())
		if err == nil {
			j.record, j.recorded = rec, rec != record{}
			return nil
		}
		c.log.Warn("what is known of a redelivered message cannot be read, trying again", "stream_seq", j.sequence(), "err", err)
		if !pause(ctx, time.Second) {
			return err
		}
	}
}

// remember makes the record of an attempt durable before the server is answered. Where that fails the message counts as a suspect when it
// comes again, which costs time and nothing else.
func (c *consumer) remember(ctx context.Context, j *job, v verdict) {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	var err error
	switch {
	case !v.final():
		err = c.p.records.put(timed, c.Name, j.sequence(), record{Failures: j.record.Failures, Answered: j.meta.NumDelivered})
	case v.reason == ReasonCrash: // it stays: should the acknowledgement be lost, nobody has to die again
	case j.recorded:
		err = c.p.records.remove(timed, c.Name, j.sequence())
	}
	if err != nil {
		c.log.Warn("the attempts at a message are not recorded", "stream_seq", j.sequence(), "err", err)
	}
}

// declare makes durable what is in hand, before any of it is worked on. It is needed where the server dies with this process: the server
// counts deliveries in memory for a moment, so that a message which kills quickly would come back as if for the first time, for ever.
func (c *consumer) declare() {
	if c.p.bus.server == nil {
		return
	}
	var inHand []uint64
	c.held.Range(func(j, _ any) bool {
		inHand = append(inHand, j.(*job).sequence())
		return true
	})
	for seq := range c.orphans { // not back yet: should this process die before, they still are who was there the first time
		if seq > c.floor.Load() {
			inHand = append(inHand, seq)
		}
	}
	timed, cancel := context.WithTimeout(context.Background(), recordTimeout)
	defer cancel()
	if err := c.p.records.putHand(timed, c.Name, inHand); err != nil {
		c.log.Debug("what is in hand is not recorded", "err", err)
	}
}

// adopt reads what the process before this one had in hand, and what has killed before. Some of it may have ended since: then its
// acknowledgement may be lost, and where the server has forgotten that it delivered the message nothing else tells what it is.
func (c *consumer) adopt(ctx context.Context) error {
	if c.p.bus.server == nil {
		return nil
	}
	inHand, err := c.p.records.hand(ctx, c.Name)
	if err != nil {
		return err
	}
	begun, err := c.p.records.begun(ctx, c.Name)
	c.orphans = map[uint64]bool{}
	for _, seq := range append(inHand, begun...) {
		c.orphans[seq] = true
	}
	return err
}

// begun lists the messages of a stage of which a run has begun and not ended.
func (r *records) begun(ctx context.Context, stage string) ([]uint64, error) {
	all, err := r.kv.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("read the records of attempts: %w", err)
	}
	var sequences []uint64
	for e := range all.Updates() {
		if e == nil { // there are no more
			break
		}
		of, ours := strings.CutPrefix(e.Key(), stage+"=")
		seq, err := strconv.ParseUint(of, 10, 64)
		var rec record
		if ours && err == nil && json.Unmarshal(e.Value(), &rec) == nil && rec.Started > 0 {
			sequences = append(sequences, seq)
		}
	}
	return sequences, all.Stop()
}

func handKey(stage string) string { return safeKey("hand=" + stage) }

func (r *records) putHand(ctx context.Context, stage string, inHand []uint64) error {
	body, err := json.Marshal(inHand)
	if err == nil {
		_, err = r.kv.Put(ctx, handKey(stage), body)
	}
	return err
}

func (r *records) hand(ctx context.Context, stage string) (inHand []uint64, err error) {
	e, err := r.kv.Get(ctx, handKey(stage))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(e.Value(), &inHand)
	}
	if err != nil {
		return nil, fmt.Errorf("get what was in hand: %w", err)
	}
	return inHand, nil
}
