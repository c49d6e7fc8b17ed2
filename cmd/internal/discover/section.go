package discover

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
	"rawi/stages/crawl/link"
)

// fewest links to articles that a page has to have to be worth watching.
const fewest = 3

// Section is a page or sitemap that lists articles.
type Section struct {
	URL   string   `json:"url"`
	How   string   `json:"how"` // message.FoundSection or message.FoundSitemap
	Links int      `json:"links"`
	Match string   `json:"match,omitempty"` // pattern of the paths that are articles, where they do not look like it by themselves
	Shows []string `json:"shows,omitempty"` // titles of the first

	address string // URL as it is asked for
	links   []link.Link
}

// sitemap is the content of an answer that is one, and nil for other answers.
func sitemap(a answer) []byte {
	body, err := link.Opened(a.body)
	if err == nil && (link.IsSitemap(body) || link.IsIndex(body) || link.IsList(body)) {
		return body
	}
	return nil
}

// takeSitemap lists the pages of a sitemap. Of one that lists others the one that is likeliest to hold news is looked at; the daemon follows all.
func (c *check) takeSitemap(ctx context.Context, a answer, body []byte) {
	switch {
	case link.IsIndex(body):
		c.takeIndex(ctx, a, body)
	case link.IsList(body):
		c.takeLinks(a.asked, message.FoundSitemap, link.List(body, a.final))
	default:
		links, _ := link.Sitemap(body, a.final) // a damaged one is good as far as it goes
		c.takeLinks(a.asked, message.FoundSitemap, links)
	}
}

func (c *check) takeIndex(ctx context.Context, a answer, body []byte) {
	below, _ := link.Index(body, a.final)
	slices.SortStableFunc(below, func(a, b link.Link) int { return newsRank(a.URL) - newsRank(b.URL) })
	for _, l := range below[:min(len(below), 1)] {
		child, err := c.get(ctx, l.URL)
		if err != nil || child.status != http.StatusOK {
			return
		}
		inner, err := link.Opened(child.body)
		if err != nil || !link.IsSitemap(inner) {
			return
		}
		links, _ := link.Sitemap(inner, child.final)
		address := a.asked
		if newsRank(l.URL) == 0 {
			address = l.URL // what is older than news would only be read and left out
		}
		c.takeLinks(address, message.FoundSitemap, links)
	}
}

// takePage lists the articles that a page links to, by the daemon's own idea of what looks like one.
func (c *check) takePage(a answer) {
	links, err := link.Page(a.body, a.contentType(), a.final, nil)
	if err != nil {
		c.trouble(Problem{Address: shown(a.asked), What: "the page cannot be read: " + show.Line(err.Error()), Do: "give the address of a feed, or of another page"})
		return
	}
	pattern := ""
	if len(links) < fewest {
		links, pattern = headlines(a)
	}
	if len(links) < fewest {
		what := "a page without a feed"
		if len(c.Feeds) > 0 {
			what = "a page with a feed of readers' comments only"
		}
		c.trouble(Problem{
			Address: shown(a.asked), What: what + ", and with fewer than three links that look like articles",
			Do: "look on the site for the address of a feed, or for a page that lists its articles",
		})
		return
	}
	c.takeLinks(a.asked, message.FoundSection, links)
	c.Sections[len(c.Sections)-1].Match = pattern
}

// headlineWords is how many words make a link's text a headline.
const headlineWords = 4

// headlines looks for articles by their headlines: the folder that most links with one lead into, and the pattern of its paths.
func headlines(a answer) (links []link.Link, pattern string) {
	all, err := link.Page(a.body, a.contentType(), a.final, regexp.MustCompile(""))
	if err != nil {
		return nil, ""
	}
	folders := map[string][]link.Link{}
	best := ""
	for _, l := range all {
		u, err := url.Parse(l.URL)
		if err != nil || len(strings.Fields(l.Title)) < headlineWords {
			continue
		}
		folder, _ := path.Split(strings.TrimSuffix(u.EscapedPath(), "/"))
		folders[folder] = append(folders[folder], l)
		if n, most := len(folders[folder]), len(folders[best]); n > most || n == most && folder < best {
			best = folder
		}
	}
	return folders[best], "^" + regexp.QuoteMeta(best) + "[^/]+"
}

func (c *check) takeLinks(address, how string, links []link.Link) {
	if len(links) == 0 {
		c.note("the sitemap %s lists nothing", shown(address))
		return
	}
	s := Section{URL: shown(address), address: address, How: how, Links: len(links), links: links}
	for _, l := range links[:min(len(links), 3)] {
		if l.Title != "" {
			s.Shows = append(s.Shows, show.Cut(l.Title, maxCaption))
		}
	}
	c.Sections = append(c.Sections, s)
}

// fetchOf asks the crawler for a link of the section.
func (s Section) fetchOf(l link.Link, outlet message.Outlet) message.Fetch {
	return message.Fetch{
		Type: message.FetchV1, ID: message.ArticleID(message.Identity(l.URL)), Outlet: outlet, URL: l.URL, Seen: message.Digest(l.Title, l.DateText),
		Found: message.Found{How: s.How, Where: s.URL, Entry: message.Entry{Title: l.Title, DateText: l.DateText, Published: l.Published}},
	}
}
