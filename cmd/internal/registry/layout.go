package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rawi/pipeline"
	"rawi/stages/extract/host"
)

// hostsTTL is how long a host is remembered without an article: longer than anything is known of its articles.
const hostsTTL = 90 * 24 * time.Hour

const hostsBucket = "news_hosts"

// Hosts opens what extractors have learned of the hosts that articles come from, and makes it where it is missing.
func Hosts(ctx context.Context, bus *pipeline.Bus) (*host.Book, error) {
	bucket, err := bus.Bucket(ctx, hostsBucket, hostsTTL)
	if err != nil {
		return nil, fmt.Errorf("open what is known of hosts: %w", err)
	}
	return host.NewBook(bucket), nil
}

// Layout is a site whose pages are read worse than they used to be.
type Layout struct {
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	Signs []string  `json:"signs"`
	Told  string    `json:"told"` // what is wrong, in words
}

// readLayouts notes the sites that changed their layout, by source.
func (b *Book) readLayouts(ctx context.Context, bus *pipeline.Bus) error {
	bucket, err := bus.FindBucket(ctx, hostsBucket)
	if err != nil || bucket == nil {
		return err
	}
	changed, err := host.NewBook(bucket).List(ctx)
	if err != nil {
		return err
	}
	b.Changed, b.layouts = changed, map[string][]Layout{}
	for _, c := range changed {
		b.layouts[c.Outlet] = append(b.layouts[c.Outlet], Layout{Host: c.Host, Since: c.Since, Signs: c.Signs, Told: c.String()})
	}
	return nil
}

// Mark enters into entries which of their sites changed their layout. Such a source is drifting where nothing worse is said of it.
func (b *Book) Mark(entries []Entry) []Entry {
	for i := range entries {
		e := &entries[i]
		e.Layouts = b.layouts[e.Name]
		if len(e.Layouts) > 0 && e.State != StatePaused {
			e.State = States()[min(slices.Index(States(), e.State), slices.Index(States(), StateDrifting))]
		}
	}
	return entries
}
