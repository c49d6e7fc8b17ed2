package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// Question asks why an article is where it is.
type Question struct {
	Article string       // id
	Named   string       // as it was named, for the error
	Story   string       // weigh it against this one as well; empty for none
	Memory  *dedup.Stage // an empty one, where Story is given and Weigh is not
	Seen    string       // story that may have it: where it does, no other state need be read
	// Weigh weighs the article against Story by a memory that is there already, as dedup.Stage.Weigh does; nil where there is none.
	Weigh func(ctx context.Context, article, story string) (dedup.Weighing, error)
}

// UnknownError says that no story has the article, or that there is no story to weigh it against.
type UnknownError struct{ what string }

func (e UnknownError) Error() string { return e.what }

// Find tells what was kept of the decision on an article. Against a story that was named the article is weighed anew, by the memory that the
// dedup stage has: it is built from the same states, which takes reading all of them, unless q.Weigh has one.
func Find(ctx context.Context, bus *pipeline.Bus, q Question) (Account, error) {
	if q.Seen != "" && (q.Story == "" || q.Weigh != nil) {
		if a, err := seen(ctx, bus, q); err != nil || a.Story != "" || a.Withdrawn != nil && q.Weigh != nil {
			return a, err
		}
	}
	a := Account{Article: q.Article, AskedFor: q.Story}
	titles, states := map[string]string{}, 0
	err := pipeline.States(ctx, bus, func(s message.State) error {
		states++
		if q.Memory != nil {
			q.Memory.Apply(s)
		}
		if len(s.Story.Titles) > 0 {
			titles[s.Story.ID] = show.Title(s.Story)
		}
		a.take(s)
		return nil
	})
	if err != nil {
		return a, err
	}
	if a.Story == "" && a.Withdrawn == nil {
		return a, UnknownError{fmt.Sprintf("no story has the article %q, among %d: rawi story ID lists the articles of a story", q.Named, states)}
	}
	if q.Weigh == nil && q.Memory != nil {
		q.Weigh = func(_ context.Context, article, story string) (dedup.Weighing, error) {
			return q.Memory.Weigh(article, story)
		}
	}
	if err := a.ask(ctx, q); err != nil {
		return a, err
	}
	a.Name(titles)
	return a, nil
}

// ask weighs the article against the story that was named, where one was.
func (a *Account) ask(ctx context.Context, q Question) error {
	if q.Story == "" || q.Weigh == nil || a.Story == "" {
		return nil
	}
	w, err := q.Weigh(ctx, a.Article, q.Story)
	if unknown, ok := errors.AsType[dedup.UnknownError](err); ok {
		return UnknownError{fmt.Sprintf("%v; rawi stories lists the stories", unknown)}
	}
	if err == nil {
		a.Asked = &w
	}
	return err
}

// seen looks at one story alone, and at the titles of those that its decision names.
func seen(ctx context.Context, bus *pipeline.Bus, q Question) (Account, error) {
	a := Account{Article: q.Article, AskedFor: q.Story}
	s, err := bus.State(ctx, q.Seen)
	if errors.Is(err, pipeline.ErrNotKept) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.take(s)
	if err := a.ask(ctx, q); err != nil {
		return a, err
	}
	titles := map[string]string{}
	for _, id := range a.named() {
		other, err := bus.Story(ctx, id)
		if err != nil && !errors.Is(err, pipeline.ErrNotKept) {
			return a, err
		}
		if len(other.Titles) > 0 {
			titles[id] = show.Title(other)
		}
	}
	a.Name(titles)
	return a, nil
}

// take notes the story that has the article.
func (a *Account) take(s message.State) {
	for _, w := range s.Withdrawn {
		if w.Member.Article == a.Article && a.Story == "" && (a.Withdrawn == nil || w.Hand.At.After(a.Withdrawn.At)) {
			a.Withdrawn, a.Report, a.Out = &w.Hand, w.Report, s.Story.ID
		}
	}
	i := slices.IndexFunc(s.Story.Reports, func(r message.Report) bool { return r.Article == a.Article })
	if i < 0 || s.Story.MergedInto != "" {
		return
	}
	a.Withdrawn, a.Out = nil, ""
	a.Report, a.Story, a.Titles = s.Story.Reports[i], s.Story.ID, s.Story.Titles
	a.Reports, a.Independent = len(s.Story.Reports), s.Story.Independent
}
