package pipeline

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/message"
)

// Missing is a message that a stage has finished and of which nothing is left: no output, no dead letter, no drop.
type Missing struct {
	Stage    string `json:"stage"`
	Article  string `json:"article"`
	Sequence uint64 `json:"sequence"` // in the stream that the stage reads
}

func (m Missing) String() string {
	return m.Article + " at " + m.Stage + " (message " + strconv.FormatUint(m.Sequence, 10) + ")"
}

// Missing compares what went into every stage since the pipeline began to run with what came out of it. It reads whole streams, without
// their bodies: for the rare case that the account does not close. What was in flight at the start, and drops before the last 16,384 of a
// stage, it cannot tell.
func (p *Pipeline) Missing(ctx context.Context) ([]Missing, error) {
	finished := map[string]uint64{} // before anything is read: what is finished by now has its outcome in what is read
	for _, c := range p.accounted() {
		info, err := c.look(ctx)
		if err != nil {
			return nil, err
		}
		finished[c.Name] = info.AckFloor.Stream
	}
	letters, err := p.bus.keys(ctx, streamDead, time.Unix(0, p.begun.Load()))
	if err != nil {
		return nil, err
	}
	dead := map[string]bool{}
	for _, k := range letters {
		dead[k.id] = true
	}
	var all []Missing
	for _, c := range p.accounted() {
		found, err := c.missing(ctx, finished[c.Name], dead)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// missing compares one stage's input, up to a sequence, with its output.
func (c *consumer) missing(ctx context.Context, upTo uint64, dead map[string]bool) ([]Missing, error) {
	in, err := c.p.bus.keys(ctx, c.stream, time.Unix(0, c.p.begun.Load()))
	if err != nil {
		return nil, err
	}
	out, err := c.p.bus.outcomes(ctx, c.stream)
	if err != nil {
		return nil, err
	}
	var all []Missing
	for _, k := range in {
		letter := message.Dead{Stage: c.Name, Stream: c.stream, Sequence: k.seq}.Key()
		mine := slices.ContainsFunc(c.Subjects, func(filter string) bool { return covers(filter, k.subject) })
		if !mine || k.seq > upTo || out[k.identity(c.stream)] || dead[letter] || c.dropped.hasSequence(k.seq) {
			continue
		}
		all = append(all, Missing{Stage: c.Name, Article: k.article(), Sequence: k.seq})
	}
	return all, nil
}

// key is the header of a stored message.
type key struct {
	id, subject string
	seq         uint64
}

// parts of an id such as "r:<article>:<digest>", after what retries and replays have put before it.
func (k key) parts() []string {
	return append(strings.Split(ownID(k.id), ":"), "", "", "")
}

func (k key) article() string { return k.parts()[1] }

// identity is what the output of the stage that reads a stream has in common with its input: the article, and its revision where both have
// it. A page that is asked for has none yet, and a story has many.
func (k key) identity(stream string) string {
	if stream == streamFetch || stream == streamArticles {
		return k.article()
	}
	return k.article() + ":" + k.parts()[2]
}

// outcomes are the identities that came out of the stages which read a stream.
func (b *Bus) outcomes(ctx context.Context, stream string) (map[string]bool, error) {
	out := map[string]bool{}
	if stream == streamArticles {
		return out, b.read(ctx, streamState, []string{message.StateSubjects}, LastPerSubject(), func(e Envelope) error {
			var s message.State
			err := e.Decode(&s)
			for _, r := range s.Story.Reports {
				out[r.Article] = true
				if r.Why != nil && r.Why.Hand != nil {
					out[r.Why.Hand.Ruling] = true
				}
			}
			for _, w := range s.Withdrawn {
				out[w.Member.Article], out[w.Hand.Ruling] = true, true
			}
			return err
		})
	}
	next := map[string]string{streamFetch: streamRaw, streamRaw: streamLang, streamLang: streamArticles}[stream]
	keys, err := b.keys(ctx, next, time.Time{})
	for _, k := range keys {
		out[k.identity(stream)] = true
	}
	return out, err
}

// keys reads the ids of a stream's messages from a time on.
func (b *Bus) keys(ctx context.Context, stream string, since time.Time) ([]key, error) {
	start := Beginning()
	if !since.IsZero() {
		start = Since(since)
	}
	var keys []key
	err := b.scan(ctx, stream, start.config(nil), math.MaxUint64, func(h head) error {
		keys = append(keys, key{id: h.id(), subject: h.subject, seq: h.seq})
		return nil
	})
	return keys, err
}

// longestList bounds what one line of the log tells.
const longestList = 20

// sayMissing logs that the account does not close, with the articles that are missing as far as they can be told.
func (p *Pipeline) sayMissing(ctx context.Context, sum Sum) {
	timed, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	missing, err := p.Missing(timed)
	slices.SortFunc(missing, func(a, b Missing) int { return cmp.Compare(a.Stage, b.Stage) })
	var names []string
	for _, m := range missing[:min(len(missing), longestList)] {
		names = append(names, m.String())
	}
	p.log.Error("messages are not accounted for", "difference", sum.Difference, "sum", sum.String(),
		"missing", len(missing), "articles", names, "err", err)
}
