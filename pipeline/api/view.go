package api

import (
	"context"
	"hash/maphash"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

const (
	// mostStories are listed; those that changed longest ago are still found by their ids. It bounds the view to some 100 MB.
	mostStories = 50_000
	// mostArticles are found by their ids without a story: ten days of the busiest desk, some 25 MB.
	mostArticles = 500_000
)

// view is what is kept in memory of the streams so that a request need not read them. It is safe for concurrent use.
type view struct {
	mu       sync.RWMutex
	seed     maphash.Seed
	stories  map[string]*kept  // by id
	order    []*kept           // by sequence; nil where a story has moved on
	gone     int               // of them
	owners   map[uint64]*kept  // story that lists an article, by the hash of its id
	names    map[uint64]string // article that stands under another address than the one it is known by, by the hash of the id that the other would give
	articles map[uint64]uint64 // sequence of the last revision of an article, by the hash of its id
	last     uint64            // sequence that was read, of stories
	read     uint64            // and of articles
	loaded   bool              // everything stored before the start was read
}

func newView() *view {
	v := &view{seed: maphash.MakeSeed()}
	v.reset()
	return v
}

func (v *view) reset() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stories, v.order, v.gone, v.last, v.loaded = map[string]*kept{}, nil, 0, 0, false
	v.owners, v.names = map[uint64]*kept{}, map[uint64]string{}
}

// put takes a revision of a story in.
func (v *view) put(s *message.Story, sequence uint64) {
	k := keep(s, sequence)
	others := v.hashes(k, s)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last = max(v.last, sequence)
	old := v.stories[s.ID]
	if old != nil && !newer(k, old) {
		return
	}
	if old != nil {
		v.forget(old)
	}
	v.stories[s.ID] = k
	for _, a := range k.articles {
		v.owners[a] = k
	}
	maps.Copy(v.names, others)
	k.position = len(v.order)
	v.order = append(v.order, k)
	v.tidy()
}

// hashes notes the articles of a story, and gives those of them that are told under another address than the one by which they are known: a page
// that names its address itself.
func (v *view) hashes(k *kept, s *message.Story) (others map[uint64]string) {
	others = map[uint64]string{}
	k.articles = make([]uint64, 0, len(s.Reports)+len(s.Withdrawn))
	for _, r := range s.Reports {
		k.articles = append(k.articles, maphash.String(v.seed, r.Article))
		if id := articleID(r.URL); id != r.Article && id != r.URL {
			other := maphash.String(v.seed, id)
			k.others = append(k.others, other)
			others[other] = r.Article
		}
	}
	for _, id := range s.Withdrawn {
		k.articles = append(k.articles, maphash.String(v.seed, id))
	}
	return others
}

// newer prefers the higher revision; one revision can stand on two subjects, retracted on the one and told on the other.
func newer(k, than *kept) bool {
	if k.Revision != than.Revision {
		return k.Revision > than.Revision
	}
	return than.Change == message.ChangeRetract
}

// tidy forgets the stories that changed longest ago where there are too many, and closes the gaps in the order now and then.
func (v *view) tidy() {
	for i := 0; len(v.stories) > mostStories && i < len(v.order); i++ {
		if v.order[i] != nil {
			v.forget(v.order[i])
		}
	}
	if v.gone*2 < len(v.order) || v.gone < 1000 {
		return
	}
	all := make([]*kept, 0, len(v.stories))
	for _, k := range v.order {
		if k != nil {
			k.position = len(all)
			all = append(all, k)
		}
	}
	v.order, v.gone = all, 0
}

func (v *view) forget(k *kept) {
	v.order[k.position] = nil
	v.gone++
	delete(v.stories, k.ID)
	for _, a := range k.articles {
		if v.owners[a] == k {
			delete(v.owners, a)
		}
	}
	for _, a := range k.others {
		delete(v.names, a)
	}
}

// known is the id of an article that was named by it or by an address: the one under which it was found, or the one that its page gives.
func (v *view) known(name string) string {
	id := articleID(name)
	v.mu.RLock()
	defer v.mu.RUnlock()
	hash := maphash.String(v.seed, id)
	if other := v.names[hash]; other != "" && v.owners[hash] == nil && v.articles[hash] == 0 {
		return other
	}
	return id
}

// list gives the wanted stories that changed last before a sequence, 0 for now, newest change first. More says that there are others behind them.
func (v *view) list(f filter, before uint64, limit int, now time.Time) (found []Summary, more bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	found = []Summary{}
	for _, k := range slices.Backward(v.order) {
		if k == nil || k.Change == message.ChangeRetract || before > 0 && k.Sequence >= before || !f.wants(k, now) {
			continue
		}
		if len(found) == limit {
			return found, true
		}
		found = append(found, k.summary(now))
	}
	return found, false
}

// tells reports whether a story in view has a report of a source, in lower case.
func (v *view) tells(source string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	wanted := filter{sources: []string{source}}
	for _, k := range v.stories {
		if wanted.wantsReports(k) {
			return true
		}
	}
	return false
}

// owner is the story that lists an article, or from which it was withdrawn; empty where none of those in view does.
func (v *view) owner(article string) string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if k := v.owners[maphash.String(v.seed, article)]; k != nil {
		return k.ID
	}
	return ""
}

// place is where the last revision of an article stands in its stream; 0 where that is not known.
func (v *view) place(article string) uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.articles[maphash.String(v.seed, article)]
}

// note takes the place of an article in. Where there are too many the older half goes.
func (v *view) note(article string, sequence uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.read = sequence
	if v.articles == nil {
		v.articles = map[uint64]uint64{}
	}
	v.articles[maphash.String(v.seed, article)] = sequence
	if len(v.articles) <= mostArticles {
		return
	}
	oldest := sequence
	for _, s := range v.articles {
		oldest = min(oldest, s)
	}
	for a, s := range v.articles {
		if s < oldest+(sequence-oldest)/2 {
			delete(v.articles, a)
		}
	}
}

func (v *view) ready() (last uint64, loaded bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.last, v.loaded
}

// again is how long a reader that broke off waits before it goes on.
const again = 2 * time.Second

// follow keeps the view as the streams are until ctx ends.
func (v *view) follow(ctx context.Context, bus *pipeline.Bus, log *slog.Logger) {
	var readers sync.WaitGroup
	readers.Go(func() { repeat(ctx, log, func() error { return v.followStories(ctx, bus) }) })
	readers.Go(func() {
		repeat(ctx, log, func() error {
			v.mu.RLock()
			behind := v.read
			v.mu.RUnlock()
			return bus.FollowArticles(ctx, behind, v.note)
		})
	})
	readers.Wait()
}

func repeat(ctx context.Context, log *slog.Logger, read func() error) {
	for ctx.Err() == nil {
		if err := read(); ctx.Err() == nil {
			log.Warn("the HTTP API has lost sight of a stream, reading on", "err", err)
		}
		timer := time.NewTimer(again)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// followStories reads the last revision of each story and then what comes; after a break it goes on where it was, unless the stream is another one.
func (v *view) followStories(ctx context.Context, bus *pipeline.Bus) error {
	first, end, err := bus.StoryEnds(ctx)
	if err != nil {
		return err
	}
	last, _ := v.ready()
	if end < last {
		v.reset()
		last = 0
	}
	if first > end || end == 0 {
		v.arrived()
	}
	take := func(e pipeline.Envelope) error {
		var s message.Story
		if e.Decode(&s) == nil { // what is no story is nobody's to list, and must not keep the others from being read
			v.put(&s, e.Sequence)
		}
		if e.Pending == 0 {
			v.arrived()
		}
		return nil
	}
	if last > 0 {
		return bus.FollowStories(ctx, []string{message.StorySubjects}, last, take)
	}
	return bus.Tail(ctx, []string{message.StorySubjects}, pipeline.LastPerSubject(), take)
}

func (v *view) arrived() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.loaded = true
}
