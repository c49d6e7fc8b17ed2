package link

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html/charset"

	"rawi/pipeline/message"
)

// MaxURLs of a sitemap are read, as the protocol says.
const MaxURLs = 50_000

// ErrNoSitemap is the error of an XML document that is no list of pages.
var ErrNoSitemap = errors.New("no urlset: not a sitemap of pages")

// maxOpened is how large a sitemap may be, compressed or not; the protocol allows 50 MB.
const maxOpened = 50 << 20

// Opened is a document that was compressed as a file ("sitemap.xml.gz"), or the document itself where it was not.
func Opened(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("open compressed sitemap: %w", err)
	}
	opened, err := io.ReadAll(io.LimitReader(z, maxOpened+1))
	if err != nil && len(opened) == 0 {
		return nil, fmt.Errorf("open compressed sitemap: %w", err)
	}
	if len(opened) > maxOpened {
		return nil, fmt.Errorf("compressed sitemap of %d bytes becomes more than %d", len(body), maxOpened)
	}
	return opened, nil
}

// IsSitemap reports whether a document is a sitemap of pages, by its first tags.
func IsSitemap(body []byte) bool { return begins(body, "urlset") }

// IsIndex reports whether a document is a sitemap that lists others.
func IsIndex(body []byte) bool { return begins(body, "sitemapindex") }

// root is a first tag with whatever prefix it has; comments and declarations may stand before it.
var root = regexp.MustCompile(`(?s)^(?:\s|\x{FEFF}|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*<(?:\w+:)?(\w+)`)

func begins(body []byte, tag string) bool {
	m := root.FindSubmatch(body[:min(len(body), 8192)])
	return m != nil && string(m[1]) == tag
}

// IsList reports whether a document is a sitemap in plain text: an address a line.
func IsList(body []byte) bool {
	first, _, _ := bytes.Cut(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))), []byte("\n"))
	_, ok := message.Address(string(first[:min(len(first), maxURL)]))
	return ok
}

// List lists the pages of a sitemap in plain text.
func List(body []byte, base *url.URL) []Link {
	var links []Link
	for line := range strings.Lines(strings.TrimPrefix(string(body), "\ufeff")) {
		if l, ok := resolved(Link{URL: strings.TrimSpace(line)}, base); ok && strings.Contains(line, "://") && len(links) < MaxURLs {
			links = append(links, l)
		}
	}
	return links
}

// Index lists the sitemaps that an index leads to, newest first as far as it says so. What was read before an error is returned with it.
func Index(body []byte, base *url.URL) ([]Link, error) {
	return read(body, base, "sitemapindex", "sitemap")
}

// Sitemap lists the pages of a sitemap, with title and date where it is one for news. What was read before an error is returned with it.
func Sitemap(body []byte, base *url.URL) ([]Link, error) { return read(body, base, "urlset", "url") }

// read lists the entries of a document with a given root. Elements are taken as they come: a sitemap that is cut off or not well-formed is
// good as far as it goes.
func read(body []byte, base *url.URL, root, entry string) ([]Link, error) {
	return readFrom(bytes.NewReader(body), base, root, entry)
}

func readFrom(body io.Reader, base *url.URL, root, entry string) ([]Link, error) {
	d := xml.NewDecoder(body)
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
		case start.Name.Local == root:
			rooted = true
		case rooted && start.Name.Local == entry:
			if l, ok := readEntry(d, base, entry); ok {
				links = append(links, l)
			}
		}
	}
	return links, nil
}

// readEntry reads up to the end of one entry.
func readEntry(d *xml.Decoder, base *url.URL, entry string) (Link, bool) {
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
			if field = ""; t.Name.Local == entry {
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
		l.DateText, l.Published = clean(value), date(value)
	case "lastmod":
		if l.Modified = date(value); l.DateText == "" {
			l.DateText = clean(value)
		}
	}
}

// date reads the forms that the sitemap protocol allows; zero for others.
func date(value string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() >= 1990 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// resolved checks that the address belongs to the sitemap's own site.
func resolved(l Link, base *url.URL) (Link, bool) {
	if len(l.URL) > maxURL {
		return l, false
	}
	u, ok := resolve(base, l.URL)
	if !ok || !Related(u, base) {
		return l, false
	}
	l.URL = u.String()
	return l, true
}

// Related reports whether two addresses are of one site: the same host, or one below the other's.
func Related(a, b *url.URL) bool {
	x, y := site(a), site(b)
	return x == y || strings.HasSuffix(x, "."+y) || strings.HasSuffix(y, "."+x)
}
