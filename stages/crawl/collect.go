package crawl

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/cespare/xxhash/v2"
	"github.com/gocolly/colly/v2"

	"rawi/pipeline/fault"
)

const (
	maxRedirects = 10
	// keptBuffer is the largest buffer that a collector keeps for its next page.
	keptBuffer = 1 << 20
	// openBuffer is how much of a body an opener can look at before it takes it.
	openBuffer = 16 << 10
)

// opener is shown the body of a page that was answered with 200, and may take it instead of the collector: what it has read is gone then.
type opener = func(body *bufio.Reader) (took bool, err error)

// collector is a colly collector with what it works on. It fetches one page at a time, and any number one after the other.
type collector struct {
	colly *colly.Collector
	way   *way
	asked *url.URL
	page  page
	limit int64
	next  http.RoundTripper
	read  bytes.Buffer
}

// newCollector switches off everything that a collector would decide by itself, also where its environment variables switch it on: it has
// robots.txt, sizes and charsets decided elsewhere, and neither cookies nor a memory.
func (v *Visitor) newCollector() *collector {
	c := &collector{colly: colly.NewCollector(), next: v.transport, limit: v.cfg.MaxBody}
	c.colly.AllowURLRevisit, c.colly.IgnoreRobotsTxt, c.colly.ParseHTTPErrorResponse = true, true, true
	c.colly.Async, c.colly.DetectCharset, c.colly.MaxBodySize, c.colly.MaxDepth, c.colly.CacheDir = false, false, 0, 0, ""
	c.colly.AllowedDomains, c.colly.DisallowedDomains, c.colly.UserAgent = nil, nil, v.cfg.Agent
	c.colly.DisableCookies()
	c.colly.WithTransport(c)
	c.colly.SetRequestTimeout(0) // the context ends it
	c.colly.SetRedirectHandler(c.redirect)
	c.colly.OnRequest(func(r *colly.Request) {
		*r.URL = *c.asked
		r.Headers.Del("Host")
	})
	c.colly.OnResponse(func(r *colly.Response) {
		c.page.status, c.page.header, c.page.answered, c.page.final = r.StatusCode, *r.Headers, r.Request.URL, r.Request.URL.String()
	})
	return c
}

// somewhere is what a collector is told to fetch. It takes an address apart three times and puts it together four times before it asks; the real
// one, which was taken apart already, is put in its place just before the request leaves.
const somewhere = "x:"

// collect has a collector fetch one page.
func (v *Visitor) collect(ctx context.Context, u *url.URL, header http.Header, w *way) (p page, err error) {
	c := v.collectors.Get().(*collector) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("collector panicked: %v", r) // and is not used again
			return
		}
		c.way, c.asked, c.page, c.colly.Context = nil, nil, page{}, nil
		v.collectors.Put(c)
	}()
	c.way, c.asked, c.colly.Context = w, u, ctx
	if header == nil {
		header = http.Header{}
	}
	header.Set("Accept", "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5")
	header.Set("Host", u.Host)
	err = c.colly.Request(http.MethodGet, somewhere, nil, nil, header)
	return c.page, err
}

func (c *collector) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fault.Permanently(ReasonRefused, fmt.Errorf("more than %d redirects", maxRedirects))
	}
	if len(via) > 1 {
		c.page.hops = append(c.page.hops, via[len(via)-1].URL.String())
	}
	req.Header.Del("Referer")
	return c.way.follow(req.Context(), req.URL)
}

// RoundTrip stands between the collector and the web. It keeps the body to itself: the collector would copy it once more, decompress it by
// the address and decode it by its charset, and what is published is what was served.
func (c *collector) RoundTrip(req *http.Request) (*http.Response, error) {
	c.page.unanswered = true
	res, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	c.page.unanswered = false
	wire := res.Body
	defer wire.Close()
	res.Uncompressed, res.Body = true, http.NoBody
	c.page.contentType = res.Header.Get("Content-Type")
	c.read.Reset()
	body := io.Reader(wire)
	if c.way.open != nil && res.StatusCode == http.StatusOK {
		buffered := bufio.NewReaderSize(wire, openBuffer)
		took, err := c.way.open(buffered)
		if err != nil {
			return nil, err
		}
		if took {
			return res, nil
		}
		body = buffered
	}
	n, err := c.read.ReadFrom(io.LimitReader(body, c.limit+1))
	if err != nil {
		return nil, err
	}
	if n > c.limit {
		return nil, fault.Permanently(ReasonTooBig, errors.New("the page is larger than max_body"))
	}
	c.page.body, c.page.hash = bytes.Clone(c.read.Bytes()), xxhash.Sum64(c.read.Bytes())
	if c.read.Cap() > keptBuffer {
		c.read = bytes.Buffer{}
	}
	return res, nil
}
