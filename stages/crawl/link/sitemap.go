package link

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
)

// MaxURLs of a sitemap are read, as the protocol says.
const MaxURLs = 50_000

// ErrNoSitemap is the error of an XML document that is no list of pages.
var ErrNoSitemap = errors.New("no urlset: not a sitemap of pages")

// IsSitemap reports whether a document is one, by its first tags.
func IsSitemap(body []byte) bool {
	return bytes.Contains(body[:min(len(body), 2048)], []byte("<urlset"))
}

// Sitemap lists the pages of a sitemap, with title and date where it is one for news. What was read before an error is returned with it.
func Sitemap(body []byte, base *url.URL) ([]Link, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = charset.NewReaderLabel
	var links []Link
	for rooted := false; len(links) < MaxURLs; {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if !rooted {
				return nil, ErrNoSitemap
			}
			return links, nil
		}
		if err != nil {
			return links, fmt.Errorf("read sitemap: %w", err)
		}
		start, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case start.Name.Local == "urlset":
			rooted = true
		case rooted && start.Name.Local == "url":
			if l, ok := readURL(d, base); ok {
				links = append(links, l)
			}
		}
	}
	return links, nil
}

// readURL reads up to the end of one url element.
func readURL(d *xml.Decoder, base *url.URL) (Link, bool) {
	var l Link
	field := ""
	for {
		t, err := d.RawToken()
		if err != nil {
			return l, false
		}
		switch t := t.(type) {
		case xml.StartElement:
			field = t.Name.Local
			if t.Name.Space == "image" || t.Name.Space == "video" {
				field = ""
			}
		case xml.EndElement:
			if field = ""; t.Name.Local == "url" && t.Name.Space == "" {
				return resolved(l, base)
			}
		case xml.CharData:
			l.set(field, strings.TrimSpace(string(t)))
		}
	}
}

func (l *Link) set(field, value string) {
	switch field {
	case "loc":
		l.URL += value
	case "title":
		l.Title = clean(l.Title + value)
	case "publication_date":
		l.date(value)
	case "lastmod":
		if l.DateText == "" {
			l.DateText = clean(value)
		}
	}
}

// date reads the forms that the sitemap protocol allows.
func (l *Link) date(value string) {
	l.DateText = clean(value)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() >= 1990 {
			l.Published = t.UTC()
			return
		}
	}
}

// resolved checks that the address belongs to the sitemap's own site.
func resolved(l Link, base *url.URL) (Link, bool) {
	u, err := base.Parse(l.URL)
	if err != nil || l.URL == "" || u.Scheme != "http" && u.Scheme != "https" || site(u) != site(base) {
		return l, false
	}
	u.Fragment, u.RawFragment = "", ""
	l.URL = u.String()
	return l, true
}
