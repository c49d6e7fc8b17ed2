package link

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// MaxBytes of a sitemap are read, as it is served and once more as it is opened, as the protocol says.
const MaxBytes = maxOpened

// peeked is how many bytes of a document tell whether it is a sitemap.
const peeked = 8192

// Document is a sitemap of any kind, as far as it could be read.
type Document struct {
	Pages    []Link
	Sitemaps []Link
	IsIndex  bool  // it lists sitemaps; otherwise pages
	Cut      bool  // it is larger, or lists more, than is read: what comes after is missing
	Err      error // why it could not be read to its end; what was read before is there
}

// Looks reports whether what body begins with is a sitemap, an index of them or a compressed file, and not a page. Body is not advanced.
func Looks(body *bufio.Reader) bool {
	head, _ := body.Peek(peeked) // shorter ones come with an error
	return bytes.HasPrefix(head, gzipMagic) || sitemap(head)
}

var gzipMagic = []byte{0x1f, 0x8b}

func sitemap(head []byte) bool { return IsIndex(head) || IsSitemap(head) || IsList(head) }

// Read reads a sitemap as it comes, without ever having all of it at hand: one may be fifty megabytes, and its news stand at its end.
func Read(body *bufio.Reader, base *url.URL) Document {
	from := &bounded{from: body, left: MaxBytes}
	if head, _ := body.Peek(len(gzipMagic)); bytes.Equal(head, gzipMagic) {
		opened, err := gzip.NewReader(body)
		if err != nil {
			return Document{Err: fmt.Errorf("open compressed sitemap: %w", err)}
		}
		from.from = opened
	}
	buffered := bufio.NewReaderSize(from, 64<<10)
	head, _ := buffered.Peek(peeked)
	var d Document
	switch {
	case IsIndex(head):
		d.IsIndex = true
		d.Sitemaps, d.Err = readFrom(buffered, base, "sitemapindex", "sitemap")
	case IsSitemap(head):
		d.Pages, d.Err = readFrom(buffered, base, "urlset", "url")
	case IsList(head):
		d.Pages, d.Err = readList(buffered, base)
	default:
		d.Err = ErrNoSitemap
	}
	d.Cut = from.cut || len(d.Pages) >= MaxURLs || len(d.Sitemaps) >= MaxURLs
	if d.Cut {
		d.Err = nil // it ends where we stopped
	}
	return d
}

// readList reads a sitemap of one address a line.
func readList(body io.Reader, base *url.URL) ([]Link, error) {
	var links []Link
	lines := bufio.NewScanner(body)
	for lines.Scan() && len(links) < MaxURLs {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if l, ok := resolved(Link{URL: line}, base); ok && strings.Contains(line, "://") {
			links = append(links, l)
		}
	}
	if err := lines.Err(); err != nil {
		return links, fmt.Errorf("read sitemap: %w", err)
	}
	return links, nil
}

// bounded ends a document that is longer than it may be.
type bounded struct {
	from io.Reader
	left int64
	cut  bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.cut = b.cut || b.more()
		return 0, io.EOF
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("read sitemap: %w", err)
	}
	return n, err
}

// more reports whether there is anything behind the bound.
func (b *bounded) more() bool {
	n, _ := io.ReadFull(b.from, make([]byte, 1))
	return n > 0
}
