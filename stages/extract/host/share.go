package host

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

const (
	// shelves is over how many keys the paragraphs that may be an agency's are spread, so that daemons seldom meet.
	shelves = 256
	// mostPrints of one shelf: 4 MB over all of them.
	mostPrints = 512
	// owners that print a paragraph from which it is an agency's.
	owners = 2
	// atEnd is how many paragraphs at the end of an article are remembered at once: that is where agencies append. Others are when they come again.
	atEnd = 2
)

// print is a paragraph with who prints it.
type print struct {
	Families []uint32 `json:"f"` // hashes, at most owners
	Last     int64    `json:"l"` // Unix days
}

// share tells other owners' books of the paragraphs that may be an agency's, and turns what several owners print from furniture into background.
func (b *Book) share(ctx context.Context, s Sighting, l Lesson, repeated []Block) error {
	family := uint32(xxhash.Sum64String(s.Family))
	for _, block := range candidates(s.Blocks, repeated) {
		p, err := b.print(ctx, block, family, s.At)
		if err != nil {
			return fmt.Errorf("compare a paragraph with other owners': %w", err)
		}
		if l.verdicts[block.form()] == Furniture && len(p.Families) >= owners {
			l.verdicts[block.form()] = Background
		}
	}
	return nil
}

// candidates are the paragraphs worth comparing: those at the end of the article, and those that come again.
func candidates(blocks, repeated []Block) (found []Block) {
	var kept []Block
	for _, b := range blocks {
		if b.Kept && b.Words > 0 {
			kept = append(kept, b)
		}
	}
	for _, b := range append(slices.Clone(repeated), kept[max(len(kept)-atEnd, 0):]...) {
		if b.Words >= leastBackground && b.Words <= mostFurniture && !slices.Contains(found, b) {
			found = append(found, b)
		}
	}
	return found
}

// print is who prints a paragraph, this owner included.
func (b *Book) print(ctx context.Context, block Block, family uint32, at time.Time) (p print, err error) {
	sum := xxhash.Sum64String(block.Text)
	id := fmt.Sprintf("%014x", sum>>8)
	day := at.Unix() / 86400
	err = b.rewrite(ctx, fmt.Sprintf("print.%02x", sum%shelves), func(kept []byte) ([]byte, error) {
		shelf := map[string]print{}
		if len(kept) > 0 && json.Unmarshal(kept, &shelf) != nil {
			shelf = map[string]print{}
		}
		p = shelf[id]
		known := slices.Contains(p.Families, family) || len(p.Families) >= owners
		if known && p.Last >= day {
			return nil, errNothing
		}
		if !known {
			p.Families = append(p.Families, family)
		}
		p.Last = max(p.Last, day)
		shelf[id] = p
		makeRoom(shelf, id)
		return json.Marshal(shelf)
	})
	return p, err
}

// makeRoom takes the print out of a full shelf that matters least: of one owner before several, old before new.
func makeRoom(shelf map[string]print, spare string) {
	if len(shelf) <= mostPrints {
		return
	}
	least := ""
	for id, p := range shelf {
		if id == spare {
			continue
		}
		l, ok := shelf[least]
		fewer, older := len(p.Families)-len(l.Families), p.Last-l.Last
		if !ok || fewer < 0 || fewer == 0 && (older < 0 || older == 0 && id < least) {
			least = id
		}
	}
	delete(shelf, least)
}
