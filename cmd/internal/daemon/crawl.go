package daemon

import (
	"context"
	"time"

	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/observe"
	"rawi/stages/crawl"
)

// paceTTL is how long the pace of a host and its robots.txt are remembered without being touched. Pages may name any number of hosts, and their
// robots.txt files are long: what is known of hosts has a bucket of its own, in which new ones push out old ones and nothing else.
const paceTTL = 7 * 24 * time.Hour

// crawling is what fetches pages: by links, by sections, and once more later.
type crawling struct {
	visitor  *crawl.Visitor
	pages    *crawl.Pages
	sections *crawl.Watcher
	revisits *crawl.Revisiter
}

// openCrawl makes them share one visitor, and with it the manners towards each host.
func (d *Daemon) openCrawl(ctx context.Context, cfg config.Config, store *pipeline.Bucket) (crawling, error) {
	sections, err := d.bus.Schedule(ctx, "sections")
	if err != nil {
		return crawling{}, err
	}
	revisits, err := d.bus.Schedule(ctx, "revisits")
	if err != nil {
		return crawling{}, err
	}
	hosts, err := d.bus.Memory(ctx, "news_pace", paceTTL)
	if err != nil {
		return crawling{}, err
	}
	visitor := crawl.NewVisitor(cfg.Crawl, &counted{d.metrics, observe.FetchPage, d.guard.Transport(cfg.Crawl.MostBytes())}, hosts)
	d.outlets.sections = sections
	return crawling{
		visitor: visitor,
		pages:   crawl.NewPages(crawl.NewFetcher(visitor), d.outlets.paused), sections: crawl.NewWatcher(visitor, sections, store, d.log),
		revisits: crawl.NewRevisiter(cfg.Crawl, revisits, d.bus, d.log),
	}, nil
}
