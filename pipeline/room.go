package pipeline

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Shares of a stream's limit, in hundredths: above the first, old messages go until the second is reached.
const (
	roomAbove = 90
	roomDown  = 75
)

// makeRoom removes old messages that every stage has finished from streams that are nearly full. Streams keep messages for a time after
// they were read, so that they can be replayed; without this a busy week would stop the intake although nobody is behind. What is not
// finished is never touched: then the publisher waits. While the disk is short of room, pages give way as if their streams were full:
// otherwise a disk smaller than the store would stop the intake for as long as streams keep messages. Articles stay, stories can be made
// from them again.
func (p *Pipeline) makeRoom(ctx context.Context) {
	short := p.disk.trouble() != nil
	for _, l := range layouts() {
		if l.discardOld || l.perSubject > 0 {
			continue // these need no help, or hold the truth
		}
		if err := p.bus.makeRoom(ctx, l.name, short && l.name != streamArticles); err != nil && ctx.Err() == nil {
			p.log.Warn("no room could be made", "stream", l.name, "err", err)
		}
	}
}

// makeRoom removes what is finished from a stream that is nearly full, or that has to give way.
func (b *Bus) makeRoom(ctx context.Context, stream string, giveWay bool) error {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return err
	}
	limit := uint64(max(s.CachedInfo().Config.MaxBytes, 1))
	state := s.CachedInfo().State
	if giveWay {
		limit = max(state.Bytes, 1)
	}
	if state.Bytes < limit/100*roomAbove || state.Msgs == 0 {
		return nil
	}
	floor, err := finished(ctx, s, state.LastSeq)
	if err != nil || floor < state.FirstSeq {
		return err
	}
	surplus := float64(state.Bytes-limit/100*roomDown) / float64(state.Bytes)
	upTo := min(floor, state.FirstSeq+uint64(surplus*float64(state.LastSeq-state.FirstSeq+1)))
	if err := s.Purge(ctx, jetstream.WithPurgeSequence(upTo+1)); err != nil {
		return fmt.Errorf("remove messages up to %d: %w", upTo, err)
	}
	if b.server != nil {
		b.server.remember(false) // a start must not take them for lost
	}
	b.log.Info("old messages made room for new ones, they can no longer be replayed", "stream", stream,
		"from_seq", state.FirstSeq, "to_seq", upTo, "stored_from", state.FirstTime)
	return nil
}

// finished is the sequence up to which every consumer that acknowledges has done so, but not above last; 0 where there is no consumer. One
// that has nothing left to do is finished with everything, whatever its filter has passed over.
func finished(ctx context.Context, s jetstream.Stream, last uint64) (uint64, error) {
	floor, found := last, false
	consumers := s.ListConsumers(ctx)
	for info := range consumers.Info() {
		if info.Config.AckPolicy == jetstream.AckNonePolicy {
			continue
		}
		found = true
		if info.NumPending > 0 || info.NumAckPending > 0 {
			floor = min(floor, info.AckFloor.Stream)
		}
	}
	if !found {
		return 0, consumers.Err()
	}
	return floor, consumers.Err()
}
