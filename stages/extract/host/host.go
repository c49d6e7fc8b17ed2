// Package host learns what the pages of one host have in common over its articles: furniture that looks like text, background that agencies append
// to report after report, and how well its pages are usually read, so that a change of layout is noticed.
//
// It keeps one record for each host, language and way of arrival, and counts articles, never looks: an article that comes again takes its own place
// once more. What it is told and what it has kept decide alone, so that daemons may share a record and a restart forgets nothing.
package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Store keeps records, in keys and values. It is called from several goroutines at once.
type Store interface {
	// Load returns the value of a key, its revision, and how long ago it was stored; nil and 0 without an error where there is none.
	Load(ctx context.Context, key string) (value []byte, revision uint64, age time.Duration, err error)
	// Swap stores the value of a key that is still at a revision, 0 for a key that is not there. Swapped is false without an error where somebody
	// else has stored another value since.
	Swap(ctx context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error)
}

// Sighting is one article as it was read.
type Sighting struct {
	Host     string // as in the address, without www and the like
	Language string
	By       string // how its pages come: feeds and pages of one host look different
	Outlet   string // name of the source
	Family   string // owner of the source: what its own sites share is its furniture
	Article  string // identity: addresses of one article have the same
	At       time.Time
	Blocks   []Block
	Signals  Signals
}

// Block is one block of a page, inside of the article or outside.
type Block struct {
	Text  string // in the form in which blocks are compared
	Place string // where it stands in the tree; the same text elsewhere is another block
	Words int
	Kept  bool // the article has it
}

// Lesson is what a host has taught about the blocks of one article.
type Lesson struct {
	verdicts map[uint32]Verdict
	// Length is the article's number of words against the median of its host; 0 where too few articles are known.
	Length float64
	// Change is set where this article made the host's state change; once for each change, whatever comes again.
	Change *Change
}

// Verdict is what a block of an article is, as far as other articles tell.
type Verdict uint8

// Verdicts.
const (
	Own        Verdict = iota // of this article alone, as far as is known
	Furniture                 // of the host: it comes again in article after article
	Background                // it comes again, and is a report's text: what agencies append
)

// Of is the verdict on a block of the article that the lesson is about.
func (l Lesson) Of(b Block) Verdict { return l.verdicts[b.form()] }

const (
	// mostFurniture is how many words a block may have to go as furniture.
	mostFurniture = 60
	// leastBackground is how many words a block needs that several owners print to be an agency's: below it, it is a phrase of common software.
	leastBackground = 20
	// distinct is in how many other articles a block has to stand.
	distinct = 3
	// oneIn is the share of the known articles that it has to stand in, and oneInLong that of a block as long as a paragraph: a running story repeats
	// itself too.
	oneIn     = 8
	oneInLong = 4
	// alike is the share of words from which two articles are copies of one, and of an article's words from which what comes again is no furniture.
	alike = 0.4
	// attempts to write a record that others write too.
	attempts = 8
)

// form tells blocks apart by text and place.
func (b Block) form() uint32 { return uint32(xxhash.Sum64String(b.Text + "\x00" + b.Place)) }

// Book is what is known of all hosts. It is safe for concurrent use.
type Book struct{ store Store }

// NewBook opens what a store holds.
func NewBook(s Store) *Book { return &Book{s} }

var errBusy = errors.New("others write it all the time")

// Learn counts an article in and tells what the articles before it teach about it. An article that comes again counts once.
func (b *Book) Learn(ctx context.Context, s Sighting) (Lesson, error) {
	key := s.key()
	var noted *Change // of an attempt that another writer made void
	for range attempts {
		kept, revision, _, err := b.store.Load(ctx, key)
		if err != nil {
			return Lesson{}, fmt.Errorf("read what is known of %s: %w", s.Host, err)
		}
		r := parse(kept)
		r.expire(s.At)
		lesson, repeated := r.teach(s)
		r.add(s)
		lesson.Change = r.judge(s)
		if noted, err = b.list(ctx, key, lesson.Change, noted); err != nil { // before the record, which says that it is done
			return Lesson{}, err
		}
		if err := b.share(ctx, s, lesson, repeated); err != nil {
			return Lesson{}, err
		}
		_, swapped, err := b.store.Swap(ctx, key, r.bytes(), revision)
		if err != nil {
			return Lesson{}, fmt.Errorf("keep what is known of %s: %w", s.Host, err)
		}
		if swapped {
			return lesson, nil
		}
	}
	return Lesson{}, fmt.Errorf("keep what is known of %s: %w", s.Host, errBusy)
}

func (s Sighting) key() string { return "host." + s.By + "." + s.Host + "." + s.Language }

// Name is the host of an address as a record is kept of it, or "".
func Name(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, prefix := range []string{"www.", "m.", "mobile.", "amp."} {
		if rest, ok := strings.CutPrefix(host, prefix); ok && strings.Contains(rest, ".") {
			return rest
		}
	}
	return host
}

// Place is a path in the tree as it is compared: without the numbers that pages give to their elements.
func Place(path string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, path)
}
