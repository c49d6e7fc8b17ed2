package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"rawi/pipeline/message"
)

// Section is a page or a sitemap that lists articles of an outlet, or its robots.txt, whose sitemaps are watched then.
type Section struct {
	Outlet      message.Outlet
	URL         string
	LinkPattern string        // which links are articles: the beginning of a path ("/politique/"), or a regular expression over path and query
	Budget      int           // new links taken between one visit and the next; 0 for the default
	Interval    time.Duration // between visits; 0 for the default
}

// Validate returns what is wrong with the section.
func (s Section) Validate() error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url: %q is no http(s) address", shown(s.URL))
	}
	if _, err := s.pattern(); err != nil {
		return fmt.Errorf("links: %w", err)
	}
	if s.Budget < 0 || s.Interval < 0 {
		return errors.New("budget, interval: must not be below zero")
	}
	return nil
}

// pattern is nil where the section has none.
func (s Section) pattern() (*regexp.Regexp, error) {
	switch {
	case s.LinkPattern == "":
		return nil, nil
	case strings.HasPrefix(s.LinkPattern, "/") && regexp.QuoteMeta(s.LinkPattern) == strings.ReplaceAll(s.LinkPattern, ".", `\.`):
		return regexp.Compile("^" + regexp.QuoteMeta(s.LinkPattern))
	}
	return regexp.Compile(s.LinkPattern)
}

// Store keeps what is no part of a schedule. Keys may hold URLs. It is called from several goroutines at once.
type Store interface {
	// Get returns the value of a key, or nil and no error where there is none.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put returns nil once the value is stored.
	Put(ctx context.Context, key string, value []byte) error
}
