package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"rawi/cmd/internal/show"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/crawl"
)

// rawOf is the article as the daemon would get it: from the feed, or by its crawler.
func (c *check) rawOf(ctx context.Context, m message.Message, outlet message.Outlet) (message.Raw, error) {
	switch m := m.(type) {
	case message.Raw:
		m.Outlet = outlet
		return m, nil
	case message.Fetch:
		m.Outlet = outlet
		cfg := c.opts.Config.Crawl
		cfg.Hold = max(cfg.Hold, longestSpacing) // there is no other work to turn to
		fetched, err := crawl.NewFetcher(crawl.NewVisitor(cfg, c.traffic, crawl.Alone())).Process(ctx, m)
		if err != nil {
			return message.Raw{}, err
		}
		if len(fetched) == 0 {
			return message.Raw{}, fault.Dropped("nothing")
		}
		return fetched[0], nil
	}
	return message.Raw{}, errors.New("an item that is neither article nor link")
}

// extract takes an article through the language stage and its language's extractor.
func (c *check) extract(ctx context.Context, raw message.Raw) (Article, error) {
	detected, err := c.opts.Language.Process(ctx, raw)
	if err != nil {
		return Article{}, err
	}
	read := Article{
		URL: shown(cmp.Or(raw.FinalURL, raw.URL)), Title: show.Cut(raw.Found.Entry.Title, maxCaption), Published: raw.Found.Entry.Published,
		Language: detected[0].Language, Fetched: raw.Status != 0,
	}
	stage, ok := c.opts.Extract[read.Language]
	if !ok {
		return read, nil
	}
	articles, err := stage.Process(ctx, detected[0])
	if err != nil {
		return Article{}, err
	}
	a := articles[0]
	read.Title, read.Words, read.Access, read.Kind = show.Cut(a.Title, maxCaption), a.Quality.Words, a.Access, a.Facts.Kind
	read.Published, read.Dated = a.Published.Time, a.Published.Origin
	read.Facts = factWords(a.Facts)
	return read, nil
}

// factWords lists the main facts of an article in words.
func factWords(f message.Facts) []string {
	var all []string
	add := func(name string, values ...string) {
		if text := strings.Join(values, ", "); text != "" {
			all = append(all, name+" "+show.Cut(text, maxCaption))
		}
	}
	add("action", parts(f.Action)...)
	if f.Day != nil {
		add("day", f.Day.From)
	}
	var names []string
	for _, p := range f.Places {
		names = append(names, p.Name)
	}
	add("places", names...)
	for _, n := range []struct {
		name  string
		count *message.Count
	}{{"arrested", f.Arrested}, {"killed", f.Killed}, {"wounded", f.Wounded}, {"rescued", f.Rescued}} {
		if n.count != nil {
			add(n.name, fmt.Sprint(n.count.N))
		}
	}
	add("agencies", f.Agencies...)
	return all
}

func parts(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
