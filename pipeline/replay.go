package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/message"
)

// Headers of what a replay brings about.
const (
	HeaderReplay   = "Rawi-Replay"   // id of the replay: on the messages that it repeats and on what stages make of them
	HeaderOriginal = "Rawi-Original" // on the former: sequence of the message that it repeats, in the same stream
	headerScope    = "Rawi-Scope"    // on the former: what the replay was asked for, so that it can be continued
)

// Why a replay passes over a message that lies in its time.
const (
	SkippedReplayed = "replayed" // a copy that an earlier replay has made: its original counts
	SkippedRepeated = "repeated" // a later message, also in that time, says the same or replaces it
	SkippedGone     = "gone"     // it was removed after the plan was made
	SkippedTooBig   = "too_big"  // the server takes smaller messages than when it was stored
)

// Replay says what of a stage's past is to go through today's code once more.
type Replay struct {
	Stage  string    // whose input is repeated
	Since  time.Time // when the messages were stored, inclusive
	Until  time.Time // until when; the zero time stands for now
	Source string    // only of one source; empty for all
	Rate   int       // messages a second at most; 0 leaves it to the stages
	ID     string    // of a replay that is to be continued; empty for a new one
	// Tell makes public messages of states: the stage behind the state stream. It is run by the replay itself, since nobody but the fold may
	// write to that stream.
	Tell Stage[message.State, message.Story]
}

// ReplayPlan is what a replay would do.
type ReplayPlan struct {
	ID       string            `json:"id"`
	Stage    string            `json:"stage"`
	Stream   string            `json:"stream"`
	Messages int               `json:"messages"` // to be sent
	Bytes    int64             `json:"bytes"`    // that they take in the stream, about
	Subjects map[string]int    `json:"subjects"` // messages to be sent, by subject
	Skipped  map[string]uint64 `json:"skipped"`  // by reason
	Already  int               `json:"already"`  // sent when the replay ran before

	request Replay
	begun   time.Time
	scope   scope
	chosen  []uint64 // sequences in the stream, ascending
}

// Begun is when the plan was made.
func (p *ReplayPlan) Begun() time.Time { return p.begun }

// UnknownStageError says that no stage has the name that was asked for.
type UnknownStageError struct {
	Name  string
	Known []string // those that have ever run on this server
}

func (e UnknownStageError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("no stage %q: no daemon has run on this server yet", e.Name)
	}
	return fmt.Sprintf("no stage %q: the stages are %s", e.Name, strings.Join(e.Known, ", "))
}

// NoRoomError says that a stream cannot hold the copies.
type NoRoomError struct {
	Stream     string
	Need, Free int64 // bytes; above Free old messages would have to go, and with them what is to be replayed
}

func (e NoRoomError) Error() string {
	return fmt.Sprintf("stream %s has no room for the copies: they need about %s, and %s are free", e.Stream, bytesText(e.Need), bytesText(e.Free))
}

func bytesText(n int64) string {
	if n < 10<<20 {
		return fmt.Sprintf("%d KiB", (n+1<<10-1)>>10)
	}
	return fmt.Sprintf("%d MiB", (n+1<<20-1)>>20)
}

// TooEarlyError says that a stream no longer keeps what was asked for.
type TooEarlyError struct {
	Stream string
	Kept   time.Time // when the oldest message that is kept was stored
}

func (e TooEarlyError) Error() string {
	return fmt.Sprintf("stream %s keeps messages from %s on, older ones are gone", e.Stream, e.Kept.UTC().Format(time.RFC3339))
}

// PlanReplay looks what a replay would send and whether it can. It changes nothing. The errors are UnknownStageError, TooEarlyError,
// NoRoomError, or say what else is wrong.
func (b *Bus) PlanReplay(ctx context.Context, r Replay) (*ReplayPlan, error) {
	subjects, err := b.subjectsOf(ctx, r.Stage)
	if err != nil {
		return nil, err
	}
	p := &ReplayPlan{
		ID: r.ID, Stage: r.Stage, Stream: streamOf(subjects[0]), Subjects: map[string]int{}, Skipped: map[string]uint64{},
		request: r, begun: time.Now(),
	}
	if p.ID == "" {
		p.ID = newReplayID(p.begun)
	}
	if flowOrder(p.Stream) >= flowOrder(streamState) {
		return p, b.planStories(ctx, p)
	}
	sent, err := b.bounds(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := b.choose(ctx, p, subjects, sent); err != nil {
		return nil, err
	}
	return p, b.roomFor(ctx, p)
}

// subjectsOf is what a stage reads, by its durable consumer.
func (b *Bus) subjectsOf(ctx context.Context, stage string) ([]string, error) {
	stages, err := b.stages(ctx)
	if err != nil {
		return nil, err
	}
	unknown := UnknownStageError{Name: stage}
	for _, s := range stages {
		if s.Name == stage {
			return s.Subjects, nil
		}
		unknown.Known = append(unknown.Known, s.Name)
	}
	return nil, unknown
}

// stages are all that have ever run on this server, in the order of the flow.
func (b *Bus) stages(ctx context.Context) ([]Status, error) {
	var all []Status
	for _, l := range layouts() {
		s, err := b.js.Stream(ctx, l.name)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", l.name, err)
		}
		infos := s.ListConsumers(ctx)
		for info := range infos.Info() {
			if _, ours := info.Config.Metadata[stageMark]; ours {
				subjects := append(slices.Clone(info.Config.FilterSubjects), info.Config.FilterSubject)
				subjects = slices.DeleteFunc(subjects, func(s string) bool { return s == "" })
				all = append(all, Status{Name: info.Name, Subjects: subjects, Pending: info.NumPending})
			}
		}
		if err := infos.Err(); err != nil {
			return nil, fmt.Errorf("consumers of stream %s: %w", l.name, err)
		}
	}
	return all, nil
}
