package discover

import (
	"context"
	"errors"
	"slices"
	"time"

	"rawi/cmd/internal/registry"
	"rawi/cmd/internal/show"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/crawl"
	"rawi/stages/feed"
)

// sampled is how many items of a feed are looked at for their language.
const sampled = 12

// stale is the age of the newest item from which a feed is said to be dead.
const stale = 30 * 24 * time.Hour

// Language is what the items were written in.
type Language struct {
	Tag       string `json:"tag"`
	Sure      bool   `json:"sure"`
	Agree     int    `json:"agree"` // of the items that were looked at
	Of        int    `json:"of"`
	Extracted bool   `json:"extracted"` // there is a language pack: facts are read, stories are merged
}

// judge reads what was found, and proposes a source.
func (c *check) judge(ctx context.Context) {
	feeds := slices.DeleteFunc(slices.Clone(c.Feeds), func(f Feed) bool { return f.Comments })
	if len(feeds) == 0 && len(c.Sections) == 0 {
		return
	}
	source := c.source(feeds)
	articles := c.messages(ctx, feeds, source.Outlet())
	c.readLanguage(ctx, articles)
	if c.Language != nil {
		source.Language = c.Language.Tag
	}
	source.Name = c.name(source)
	c.Zone = zoneWords(source.Zone, feeds)
	if source.Family == source.Name {
		source.Family = ""
	}
	c.Source = &source
	c.readArticle(ctx, articles, source.Outlet())
	c.remark(feeds)
}

// messages are what the daemon would emit, the newest first.
func (c *check) messages(ctx context.Context, feeds []Feed, outlet message.Outlet) []message.Message {
	var all []message.Message
	for i, f := range feeds {
		emitted, err := c.poll(ctx, feed.Feed{Outlet: outlet, URL: f.address})
		if err != nil {
			c.trouble(problemOf(f.address, err))
		}
		for _, m := range emitted {
			if _, whole := m.(message.Raw); whole {
				feeds[i].Whole++
			} else {
				feeds[i].Links++
			}
		}
		c.keep(feeds[i])
		all = append(all, emitted...)
	}
	if len(all) == 0 && len(c.Sections) > 0 {
		s := c.Sections[0]
		for _, l := range s.links[:min(len(s.links), sampled)] {
			all = append(all, s.fetchOf(l, outlet))
		}
	}
	slices.SortStableFunc(all, func(a, b message.Message) int { return published(b).Compare(published(a)) })
	return all
}

func (c *check) keep(f Feed) {
	for i := range c.Feeds {
		if c.Feeds[i].address == f.address {
			c.Feeds[i] = f
		}
	}
}

func published(m message.Message) time.Time {
	switch m := m.(type) {
	case message.Raw:
		return m.Found.Entry.Published
	case message.Fetch:
		return m.Found.Entry.Published
	}
	return time.Time{}
}

// readLanguage asks the language stage about the newest items: of those that only link, about what the feed says of them.
func (c *check) readLanguage(ctx context.Context, articles []message.Message) {
	counts, sure := map[string]int{}, map[string]bool{}
	of := 0
	for _, m := range articles[:min(len(articles), sampled)] {
		detected, err := c.opts.Language.Process(ctx, sampleOf(m))
		if err != nil || len(detected) == 0 {
			continue
		}
		of++
		counts[detected[0].Language]++
		sure[detected[0].Language] = sure[detected[0].Language] || detected[0].Confidence == message.ConfidenceHigh
	}
	best := ""
	for tag, n := range counts {
		if n > counts[best] || n == counts[best] && tag < best {
			best = tag
		}
	}
	if best == "" || best == message.Undetermined {
		return
	}
	_, extracted := c.opts.Extract[best]
	c.Language = &Language{Tag: best, Sure: sure[best], Agree: counts[best], Of: of, Extracted: extracted}
}

func sampleOf(m message.Message) message.Raw {
	switch m := m.(type) {
	case message.Raw:
		m.Outlet.Language = "" // what is asked is what it is
		return m
	case message.Fetch:
		e := m.Found.Entry
		return message.Raw{
			Type: message.RawV1, ID: m.ID, URL: m.URL, Found: m.Found, ContentType: "text/plain; charset=utf-8", Body: []byte(e.Title + "\n" + e.Summary),
		}
	}
	return message.Raw{}
}

// remark says what an operator should know before adding the source.
func (c *check) remark(feeds []Feed) {
	for _, f := range feeds {
		if f.Items == 0 {
			c.note("%s is a feed without items", f.URL)
		}
		if f.Damaged {
			c.note("%s had to be repaired to be read", f.URL)
		}
		if f.Capped {
			c.note("%s has more items than are read: raise feed.max_items to read them all", f.URL)
		}
		if f.Moved != "" {
			c.note("%s has moved for good to %s: configure that address", f.URL, f.Moved)
		}
		if age := time.Since(f.Newest); !f.Newest.IsZero() && age > stale {
			c.note("the newest item of %s is %s old: the feed may be dead", f.URL, registry.Age(age))
		}
		if f.Undated > 0 && f.Undated == f.Items {
			c.note("the items of %s are not dated: they count as published when they are first seen", f.URL)
		}
	}
	if c.Language != nil && !c.Language.Extracted {
		c.note("articles in %q are told apart and kept on news.lang.%s.>, and not merged: there is no language pack for them", c.Language.Tag, c.Language.Tag)
	}
	if c.Language == nil {
		c.note("the language could not be told: set language")
	}
}

// Article is one article as the pipeline would read it.
type Article struct {
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Published time.Time `json:"published,omitzero"`
	Dated     string    `json:"dated,omitempty"` // where the date came from: "feed", "meta" and the like
	Language  string    `json:"language"`
	Words     int       `json:"words"`
	Access    string    `json:"access,omitempty"`
	Kind      string    `json:"kind,omitempty"`
	Facts     []string  `json:"facts,omitempty"` // in words
	Fetched   bool      `json:"fetched"`         // from its page, not from the feed
}

// reads is how many articles are tried until one is read.
const reads = 2

// readArticle takes the newest item through crawler, language stage and extractor; a second one where the first yields nothing.
func (c *check) readArticle(ctx context.Context, articles []message.Message, outlet message.Outlet) {
	var last Problem
	for _, m := range articles[:min(len(articles), reads)] {
		raw, err := c.rawOf(ctx, m, outlet)
		if err != nil {
			last = articleProblem(m, err)
			continue
		}
		a, err := c.extract(ctx, raw)
		if err == nil {
			c.Article = &a
			return
		}
		last = articleProblem(m, err)
	}
	if last.What != "" {
		c.trouble(last)
	}
}

func articleProblem(m message.Message, err error) Problem {
	address := ""
	switch m := m.(type) {
	case message.Raw:
		address = m.URL
	case message.Fetch:
		address = m.URL
	}
	p := problemOf(address, err)
	permanent, _ := errors.AsType[*fault.Permanent](err)
	delayed, _ := errors.AsType[*fault.Delayed](err)
	var drop *fault.Drop
	switch {
	case errors.As(err, &drop) && drop.Reason == crawl.ReasonRobots:
		p.What, p.Do = "robots.txt keeps us from the article", "only what the feed itself holds can be read"
	case permanent != nil && p.Do == "":
		p.What = "the article cannot be read: " + show.Line(shown(permanent.Err.Error()))
	case delayed != nil && p.Do == "":
		p.What, p.Do = "the outlet asks us to wait: "+show.Line(shown(delayed.Err.Error())), "the daemon will wait; nothing needs doing"
	case errors.As(err, &drop):
		p.What = "the article is dropped: " + drop.Reason
	}
	return p
}
