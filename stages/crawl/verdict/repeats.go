package verdict

import "sync"

const (
	// sameBody is how many articles of a site may have the same bytes; more show a page that stands for whatever is not there.
	sameBody = 3
	// remembered bodies of all sites together.
	remembered = 20_000
)

// Repeats notices bodies that a site gives for one address after the other. The zero value is ready, and safe for concurrent use.
type Repeats struct {
	mu   sync.Mutex
	seen map[body][]string // article ids
	ring []body
	next int
}

type body struct {
	host string
	hash uint64
}

// Add counts a body of an article, and reports whether too many articles of its site have had it. Which comes first cannot be known: the
// first few pass.
func (r *Repeats) Add(host string, hash uint64, article string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[body][]string{}
	}
	b := body{host, hash}
	ids, known := r.seen[b]
	for i, id := range ids {
		if id == article {
			return i >= sameBody
		}
	}
	if len(ids) > sameBody {
		return true
	}
	r.seen[b] = append(ids, article)
	if !known {
		r.keep(b)
	}
	return len(ids) >= sameBody
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
