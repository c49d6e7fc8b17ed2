package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rawi/pipeline/message"
)

// Store keeps what the poller must not forget over a restart. Keys are of [a-z0-9.]. It is called from several goroutines at once.
type Store interface {
	// Get returns the value of a key, or nil and no error where there is none.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put returns nil once the value is stored.
	Put(ctx context.Context, key string, value []byte) error
}

// state is what is known of a feed. The schedule keeps it together with the time of the next poll.
type state struct {
	Source       string    `json:"source,omitempty"`
	Address      string    `json:"address,omitempty"`       // where it is asked for since a move was followed
	ETag         string    `json:"etag,omitempty"`          // verbatim, quotes and all
	LastModified string    `json:"last_modified,omitempty"` // verbatim
	BodyHash     string    `json:"body_hash,omitempty"`
	Polls        int       `json:"polls,omitempty"`
	Last         time.Time `json:"last,omitzero"` // poll
	Full         time.Time `json:"full,omitzero"` // last answer with a body
	Failures     int       `json:"failures,omitempty"`
	Since        time.Time `json:"since,omitzero"` // first of them; zero where an older version began to count
	Error        string    `json:"error,omitempty"`
	Move         move      `json:"move,omitzero"`
	Rhythm       rhythm    `json:"rhythm,omitzero"`
	Newest       time.Time `json:"newest,omitzero"` // date of the newest item
	Gaps         int       `json:"gaps,omitempty"`  // polls that found nothing but new items: some may have come and gone unseen
	GapRun       int       `json:"gap_run,omitempty"`
	Items        int       `json:"items,omitempty"`
	Empty        int       `json:"empty,omitempty"` // of them with nothing to read
	Damaged      bool      `json:"damaged,omitempty"`
	Capped       bool      `json:"capped,omitempty"`
	Cut          string    `json:"cut,omitempty"`  // how the last answer broke off
	Cuts         int       `json:"cuts,omitempty"` // answers in a row that did
	Is           makeup    `json:"is,omitzero"`    // of the last document
	Usual        makeup    `json:"usual,omitzero"` // of those before it
	Read         int       `json:"read,omitempty"` // documents that went into Usual
	Asks         asks      `json:"asks,omitzero"`
	Hub          string    `json:"hub,omitempty"`    // that tells of news
	Topic        string    `json:"topic,omitempty"`  // by which the hub knows the feed
	Pushes       string    `json:"pushes,omitempty"` // how far the hub can be relied on, in words
}

// readState reads what the schedule kept. A state that cannot be read costs one unconditional request; stopping for it would cost the feed.
func readState(b []byte) (state, error) {
	var s state
	if len(b) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return state{}, fmt.Errorf("read state of feed: %w", err)
	}
	return s, nil
}

// keepValidators takes over the strings by which the server knows this version again. A 304 may refresh them; what it leaves out still holds.
func (s *state) keepValidators(a answer) {
	if etag := a.header.Get("ETag"); etag != "" || a.body != nil {
		s.ETag = etag
	}
	if modified := a.header.Get("Last-Modified"); modified != "" || a.body != nil {
		s.LastModified = modified
	}
}

// seen is the digest of each item that was emitted, by its id, with the number of the poll that last showed it.
type seen struct {
	Poll  int                `json:"poll"`
	Items map[string]sighted `json:"items"`
}

type sighted struct {
	Digest string `json:"d"`           // of the message; empty where there was none
	Print  string `json:"h,omitempty"` // of what the feed said
	Poll   int    `json:"p"`
	Shared bool   `json:"s,omitempty"` // it is a page to which several articles link
	Own    string `json:"o,omitempty"` // what the one is known by that the page stands for
}

// remembered is how many polls an item is remembered after it left the feed: feeds lose items for a while and bring them back.
const remembered = 50

// forget drops what has been out of the feed for long, and everything past the cap.
func (s *seen) forget(limit int) {
	for age := remembered; age >= 0; age -= 10 {
		for id, item := range s.Items {
			if s.Poll-item.Poll > age {
				delete(s.Items, id)
			}
		}
		if len(s.Items) <= limit {
			return
		}
	}
	for id := range s.Items { // as many at once: of answers that never show the whole feed
		if len(s.Items) <= 2*limit {
			return
		}
		delete(s.Items, id)
	}
}

func seenKey(url string) string { return "feed.seen." + message.ArticleID(url) }

// loadSeen reads what a feed has shown; what is not there, or not readable any more, is nothing.
func loadSeen(ctx context.Context, store Store, url string) (seen, error) {
	known := seen{}
	b, err := store.Get(ctx, seenKey(url))
	if err != nil {
		return known, fmt.Errorf("read what the feed has shown: %w", err)
	}
	if b != nil && json.Unmarshal(b, &known) != nil {
		known = seen{} // costs messages that the next stage knows already
	}
	if known.Items == nil {
		known.Items = map[string]sighted{}
	}
	return known, nil
}

func (s seen) save(ctx context.Context, store Store, url string) error {
	b, err := json.Marshal(s)
	if err == nil {
		err = store.Put(ctx, seenKey(url), b)
	}
	if err != nil {
		return fmt.Errorf("keep what the feed has shown: %w", err)
	}
	return nil
}
