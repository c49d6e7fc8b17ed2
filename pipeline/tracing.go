package pipeline

import (
	"context"
	"time"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// Record has what sources and stages do recorded by a tracer; nil records nothing. It is called before Run.
func (p *Pipeline) Record(t *observe.Tracer) { p.tracer = t }

// beginSpan begins the span of one attempt. A message that came with more than one traceparent, or with one that is not valid, begins a trace.
func (c *consumer) beginSpan(j *job) {
	parents := j.msg.Headers().Values(HeaderTrace)
	if len(parents) != 1 {
		parents = []string{""}
	}
	j.span = c.p.tracer.Process(c.Name, parents[0])
	if !j.span.Recorded() {
		return
	}
	h := j.msg.Headers()
	j.span.Describe(observe.Message{
		Subject: j.msg.Subject(), Stream: j.meta.Stream, Sequence: j.sequence(), Attempt: j.attempts(),
		Article: articleOf(c.stream, j.id()), Source: h.Get(HeaderSource), Language: h.Get(HeaderLang), Story: h.Get(HeaderStory),
	})
}

// beginSpan begins the trace of a message that a source brings.
func (s *source) beginSpan(m message.Message) observe.Span {
	span := s.p.tracer.Emit(s.name)
	if span.Recorded() {
		told := observe.Message{Subject: m.Subject(), Stream: streamOf(m.Subject()), Article: articleOf(streamOf(m.Subject()), m.Key())}
		switch m := m.(type) {
		case message.Fetch:
			told.Source = m.Outlet.Name
		case message.Raw:
			told.Source = m.Outlet.Name
		}
		span.Describe(told)
	}
	return span
}

// articleOf is the article that a message of a stream is about; empty where it is about a story.
func articleOf(stream, id string) string {
	if flowOrder(stream) > flowOrder(streamArticles) {
		return ""
	}
	return key{id: id}.article()
}

// linkTimeout bounds the question for the state before: a link is worth no wait.
const linkTimeout = time.Second

// linkBefore links the work that changes a state to the work that made the state as it is: the trace of another report of the story.
func (b *Bus) linkBefore(ctx context.Context, j *job, out message.Message) {
	if !j.span.Recorded() {
		return
	}
	timed, cancel := context.WithTimeout(ctx, linkTimeout)
	defer cancel()
	stream, err := b.js.Stream(timed, streamOf(out.Subject()))
	if err != nil {
		return
	}
	if m, err := stream.GetLastMsgForSubject(timed, out.Subject()); err == nil {
		j.span.Link(m.Header.Get(HeaderTrace))
	}
}
