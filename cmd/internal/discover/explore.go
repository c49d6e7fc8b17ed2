package discover

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/charset"
	"rawi/stages/crawl/verdict"
	"rawi/stages/feed"
)

// How many addresses of each sort are tried. Together with the article and robots.txt they stay below the bound on requests.
const (
	tryAlternates = 6
	tryAnchors    = 4
	tryGuesses    = 4
	trySitemaps   = 2
)

// guesses are where publishing systems put their feed, the most widespread first.
var guesses = [...]string{"feed", "rss", "rss.xml", "feed.xml"}

// explore takes an answer for what it is.
func (c *check) explore(ctx context.Context, a answer) {
	c.Found = shown(a.final.String())
	if a.status != http.StatusOK {
		c.trouble(statusProblem(a.asked, a.status, a.header))
		if a.status == http.StatusNotFound || a.status == http.StatusGone {
			c.frontPage(ctx, a)
		}
		return
	}
	err, listed := c.takeFeed(ctx, a, hint{}), sitemap(a)
	switch {
	case err == nil:
		c.Is = "feed"
	case listed != nil:
		c.Is = "sitemap"
		c.takeSitemap(ctx, a, listed)
	case errors.Is(err, feed.ErrEmpty):
		c.Is = "an empty answer"
		c.trouble(Problem{Address: c.Found, What: c.Is, Do: "give the outlet's front page"})
	case isHTML(a):
		c.Is = "page"
		if c.open(ctx, a) {
			c.explorePage(ctx, a)
		}
	default:
		c.Is = thing(a.body, a.contentType())
		c.trouble(Problem{Address: c.Found, What: c.Is + ", neither a feed nor a page", Do: "give the address of a feed, or of the outlet's front page"})
	}
}

// open reports whether a page is there to be read, and says what stands in front of it.
func (c *check) open(ctx context.Context, a answer) bool {
	asked, err := url.Parse(a.asked)
	if err != nil {
		return true
	}
	answered := *a.final
	if strings.Trim(a.final.Path, "/") == "" {
		if strings.Trim(asked.Path, "/") != "" {
			c.note("%s leads to the front page", shown(a.asked))
		}
		answered.Path = "/page" // what is no article may still be a front page, which is what we look for
	}
	switch verdict.Of(asked, &answered, a.body) {
	case verdict.Blocked:
		c.trouble(Problem{Address: c.Found, What: "a challenge for browsers instead of the page: the outlet does not want programs", Do: "ask them; rawi does not disguise itself"})
		return false
	case verdict.Soft404:
		c.trouble(Problem{Address: c.Found, What: "the page says that there is nothing at this address", Do: "look at the spelling, or give the outlet's front page"})
		c.frontPage(ctx, a)
		return false
	case verdict.Consent:
		c.note("%s asks for consent before anything is shown: articles may be hidden behind it", c.Found)
	case verdict.Login:
		c.note("%s is a door for subscribers: articles may be hidden behind it", c.Found)
	}
	return true
}

func isHTML(a answer) bool {
	return !charset.Binary(a.body) && (strings.Contains(a.contentType(), "html") || strings.HasPrefix(http.DetectContentType(a.body), "text/html"))
}

// frontPage looks at the outlet's front page where the address that was given leads nowhere.
func (c *check) frontPage(ctx context.Context, a answer) {
	front := a.final.ResolveReference(&url.URL{Path: "/"})
	if front.String() == a.final.String() {
		return
	}
	b, err := c.get(ctx, front.String())
	if err != nil || b.status != http.StatusOK || !isHTML(b) {
		return
	}
	c.note("looked at the front page %s instead", shown(front.String()))
	c.Found, c.Is = shown(b.final.String()), "page"
	c.explorePage(ctx, b)
}

// explorePage looks for feeds where a page names them, then where its links lead, then where publishing systems put them, then for sitemaps.
// What is found first is taken. A page that lists articles can be watched itself where there is nothing better.
func (c *check) explorePage(ctx context.Context, a answer) {
	h := readHints(a.body, a.contentType(), a.final)
	if c.Title = h.site; c.Title == "" {
		c.Title = h.title
	}
	c.tryHints(ctx, h.alternates, tryAlternates)
	if !c.hasFeed() {
		c.tryHints(ctx, h.anchors, tryAnchors)
	}
	if !c.hasFeed() {
		c.tryHints(ctx, guessed(a.final), tryGuesses)
	}
	if c.hasFeed() {
		return
	}
	c.trySitemaps(ctx)
	if len(c.Sections) == 0 {
		c.takePage(a)
	}
}

func guessed(page *url.URL) []hint {
	all := make([]hint, len(guesses))
	for i, path := range guesses {
		all[i].address = page.ResolveReference(&url.URL{Path: "/" + path}).String()
	}
	return all
}

func (c *check) hasFeed() bool {
	return slices.ContainsFunc(c.Feeds, func(f Feed) bool { return !f.Comments })
}

// tryHints reads what hints lead to. Feeds of comments come last: they are named, and not proposed.
func (c *check) tryHints(ctx context.Context, hints []hint, most int) {
	slices.SortStableFunc(hints, func(a, b hint) int { return rank(a) - rank(b) })
	for _, h := range hints {
		id := message.Identity(h.address)
		if c.tried[id] || most <= 0 || h.isComments() && c.hasFeed() {
			continue
		}
		c.tried[id] = true
		most--
		get := c.get
		if h.named {
			get = c.getFeed
		}
		a, err := get(ctx, h.address)
		if errors.Is(err, errEnough) || ctx.Err() != nil {
			c.note("not every address was tried: the check may make %d requests and take %s", c.opts.Requests, c.opts.Timeout)
			return
		}
		switch {
		case err != nil:
			err = errors.New(problemOf(h.address, err).What)
		case a.status != http.StatusOK:
			err = errors.New(statusProblem(h.address, a.status, a.header).What)
		default:
			err = c.takeFeed(ctx, a, h)
		}
		if err != nil && h.named { // a guess that fails is no news
			c.note("%s is named as a feed and is none: %s", shown(h.address), innermost(err))
		}
	}
}

// innermost is what an error comes down to, without what was being done.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

func rank(h hint) int {
	if h.isComments() {
		return 1
	}
	return 0
}

// trySitemaps reads the sitemaps that robots.txt names, those of news first.
func (c *check) trySitemaps(ctx context.Context) {
	if c.Robots == nil {
		return
	}
	sitemaps := slices.Clone(c.Robots.Sitemaps)
	slices.SortStableFunc(sitemaps, func(a, b string) int { return newsRank(a) - newsRank(b) })
	for _, address := range sitemaps[:min(len(sitemaps), trySitemaps)] {
		if len(valid(address)) == 0 {
			continue
		}
		a, err := c.get(ctx, address)
		switch {
		case err != nil:
			c.trouble(problemOf(address, err))
		case a.status != http.StatusOK:
			c.note("the sitemap %s that robots.txt names answers %d", shown(address), a.status)
		case sitemap(a) == nil:
			c.note("the sitemap %s that robots.txt names is none", shown(address))
		default:
			c.takeSitemap(ctx, a, sitemap(a))
		}
		if len(c.Sections) > 0 {
			return
		}
	}
}

func newsRank(address string) int {
	if strings.Contains(strings.ToLower(address), "news") {
		return 0
	}
	return 1
}
