package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// Hop is one message of an article's way, as it is kept.
type Hop struct {
	Stream   string    `json:"stream"`
	Sequence uint64    `json:"sequence"`
	Subject  string    `json:"subject"`
	Kind     string    `json:"kind"`               // name and version of its type
	Time     time.Time `json:"time"`               // when it was stored
	Trace    string    `json:"trace,omitempty"`    // W3C trace id
	Story    string    `json:"story,omitempty"`    // of a story: its id, revision and what happened to it
	Revision string    `json:"revision,omitempty"` //
	Change   string    `json:"change,omitempty"`   //
	Replay   string    `json:"replay,omitempty"`   // id of the replay that made it
}

// Wait is a stage that has not finished with a message of an article's way.
type Wait struct {
	Stage   string `json:"stage"`
	Started bool   `json:"started"` // it was given the message, and works on it or has put it off
}

// Trail is the way of one article through all stages, told by the streams themselves.
type Trail struct {
	Article string   `json:"article"`
	Hops    []Hop    `json:"hops"`    // in the order in which they were stored
	Stories []string `json:"stories"` // that list the article now
	Waits   []Wait   `json:"waits"`   // empty where nothing is left to do
}

// Trail finds what is kept of an article by its id. It reads the headers of whole streams and the states of all stories: a question for now and
// then. It reaches as far back as the streams remember.
func (b *Bus) Trail(ctx context.Context, article string) (Trail, error) {
	t := Trail{Article: article, Hops: []Hop{}, Stories: []string{}, Waits: []Wait{}}
	for _, stream := range []string{streamFetch, streamRaw, streamLang, streamArticles} {
		err := b.collect(ctx, &t, stream, func(h head) bool { return key{id: h.id()}.article() == article })
		if err != nil {
			return t, err
		}
	}
	if err := b.outcome(ctx, &t); err != nil {
		return t, err
	}
	slices.SortStableFunc(t.Hops, func(a, b Hop) int { return a.Time.Compare(b.Time) })
	var err error
	t.Waits, err = b.waits(ctx, t.Hops)
	return t, err
}

// collect adds the messages of a stream that are of the article.
func (b *Bus) collect(ctx context.Context, t *Trail, stream string, of func(head) bool) error {
	return b.scan(ctx, stream, fromSequence(1), math.MaxUint64, func(h head) error {
		if of(h) {
			t.Hops = append(t.Hops, hop(stream, h))
		}
		return nil
	})
}

func hop(stream string, h head) Hop {
	return Hop{
		Stream: stream, Sequence: h.seq, Subject: h.subject, Kind: h.header.Get(HeaderKind), Time: h.time,
		Trace: observe.TraceID(h.header.Get(HeaderTrace)), Story: h.header.Get(HeaderStory), Revision: h.header.Get(HeaderRevision),
		Change: h.header.Get(HeaderChange), Replay: h.header.Get(HeaderReplay),
	}
}

// outcome adds what became of the article: the dead letters of its messages, the revisions that it made, and the stories it is in.
func (b *Bus) outcome(ctx context.Context, t *Trail) error {
	messages, traces := map[string]bool{}, map[string]bool{"": false}
	for _, h := range t.Hops {
		messages[fmt.Sprintf("%s:%d", h.Stream, h.Sequence)] = true
		if h.Trace != "" {
			traces[h.Trace] = true
		}
	}
	err := b.collect(ctx, t, streamDead, func(h head) bool {
		_, of, _ := strings.Cut(strings.TrimPrefix(ownID(h.id()), "d:"), ":") // d:<stage>:<stream>:<sequence>
		return messages[of]
	})
	if err != nil {
		return err
	}
	for _, stream := range []string{streamState, streamStories} {
		if err := b.collect(ctx, t, stream, func(h head) bool { return traces[observe.TraceID(h.header.Get(HeaderTrace))] }); err != nil {
			return err
		}
	}
	return b.read(ctx, streamState, []string{message.StateSubjects}, LastPerSubject(), func(e Envelope) error {
		var s message.State
		if err := e.Decode(&s); err != nil {
			return err
		}
		if slices.ContainsFunc(s.Members, func(m message.Member) bool { return m.Article == t.Article }) {
			t.Stories = append(t.Stories, s.Story.ID)
		}
		return nil
	})
}

// waits are the stages that have not finished with one of the messages, of which nothing came out yet.
func (b *Bus) waits(ctx context.Context, hops []Hop) ([]Wait, error) {
	waits := []Wait{}
	for i, h := range hops {
		onward := slices.ContainsFunc(hops[i+1:], func(later Hop) bool { return flowOrder(later.Stream) > flowOrder(h.Stream) })
		if onward {
			continue
		}
		s, err := b.js.Stream(ctx, h.Stream)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", h.Stream, err)
		}
		consumers := s.ListConsumers(ctx)
		for info := range consumers.Info() {
			_, ours := info.Config.Metadata[stageMark]
			if ours && h.Sequence > info.AckFloor.Stream && slices.ContainsFunc(filters(info), func(f string) bool { return covers(f, h.Subject) }) {
				waits = append(waits, Wait{Stage: info.Name, Started: h.Sequence <= info.Delivered.Stream})
			}
		}
		if err := consumers.Err(); err != nil {
			return nil, fmt.Errorf("stages on stream %s: %w", h.Stream, err)
		}
	}
	return waits, nil
}
