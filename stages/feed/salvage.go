package feed

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/mmcdole/gofeed"

	"rawi/stages/feed/markup"
)

// parse is gofeed behind a guard: whatever it meets costs one document, not the process, and no longer than ctx.
func parse(ctx context.Context, doc []byte) (parsed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			parsed, err = nil, fmt.Errorf("parser panicked: %v", p)
		}
	}()
	p := gofeed.NewParser()
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	parsed, err = p.Parse(&bites{ctx, doc})
	if err != nil {
		return nil, err
	}
	return parsed, nil
}

// bites gives a document to a parser that knows no deadline, in pieces so small that it cannot spend long on one of them.
type bites struct {
	ctx  context.Context //nolint:containedctx // it lives for one parse, and readers are given none
	left []byte
}

const biteSize = 512

func (b *bites) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if len(b.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), biteSize)], b.left)
	b.left = b.left[n:]
	return n, nil
}

// salvage reads the complete items from a rebuilt document, one by one where they cannot be read together, or returns nil where there is
// nothing to save.
func salvage(ctx context.Context, s markup.Survey) *gofeed.Feed {
	var complete []int
	for i, item := range s.Items {
		if item.Complete {
			complete = append(complete, i)
		}
	}
	if parsed, err := parse(ctx, s.Rebuild(complete...)); err == nil && len(parsed.Items) == len(complete) {
		return parsed
	}
	head, err := parse(ctx, s.Rebuild())
	if err != nil {
		return nil
	}
	for _, i := range complete {
		if one, err := parse(ctx, s.RebuildItem(i)); err == nil {
			head.Items = append(head.Items, one.Items...)
		}
	}
	return head
}

// findLooseLinks looks again at items without a link: some write it in ways that a parser of well-formed items does not see.
func findLooseLinks(ctx context.Context, result *Result, s markup.Survey, from Origin) {
	if len(result.Items) != len(s.Items) || s.Atom || !slices.ContainsFunc(result.Items, func(i Item) bool { return i.Link == "" }) {
		return
	}
	head, err := parse(ctx, s.Rebuild())
	if err != nil {
		return
	}
	site := siteURL(head, from)
	for i, item := range result.Items {
		if item.Link != "" {
			continue
		}
		if one, err := parse(ctx, s.RebuildItem(i)); err == nil && len(one.Items) == 1 {
			result.Items[i].Link = itemLink(one.Items[0], site)
		}
	}
}
