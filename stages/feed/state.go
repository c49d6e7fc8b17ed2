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

// state is what is known of a feed.
type state struct {
	URL          string        `json:"url"`
	ETag         string        `json:"etag,omitempty"`          // verbatim, quotes and all
	LastModified string        `json:"last_modified,omitempty"` // verbatim
	BodyHash     string        `json:"body_hash,omitempty"`
	Last         time.Time     `json:"last,omitzero"` // poll
	Full         time.Time     `json:"full,omitzero"` // last answer with a body
	Next         time.Time     `json:"next,omitzero"` // poll, not before
	Failures     int           `json:"failures,omitempty"`
	Quiet        int           `json:"quiet,omitempty"` // polls in a row without anything new
	Pace         time.Duration `json:"pace,omitempty"`  // interval that the feed's own rate asks for
	Moved        string        `json:"moved,omitempty"` // where permanent redirects lead
	Error        string        `json:"error,omitempty"`
	Items        int           `json:"items,omitempty"`
	Damaged      bool          `json:"damaged,omitempty"`
	Capped       bool          `json:"capped,omitempty"`
}

// seen is the digest of each item that was emitted, by its id, with the number of the poll that last showed it.
type seen struct {
	Poll  int                `json:"poll"`
	Items map[string]sighted `json:"items"`
}

type sighted struct {
	Digest string `json:"d"`
	Poll   int    `json:"p"`
}

// remembered is how many polls an item is remembered after it left the feed: feeds lose items for a while and bring them back.
const remembered = 50

// mark notes that an item was shown, and emitted with that digest.
func (s *seen) mark(id, digest string) { s.Items[id] = sighted{digest, s.Poll} }

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
}

func stateKey(url string) string { return "feed." + message.ArticleID(url) }
func seenKey(url string) string  { return "feed.seen." + message.ArticleID(url) }

// load reads a value as JSON; what is not there, or is not readable any more, leaves the value as it is.
func load(ctx context.Context, store Store, key string, value any) error {
	b, err := store.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("read state %s: %w", key, err)
	}
	if b == nil {
		return nil
	}
	// A state that cannot be read costs one unconditional request. Stopping for it would cost the feed.
	_ = json.Unmarshal(b, value)
	return nil
}

func save(ctx context.Context, store Store, key string, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write state %s: %w", key, err)
	}
	if err := store.Put(ctx, key, b); err != nil {
		return fmt.Errorf("write state %s: %w", key, err)
	}
	return nil
}
