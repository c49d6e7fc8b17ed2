package crawl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/crawl/link"
)

const (
	// pass is how often it is looked which pages have come of age.
	pass = time.Minute
	// late is how far the revisits may fall behind before pages are left out.
	late = time.Hour
)

// Archive knows what became of pages. Both methods read what is there now and end where fn fails, with its error.
type Archive interface {
	// Crawled gives the pages that were fetched, stored from one time up to another, in their order, with the time at which each was stored.
	Crawled(ctx context.Context, from, to time.Time, fn func(stored time.Time, raw message.Raw) error) error
	// Merged gives the articles of all stories that were decided on since a time, by id, with the time at which that was stored.
	Merged(ctx context.Context, from time.Time, fn func(stored time.Time, article string) error) error
}

// Revisiter is a source: it asks for the pages of merged articles again when they have reached certain ages, so that corrections arrive. Pages
// that are in no story by then, because they are no articles, in a language that is only kept, or not decided on yet, are left alone. A page that
// has not changed since is dropped by the fetcher under "unchanged". What a revisit brings is not revisited for itself.
type Revisiter struct {
	ages     map[string]time.Duration
	budget   int // pages of one age in one pass
	schedule Schedule
	archive  Archive
	log      *slog.Logger
	merged   merged // used by one look at a time
}

// NewRevisiter returns a source that does nothing where cfg names no ages.
func NewRevisiter(cfg Config, schedule Schedule, archive Archive, log *slog.Logger) *Revisiter {
	r := &Revisiter{ages: map[string]time.Duration{}, schedule: schedule, archive: archive, log: log}
	for _, age := range cfg.Revisit {
		r.ages["revisit "+age.String()] = age
		r.merged.span = max(r.merged.span, age+2*late)
	}
	r.budget = max(1, int(int64(cfg.RevisitBudget)*int64(pass)/int64(time.Hour)))
	return r
}

// cursor is how far the pages of one age have been asked for.
type cursor struct {
	After time.Time `json:"after"` // everything stored up to then is done
}

var errBudget = errors.New("the budget of this pass is used up")

// Run asks for pages until ctx ends.
func (r *Revisiter) Run(ctx context.Context, emit func(context.Context, message.Message) error) error {
	names := make([]string, 0, len(r.ages))
	for name := range r.ages {
		names = append(names, name)
	}
	if err := r.schedule.Set(ctx, names); err != nil {
		return err
	}
	return r.schedule.Run(ctx, 1, func(ctx context.Context, name string, state []byte) ([]byte, time.Time) {
		began := time.Now()
		at := r.cursor(name, state, began)
		err := r.pass(ctx, name, &at, began, emit)
		if err != nil && !errors.Is(err, errBudget) && ctx.Err() == nil {
			r.log.Warn("pages are not asked for again, trying once more", "pass", name, "err", err)
		}
		now, err := json.Marshal(at)
		if err != nil || ctx.Err() != nil {
			return state, time.Time{}
		}
		return now, began.Add(pass)
	})
}

// cursor begins with the pages that come of age from now on, and leaves out what it can no longer make up for.
func (r *Revisiter) cursor(name string, state []byte, now time.Time) cursor {
	due := now.Add(-r.ages[name])
	var at cursor
	if state == nil || json.Unmarshal(state, &at) != nil {
		return cursor{due}
	}
	if due.Sub(at.After) > late {
		r.log.Warn("revisits have fallen behind, some pages are left out: raise crawl.revisit_budget, or name fewer ages",
			"pass", name, "from", at.After, "to", due.Add(-late))
		at.After = due.Add(-late)
	}
	return at
}

// pass asks for the pages that have come of age, oldest first.
func (r *Revisiter) pass(ctx context.Context, name string, at *cursor, now time.Time, emit emitFunc) error {
	if err := r.merged.learn(ctx, r.archive, now); err != nil {
		return err
	}
	due, left := now.Add(-r.ages[name]), r.budget
	err := r.archive.Crawled(ctx, at.After.Add(1), due, func(stored time.Time, raw message.Raw) error {
		if left == 0 {
			return errBudget
		}
		if _, in := r.merged.articles[raw.ID]; in && !raw.Again && raw.URL != "" {
			left--
			if err := emit(ctx, again(raw, name)); err != nil {
				return err
			}
		}
		at.After = stored
		return nil
	})
	if err == nil {
		at.After = due.Add(-1)
	}
	return err
}

// merged are the articles that are in stories, of as long ago as the oldest pages that are looked at again.
type merged struct {
	span     time.Duration
	articles map[string]time.Time // when it was last stored that they are, by id
	until    time.Time            // everything stored up to then is known
}

// overlap is how far apart the clocks of a daemon and of its server may be.
const overlap = 2 * time.Minute

// learn reads what was decided since it was called last.
func (m *merged) learn(ctx context.Context, archive Archive, now time.Time) error {
	oldest := now.Add(-m.span)
	if m.articles == nil || m.until.Before(oldest) || m.until.After(now.Add(overlap)) {
		m.articles, m.until = map[string]time.Time{}, oldest
	}
	err := archive.Merged(ctx, m.until.Add(-overlap), func(stored time.Time, article string) error {
		m.articles[article] = stored
		return nil
	})
	if err != nil {
		return fmt.Errorf("read which articles are merged: %w", err)
	}
	m.until = now
	maps.DeleteFunc(m.articles, func(_ string, stored time.Time) bool { return stored.Before(oldest) })
	return nil
}

// again asks for a page that was fetched before.
func again(raw message.Raw, name string) message.Fetch {
	return message.Fetch{
		Type: message.FetchV1, ID: raw.ID, Outlet: raw.Outlet, URL: raw.URL, Found: raw.Found, Seen: message.Digest(raw.Digest, name),
		Known: &message.Known{
			Digest: raw.Digest, Text: link.Prose(raw.Body), ETag: raw.Header["ETag"], LastModified: raw.Header["Last-Modified"],
		},
	}
}
