// Package discover tries an outlet as the daemon would: it finds its feeds, reads them and one article, and proposes a configuration.
package discover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rawi/cmd/internal/evaluate"
	"rawi/config"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
)

// Bounds of one check, where the options name none.
const (
	defaultRequests = 24
	defaultTimeout  = 2 * time.Minute
)

// Options are what a check needs to do as the daemon does.
type Options struct {
	Config   config.Config  // its paces, caps, names and sources
	Allow    []netip.Prefix // addresses, otherwise refused, that the outlet's host may have
	Language evaluate.Stage[message.Raw, message.Detected]
	Extract  map[string]evaluate.Stage[message.Detected, message.Article] // by BCP 47 tag
	Requests int                                                          // at most; 0 for 24
	Timeout  time.Duration                                                // of the whole check; 0 for two minutes
	Asking   func(address string)                                         // told before each request; nil for none
}

// Report is what a check found.
type Report struct {
	Asked    string         `json:"asked"`
	Found    string         `json:"found,omitempty"` // where the answer came from, after redirects
	Is       string         `json:"is,omitempty"`    // what was there: "feed", "page", "sitemap", or in words what else
	Title    string         `json:"title,omitempty"`
	Robots   *Robots        `json:"robots,omitempty"`
	Feeds    []Feed         `json:"feeds,omitempty"`
	Sections []Section      `json:"sections,omitempty"`
	Language *Language      `json:"language,omitempty"`
	Zone     string         `json:"zone,omitempty"` // in words: what the dates say of it
	Article  *Article       `json:"article,omitempty"`
	Source   *config.Source `json:"source,omitempty"` // nil where nothing was found that could be read
	Notes    []string       `json:"notes,omitempty"`
	Problems []Problem      `json:"problems,omitempty"`
	Requests int            `json:"requests"`
}

// check is one check on its way.
type check struct {
	Report

	opts    Options
	traffic *traffic
	client  *http.Client
	robots  map[string]ruling // by origin
	emitted map[string][]message.Message
	tried   map[string]bool
}

// Look tries an outlet by the address of a feed, of a page, or by its bare host name. It makes a bounded number of requests and ends in
// bounded time; what went wrong is in the report, in words.
func Look(ctx context.Context, address string, opts Options) Report {
	if opts.Requests <= 0 {
		opts.Requests = defaultRequests
	}
	if opts.Timeout <= 0 {
		opts.Timeout = defaultTimeout
	}
	if opts.Asking == nil {
		opts.Asking = func(string) {}
	}
	ctx, cancel := context.WithTimeout(ctx, opts.Timeout)
	defer cancel()
	spellings := spellings(address)
	guard := outbound.New(guardConfig(opts, spellings))
	defer guard.Close()
	c := &check{
		Report: Report{Asked: shown(address)}, opts: opts, robots: map[string]ruling{}, emitted: map[string][]message.Message{}, tried: map[string]bool{},
		traffic: newTraffic(guard.Transport(opts.Config.Feed.MaxBody), opts.Config.Crawl.Spacing, opts.Requests, opts.Asking),
	}
	c.client = &http.Client{Transport: c.traffic, CheckRedirect: c.redirect}
	if len(spellings) == 0 {
		c.trouble(Problem{Address: shown(address), What: "no http or https address, and no name of a host", Do: "write it as https://outlet.example/ or outlet.example"})
		return c.Report
	}
	if a, ok := c.reach(ctx, spellings); ok {
		c.explore(ctx, a)
		c.judge(ctx)
	}
	c.Requests = c.traffic.requests()
	return c.Report
}

// guardConfig opens the host that was asked for to the addresses that were allowed, on the port that was named.
func guardConfig(opts Options, spellings []string) outbound.Config {
	cfg := opts.Config.Outbound
	cfg.Exceptions = append([]outbound.Exception(nil), cfg.Exceptions...)
	for _, address := range spellings {
		u, err := url.Parse(address)
		if err != nil || len(opts.Allow) == 0 {
			continue
		}
		e := outbound.Exception{Host: u.Hostname(), Prefixes: opts.Allow}
		if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
			e.Ports = []uint16{uint16(port)}
		}
		cfg.Exceptions = append(cfg.Exceptions, e)
	}
	return cfg
}

// spellings are the addresses that a person may mean, the likeliest first.
func spellings(address string) []string {
	address = strings.TrimSpace(address)
	if scheme, rest, ok := strings.Cut(address, ":"); ok && strings.EqualFold(scheme, "feed") {
		if address = rest; strings.HasPrefix(rest, "//") {
			address = "http:" + rest
		}
	}
	if strings.Contains(address, "://") {
		return valid(address)
	}
	all := valid("https://" + address)
	if len(all) == 0 {
		return nil
	}
	u, _ := url.Parse(all[0])
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && strings.Count(u.Hostname(), ".") == 1 {
		all = append(all, valid("https://www."+address)...)
	}
	return append(all, valid("http://"+address)...)
}

func valid(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, " \t") || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return []string{u.String()}
}

// reach asks the spellings until one of them answers. Of those that do not, only what was wrong with the likeliest is told.
func (c *check) reach(ctx context.Context, spellings []string) (answer, bool) {
	var first error
	for _, address := range spellings {
		get := c.get
		if feedPath.MatchString(address) {
			get = c.getFeed
		}
		a, err := get(ctx, address)
		if err == nil {
			return a, true
		}
		if first == nil {
			first = err
		}
		if errors.Is(err, errForbidden) || ctx.Err() != nil {
			first = err
			break
		}
	}
	c.trouble(problemOf(spellings[0], first))
	return answer{}, false
}

func (c *check) trouble(p Problem) { c.Problems = append(c.Problems, p) }

func (c *check) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}
