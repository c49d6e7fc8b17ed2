// Package evaluate measures stages against labelled reports.
package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// Stage is a stage of the pipeline, run in process.
type Stage[I, O any] interface {
	Process(ctx context.Context, in I) ([]O, error)
}

// Fold is the dedup stage.
type Fold interface {
	Stage[message.Article, message.State]
	Apply(message.State)
}

// Line are the stages that labelled reports go through.
type Line struct {
	Language Stage[message.Raw, message.Detected]
	Extract  map[string]Stage[message.Detected, message.Article] // by BCP 47 tag; other languages are kept apart
	Dedup    Fold
	// Delay is how long after its publication a report arrives; nil for at once.
	Delay func(Labelled) time.Duration
}

// Assignment is the story that a report was put into.
type Assignment struct {
	ID       string `json:"id"`
	Story    string `json:"story"`
	Language string `json:"lang"` // as the language stage told it
}

// Timing is the time that one stage took over all reports, on one thread.
type Timing struct {
	Stage   string        `json:"stage"`
	Calls   int           `json:"calls"`
	Total   time.Duration `json:"total_ns"`
	PerCall time.Duration `json:"per_call_ns"`
}

// Merged is what came out of the line.
type Merged struct {
	Assignments []Assignment   `json:"assignments"` // one for each report, as they arrived
	Timings     []Timing       `json:"timings"`
	Dropped     map[string]int `json:"dropped,omitempty"` // reports that a stage dropped or refused, by reason
}

// Stories maps each report to its story.
func (m Merged) Stories() map[string]string {
	out := make(map[string]string, len(m.Assignments))
	for _, a := range m.Assignments {
		out[a.ID] = a.Story
	}
	return out
}

// Merge sends labelled reports through the line in the order of their arrival and tells which story each ended in. Labels are not
// read. A report in a language without an extractor, or one that a stage drops, is a story of its own.
func Merge(ctx context.Context, reports []Labelled, line Line) (Merged, error) {
	run := merging{line: line, clock: map[string]*Timing{}, articles: map[string]string{}, out: Merged{Dropped: map[string]int{}}}
	for _, r := range byArrival(reports, line.Delay) {
		if err := ctx.Err(); err != nil {
			return Merged{}, fmt.Errorf("merge labelled reports: %w", err)
		}
		run.out.Assignments = append(run.out.Assignments, run.one(ctx, r))
	}
	run.settle()
	return run.out, nil
}

type merging struct {
	line     Line
	clock    map[string]*Timing
	order    []*Timing
	articles map[string]string // article to its story, by the last state that lists it
	out      Merged
}

// one takes a report through the line. Its assignment names its article until all reports are in: stories still merge.
func (m *merging) one(ctx context.Context, r Labelled) Assignment {
	a := Assignment{ID: r.ID, Story: "alone:" + r.ID, Language: message.Undetermined}
	in := raw(r)
	if m.line.Delay != nil {
		in.Fetched = in.Fetched.Add(m.line.Delay(r))
	}
	detected, err := timed(ctx, m, "language", m.line.Language, in)
	if err != nil || len(detected) == 0 {
		return m.drop(a, err)
	}
	a.Language = detected[0].Language
	extract, ok := m.line.Extract[a.Language]
	if !ok {
		return a
	}
	articles, err := timed(ctx, m, "extract."+a.Language, extract, detected[0])
	if err != nil || len(articles) == 0 {
		return m.drop(a, err)
	}
	states, err := timed(ctx, m, "dedup", Stage[message.Article, message.State](m.line.Dedup), articles[0])
	if reason := dropped(err); reason == "known" { // the set lists an article twice
		a.Story = "article:" + articles[0].ID
		return a
	}
	if err != nil {
		return m.drop(a, err)
	}
	start := time.Now()
	for _, s := range states {
		m.line.Dedup.Apply(s)
		for _, member := range s.Members {
			m.articles[member.Article] = s.Story.ID
		}
	}
	m.timing("dedup.apply").Total += time.Since(start)
	m.timing("dedup.apply").Calls++
	a.Story = "article:" + articles[0].ID
	return a
}

// drop counts a report that goes no further.
func (m *merging) drop(a Assignment, err error) Assignment {
	m.out.Dropped[dropped(err)]++
	return a
}

// dropped is the reason for which a stage gave an article up.
func dropped(err error) string {
	var drop *fault.Drop
	var permanent *fault.Permanent
	switch {
	case errors.As(err, &drop):
		return drop.Reason
	case errors.As(err, &permanent):
		return permanent.Reason
	case err != nil:
		return "error"
	}
	return "nothing"
}

// settle names the stories in which the articles ended.
func (m *merging) settle() {
	for i, a := range m.out.Assignments {
		if article, ok := strings.CutPrefix(a.Story, "article:"); ok {
			m.out.Assignments[i].Story = cmp.Or(m.articles[article], "alone:"+a.ID)
		}
	}
	for _, t := range m.order {
		t.PerCall = t.Total / time.Duration(max(t.Calls, 1))
		m.out.Timings = append(m.out.Timings, *t)
	}
}

func (m *merging) timing(stage string) *Timing {
	t, ok := m.clock[stage]
	if !ok {
		t = &Timing{Stage: stage}
		m.clock[stage] = t
		m.order = append(m.order, t)
	}
	return t
}

func timed[I, O any](ctx context.Context, m *merging, name string, s Stage[I, O], in I) ([]O, error) {
	start := time.Now()
	out, err := s.Process(ctx, in)
	t := m.timing(name)
	t.Total += time.Since(start)
	t.Calls++
	return out, err
}

// raw is a labelled report as if it had come with a feed that carries whole texts.
func raw(r Labelled) message.Raw {
	published := r.Time()
	identity := r.URL
	if identity == "" {
		identity = r.ID
	}
	return message.Raw{
		Type: message.RawV1, ID: message.ArticleID(message.Identity(identity)), Digest: message.Digest(r.Title, r.Text, r.Published),
		Outlet: message.Outlet{Name: r.Outlet}, URL: r.URL, ContentType: "text/plain; charset=utf-8", Body: []byte(r.Text), Fetched: published,
		Found: message.Found{How: message.FoundFeed, At: published, Entry: message.Entry{Title: r.Title, Published: published}},
	}
}
