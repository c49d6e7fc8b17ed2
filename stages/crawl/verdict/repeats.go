package verdict

import (
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"
)

const (
	// sameBody is how many articles of a site may have the same bytes; more show a page that stands for whatever is not there.
	sameBody = 3
	// remembered bodies of all sites together.
	remembered = 20_000
)

// Repeats notices bodies that a site gives for one address after the other. The zero value is ready, and safe for concurrent use.
type Repeats struct {
	mu   sync.Mutex
	seen map[body]articles
	ring []body
	next int
}

// body is one site's, as a number: what is remembered of tens of thousands holds no pointers that would have to be followed again and again.
type body struct{ host, hash uint64 }

// articles are those that had one body, as numbers.
type articles struct {
	ids [sameBody + 1]uint64
	n   int
}

// Add counts a body of an article, and reports whether too many articles of its site have had it. Which comes first cannot be known: the
// first few pass.
func (r *Repeats) Add(host string, hash uint64, article string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[body]articles{}
	}
	b, id := body{xxhash.Sum64String(host), hash}, xxhash.Sum64String(article)
	had, known := r.seen[b]
	if i := slices.Index(had.ids[:had.n], id); i >= 0 {
		return i >= sameBody
	}
	if had.n == len(had.ids) {
		return true
	}
	had.ids[had.n] = id
	had.n++
	r.seen[b] = had
	if !known {
		r.keep(b)
	}
	return had.n > sameBody
}

// keep makes room for a body where there is none.
func (r *Repeats) keep(b body) {
	if len(r.ring) < remembered {
		r.ring = append(r.ring, b)
		return
	}
	delete(r.seen, r.ring[r.next])
	r.ring[r.next] = b
	r.next = (r.next + 1) % remembered
}
