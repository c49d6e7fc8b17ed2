package crawl

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"rawi/pipeline/message"
	"rawi/stages/crawl/link"
)

const (
	// maxSeen links of one section are remembered, of all its documents together: as many as the protocol lets one sitemap hold.
	maxSeen = link.MaxURLs
	// seenFor is how many days a link is remembered after it was last listed.
	seenFor = 60
	// seenForm begins a memory in its present form. Before that it was JSON, which begins with a brace.
	seenForm = 1
	// seenHead and seenSize are the bytes of a memory's head and of each link in it.
	seenHead, seenSize = 9, 14
)

// sightings are what a section has shown: its documents share it, since the same article stands in several of them.
type sightings struct {
	links   map[uint64]sighting // by hash of the article's id
	horizon int64               // Unix time; links that were changed last before it may be forgotten, and count as known
	dirty   bool                // differs from what is stored
}

// sighting is a link that was emitted, or left in the archive.
type sighting struct {
	changed uint32 // Unix time at which it was changed last, as far as it was said; 0 where it was not
	day     uint16 // since 1970, on which it was last listed
}

func seenKey(address string) string { return "crawl.seen." + message.ArticleID(address) }

func dayOf(t time.Time) uint16 { return uint16(t.Unix() / (24 * 60 * 60)) }

// unixOf is the time as a sighting holds it.
func unixOf(t time.Time) uint32 {
	if t.IsZero() {
		return 0
	}
	return uint32(min(max(t.Unix(), 1), 1<<32-1))
}

// recall reads what a section has shown. What cannot be read is nothing: it costs links that are known downstream.
func (w *Watcher) recall(ctx context.Context, s Section) (*sightings, error) {
	b, err := w.store.Get(ctx, seenKey(s.URL))
	if err != nil {
		return nil, fmt.Errorf("read what was seen of the section: %w", err)
	}
	return readSightings(b), nil
}

func readSightings(b []byte) *sightings {
	m := &sightings{links: map[uint64]sighting{}}
	switch {
	case len(b) >= seenHead && b[0] == seenForm:
		m.horizon = int64(binary.BigEndian.Uint64(b[1:]))
		for b = b[seenHead:]; len(b) >= seenSize; b = b[seenSize:] {
			m.links[binary.BigEndian.Uint64(b)] = sighting{binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint16(b[12:])}
		}
	case len(b) > 0 && b[0] == '{':
		m.readFirstForm(b)
	}
	return m
}

// readFirstForm reads a memory of JSON: the day on which each article was last listed, by its id.
func (m *sightings) readFirstForm(b []byte) {
	var listed map[string]struct {
		Day string `json:"t"`
	}
	if json.Unmarshal(b, &listed) != nil {
		return
	}
	for id, l := range listed {
		if day, err := time.Parse(time.DateOnly, l.Day); err == nil {
			m.links[xxhash.Sum64String(id)] = sighting{day: dayOf(day)}
		}
	}
}

// What a memory knows of a link.
const (
	unseen = iota
	moved  // it was changed since, by its date
	known
)

// knows says what is known of a link, and notes that it is still listed.
func (m *sightings) knows(id string, l link.Link, today uint16) int {
	key, changed := xxhash.Sum64String(id), unixOf(l.Changed())
	was, ok := m.links[key]
	switch {
	case !ok && changed > 0 && int64(changed) < m.horizon:
		return known
	case !ok:
		return unseen
	case was.changed > 0 && changed > was.changed:
		return moved
	}
	if now := (sighting{max(changed, was.changed), today}); now != was {
		m.links[key], m.dirty = now, true
	}
	return known
}

// add remembers a link.
func (m *sightings) add(id string, l link.Link, today uint16) {
	m.links[xxhash.Sum64String(id)] = sighting{unixOf(l.Changed()), today}
	m.dirty = true
}

// remember stores what a section has shown, where that has changed.
func (w *Watcher) remember(ctx context.Context, s Section, m *sightings) error {
	if !m.dirty {
		return nil
	}
	m.forget(dayOf(time.Now()))
	if err := w.store.Put(ctx, seenKey(s.URL), m.bytes()); err != nil {
		return fmt.Errorf("write what was seen of the section: %w", err)
	}
	return nil
}

// forget drops what has not been listed for long, and then what was, and was changed, longest ago.
func (m *sightings) forget(today uint16) {
	maps.DeleteFunc(m.links, func(_ uint64, l sighting) bool { return l.day+seenFor < today })
	if len(m.links) <= maxSeen {
		return
	}
	keys := slices.SortedFunc(maps.Keys(m.links), func(a, b uint64) int {
		x, y := m.links[a], m.links[b]
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.changed, y.changed), cmp.Compare(a, b))
	})
	for _, key := range keys[:len(keys)-maxSeen] {
		m.horizon = max(m.horizon, int64(m.links[key].changed)+1)
		delete(m.links, key)
	}
}

func (m *sightings) bytes() []byte {
	b := make([]byte, 0, seenHead+seenSize*len(m.links))
	b = binary.BigEndian.AppendUint64(append(b, seenForm), uint64(m.horizon))
	for key, l := range m.links {
		b = binary.BigEndian.AppendUint64(b, key)
		b = binary.BigEndian.AppendUint32(b, l.changed)
		b = binary.BigEndian.AppendUint16(b, l.day)
	}
	return b
}
