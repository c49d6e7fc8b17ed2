package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Report is what operators ask for first: how far everything is, and whether everything is accounted for.
type Report struct {
	Stages []Status          `json:"stages"` // sources first, then in the order of the flow
	Dead   map[string]uint64 `json:"dead_letters"`
	Paused bool              `json:"paused"`              // sources wait, for the stages or for room on the disk
	Sum    *Sum              `json:"sum,omitempty"`       // nil where it was not the daemon that was asked
	Not    string            `json:"not_ready,omitempty"` // why the daemon is not ready
	Sinks  []SinkStatus      `json:"sinks,omitempty"`     // by name; known to the daemon alone
}

// SinkStatus is a sink as it is now. Counts are since it began.
type SinkStatus struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"` // webhook or file
	Delivered uint64 `json:"delivered"`
	Retried   uint64 `json:"retried"`
	Dead      uint64 `json:"dead"`
	Lag       uint64 `json:"lag"`               // stories that wait to be taken
	Trouble   string `json:"trouble,omitempty"` // why nothing is delivered at the moment
}

// Report asks the server how far every stage is, and takes the account.
func (p *Pipeline) Report(ctx context.Context) (Report, error) {
	stages, err := p.Status(ctx)
	if err != nil {
		return Report{}, err
	}
	r := Report{Stages: stages, Paused: p.paused()}
	if r.Dead, err = p.bus.deadLetters(ctx); err != nil {
		return r, err
	}
	if err := p.Ready(ctx); err != nil {
		r.Not = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	sum, err := p.Sum(ctx)
	r.Sum = &sum
	return r, err
}

// Report tells what can be told without the daemon: how far the consumers of all stages are. Counts, trouble and the account are known to
// the daemon alone.
func (b *Bus) Report(ctx context.Context) (r Report, err error) {
	if r.Dead, err = b.deadLetters(ctx); err != nil {
		return r, fmt.Errorf("dead letters: %w", err)
	}
	for _, l := range layouts() {
		s, err := b.js.Stream(ctx, l.name)
		if err != nil {
			return r, fmt.Errorf("stream %s: %w", l.name, err)
		}
		stages, err := stagesOn(ctx, s)
		if err != nil {
			return r, fmt.Errorf("stream %s: %w", l.name, err)
		}
		r.Stages = append(r.Stages, stages...)
	}
	return r, nil
}

func stagesOn(ctx context.Context, s jetstream.Stream) ([]Status, error) {
	var stages []Status
	consumers := s.ListConsumers(ctx)
	for info := range consumers.Info() {
		if _, ours := info.Config.Metadata[stageMark]; !ours {
			continue
		}
		st := Status{
			Name: info.Name, Subjects: filters(info),
			Pending: info.NumPending, InFlight: uint64(max(info.NumAckPending, 0)),
		}
		if st.Pending > 0 || st.InFlight > 0 {
			st.Oldest = oldest(ctx, s, st.Subjects, info.AckFloor.Stream+1)
		}
		stages = append(stages, st)
	}
	slices.SortFunc(stages, func(a, b Status) int { return cmp.Compare(a.Name, b.Name) })
	return stages, consumers.Err()
}

// filters are the subjects of which a consumer is given messages.
func filters(info *jetstream.ConsumerInfo) []string {
	if len(info.Config.FilterSubjects) == 0 {
		return []string{info.Config.FilterSubject}
	}
	return info.Config.FilterSubjects
}

// oldest is the age of the first message from a sequence on that matches one of the subjects; 0 where it cannot be told.
func oldest(ctx context.Context, s jetstream.Stream, subjects []string, from uint64) time.Duration {
	var first time.Time
	for _, filter := range subjects {
		m, err := s.GetMsg(ctx, from, jetstream.WithGetMsgSubject(filter))
		if err == nil && (first.IsZero() || m.Time.Before(first)) {
			first = m.Time
		}
	}
	if first.IsZero() {
		return 0
	}
	return max(time.Since(first), 0)
}
