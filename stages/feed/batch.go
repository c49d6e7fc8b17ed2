package feed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"rawi/pipeline/message"
)

// batch is what one poll has emitted of a feed.
type batch struct {
	p     *Poller
	emit  emitFunc
	known seen
	first bool        // nothing was known of the feed
	fresh []time.Time // dates of the items that were not known, zero where they have none
	old   int         // items that were
	empty int         // items with nothing to read
	// shared is what its owner is known by, for each page that does not stand for all items that link to it.
	shared map[string]string
	prints map[string]string // ids of the items that were known, by what the feed said; nil until it is asked for
}

// newBatch begins what a poll has emitted. Items grow older by answers that show the whole feed: what is not in another one may still be there.
func (p *Poller) newBatch(ctx context.Context, f Feed, whole bool, emit emitFunc) (*batch, error) {
	known, err := loadSeen(ctx, p.store, f.URL)
	if err != nil {
		return nil, err
	}
	first := len(known.Items) == 0
	if whole {
		known.Poll++
	}
	return &batch{p: p, emit: emit, known: known, first: first, shared: map[string]string{}}, nil
}

// gap reports whether every item was new although there had been others: some may have come and gone in between.
func (b *batch) gap() bool { return !b.first && b.old == 0 && len(b.fresh) > 0 }

// add emits the items that were not seen before, or have changed since, oldest first. What was emitted is remembered even when a later one
// fails, so that a bus that comes and goes is not given everything again each time.
func (b *batch) add(ctx context.Context, s sighting) error {
	for _, item := range slices.Backward(b.name(s)) {
		if err := b.item(ctx, s, item); err != nil {
			return err
		}
	}
	b.keepShared()
	b.known.forget(2 * b.p.cfg.MaxItems)
	return nil
}

// keepShared remembers the pages that stand for several items for as long as any of these is in the feed.
func (b *batch) keepShared() {
	for page, own := range b.shared {
		is := b.known.Items[page]
		is.Shared, is.Own, is.Poll = true, own, b.known.Poll
		b.known.Items[page] = is
	}
}

// knows reports whether an article was emitted.
func (b *batch) knows(id string) bool { return b.known.Items[id].Digest != "" }

// byPrint is the id of the item of which the feed said just this, and nothing where there was none.
func (b *batch) byPrint(print string) string {
	if b.prints == nil {
		b.prints = make(map[string]string, len(b.known.Items))
		for id, item := range b.known.Items {
			b.prints[item.Print] = id
		}
	}
	return b.prints[print]
}

func (b *batch) item(ctx context.Context, s sighting, item named) error {
	print := item.print()
	was, known := b.known.Items[item.id], b.knows(item.id)
	digest := was.Digest
	if !known || was.Print != print { // making messages of items costs more than reading them, and most are as they were
		var m message.Message
		if digest, m = s.message(item); m == nil {
			b.empty++
			return nil
		}
		if !known || was.Digest != digest {
			if err := b.emit(ctx, m); err != nil {
				return fmt.Errorf("emit item: %w", err)
			}
		}
	}
	if known {
		b.old++
	} else {
		b.fresh = append(b.fresh, item.Published)
	}
	was.Digest, was.Print, was.Poll = digest, print, b.known.Poll
	b.known.Items[item.id] = was
	return nil
}

// print tells whether an item stands in the feed as it did.
func (i Item) print() string {
	h := sha256.New()
	for _, field := range [...]string{i.Title, i.Link, i.Summary, i.Content, i.DateText} {
		_, _ = h.Write(append(binary.AppendUvarint(nil, uint64(len(field))), field...)) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
