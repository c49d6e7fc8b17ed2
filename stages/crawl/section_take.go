package crawl

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/crawl/link"
)

// recent is how old an entry of a sitemap may be at the first contact with a section to be taken in any case: as old as the entries of a
// sitemap for news may become. Of older ones, and of those that do not say, only what the first budget allows is taken.
const recent = 48 * time.Hour

// crowd is how many entries that were changed since the last visit, and are most of those known by then, say nothing: some sitemaps give their
// entries the time at which they are asked for. Corrections of these come by revisits.
const crowd = 5

// take visits a document and emits what is new on it. Its validators are remembered only if everything was taken: they stand for what is
// stored.
func (w *Watcher) take(ctx context.Context, s Section, now *state, address string, emit emitFunc) error {
	was := now.Docs[address]
	found, fresh, changed, err := w.fetch(ctx, s, address, was)
	if err != nil {
		return err
	}
	if changed {
		fresh.Unwatched = now.want(found.sitemaps, was)
	} else {
		now.wantAgain(was.Depth)
	}
	now.forget()
	left := 0
	if changed && found.how != "" {
		fresh.Links, now.Changed = len(found.links), true
		left, err = w.emitNew(ctx, s, now, address, found, emit)
	}
	if _, stays := now.Docs[address]; !stays || err != nil {
		return err
	}
	if left > 0 {
		fresh.ETag, fresh.LastModified, fresh.BodyHash = was.ETag, was.LastModified, was.BodyHash
	}
	fresh.Left, fresh.Wanted, fresh.First = left, left > 0, false
	now.Docs[address] = fresh
	now.Links = 0
	for _, doc := range now.Docs {
		now.Links += doc.Links
	}
	return nil
}

// emitNew emits links that were not seen before, up to the document's share of the round's budget, and returns how many were left for later
// rounds. What was emitted is remembered even when a later one failed.
func (w *Watcher) emitNew(ctx context.Context, s Section, now *state, address string, found contents, emit emitFunc) (left int, err error) {
	m, err := w.recall(ctx, s)
	if err != nil {
		return 0, err
	}
	e := emission{section: s, found: found, memory: m, share: now.share(s.URL, address), began: time.Now(), emit: emit}
	doc := now.Docs[address]
	e.first = doc.First && found.how == message.FoundSitemap
	e.stale, e.since = e.first || doc.Left > 0, now.Habit.At
	err = e.run(ctx, found.links)
	now.Left -= e.emitted
	now.New += e.fresh
	now.seeNewest(e)
	return e.left, errors.Join(err, w.remember(context.WithoutCancel(ctx), s, m))
}

// emission is what becomes of the links of one document.
type emission struct {
	section Section
	found   contents
	memory  *sightings
	share   int  // links that may be emitted
	first   bool // the document belongs to the first contact with its section: most of it is an archive
	stale   bool // it may show links for the first time that were there before
	since   time.Time
	began   time.Time
	emit    emitFunc

	emitted int
	fresh   int // that have come since the last round
	left    int
	newest  time.Time
}

// run goes through the links that are new, and then through those that have changed: a sitemap that gives all its entries the date of today
// must not hide what is new among them, nor have all of them asked for at each visit.
func (e *emission) run(ctx context.Context, links []link.Link) error {
	today := dayOf(e.began)
	type changed struct {
		link link.Link
		id   string
	}
	var again []changed
	old := 0
	for _, l := range links {
		e.newest = newer(e.newest, l, e.began)
		id := message.ArticleID(e.section.Outlet.Identity(l.URL))
		switch e.memory.knows(id, l, today) {
		case moved:
			again = append(again, changed{l, id})
			old++
		case known:
			old++
		case unseen:
			if err := e.one(ctx, l, id, today); err != nil {
				return err
			}
			if !e.stale || l.Changed().After(e.since) {
				e.fresh++
			}
		}
	}
	if len(again) >= crowd && 2*len(again) > old {
		for _, c := range again {
			e.memory.add(c.id, c.link, today)
		}
		return nil
	}
	for _, c := range again {
		if err := e.one(ctx, c.link, c.id, today); err != nil {
			return err
		}
	}
	return nil
}

// one emits a link, leaves it for later or, where it is old, for good.
func (e *emission) one(ctx context.Context, l link.Link, id string, today uint16) error {
	switch {
	case e.emitted < e.share:
		if err := e.emit(ctx, fetchOf(e.section, l, id, e.found.how)); err != nil {
			return fmt.Errorf("emit link: %w", err)
		}
		e.emitted++
	case !e.first || !l.Changed().Before(e.began.Add(-recent)):
		e.left++
		return nil
	}
	e.memory.add(id, l, today)
	return nil
}

// seeNewest keeps the date of the newest link. One without a date is as new as the moment in which it was first seen, unless all were.
func (s *state) seeNewest(e emission) {
	newest := e.newest
	if newest.IsZero() && e.fresh > 0 && !s.Habit.At.IsZero() {
		newest = e.began.UTC()
	}
	if newest.After(s.Newest) {
		s.Newest = newest
	}
}

// saidOf is a digest of what was said of a link. A date of publication stays as it was when the article is changed.
func saidOf(l link.Link) string {
	if l.Published.IsZero() || !l.Modified.After(l.Published) {
		return message.Digest(l.Title, l.DateText)
	}
	return message.Digest(l.Title, l.DateText, l.Modified.Format(time.RFC3339))
}

func fetchOf(s Section, l link.Link, id, how string) message.Fetch {
	return message.Fetch{
		Type: message.FetchV1, ID: id, Outlet: s.Outlet, URL: l.URL, Seen: saidOf(l),
		Found: message.Found{
			How: how, Where: shown(s.URL), At: time.Now().UTC(), Entry: message.Entry{Title: l.Title, DateText: l.DateText, Published: l.Published},
		},
	}
}
