package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// resource is what a site answers under one path.
type resource struct {
	contentType string
	body        []byte
	modified    time.Time
	location    string                // where a redirect leads
	stream      func(io.Writer) error // writes a body too large to keep
}

// etag changes with the body and with its encoding, as RFC 9110 wants of a strong one.
func (r resource) etag(zipped bool) string {
	sum := sha256.Sum256(r.body)
	tag := hex.EncodeToString(sum[:8])
	if zipped {
		tag += "-gzip"
	}
	return `"` + tag + `"`
}

// build renders everything that the outlet's site serves, by path (with its query where that chooses the page).
func (p *press) build(o *outlet, base string) (map[string]resource, error) {
	own := p.of(o)
	if len(own) == 0 {
		return nil, fmt.Errorf("no article")
	}
	served := map[string]resource{
		"/robots.txt": {contentType: "text/plain; charset=utf-8", body: []byte(o.Robots), modified: own[len(own)-1].published},
	}
	if o.Feed != feedNone {
		body, contentType, err := feed(o, base, own)
		if err != nil {
			return nil, fmt.Errorf("feed: %w", err)
		}
		served[o.FeedPath] = resource{contentType: contentType, body: body, modified: own[0].published}
	}
	for _, path := range append([]string{"/"}, o.Sections...) {
		body, err := p.listPage(o, base, o.Menu[0], own)
		if err != nil {
			return nil, err
		}
		if served[path], err = o.page(body, own[0].published); err != nil {
			return nil, err
		}
	}
	return served, p.buildArticles(o, base, own, served)
}

func (p *press) buildArticles(o *outlet, base string, own []*article, served map[string]resource) error {
	for i, a := range own {
		if a.trap == trapMissing {
			continue
		}
		body, err := p.articlePage(o, base, own, i)
		if err != nil {
			return err
		}
		r, err := o.page(body, a.published)
		if err != nil {
			return err
		}
		served[a.path] = spring(a.trap, r)
		if o.ShortLinks {
			served[shortLink(i)] = resource{location: base + a.link()}
		}
	}
	return nil
}

// page is markup as the outlet serves it: in its charset, declared where the outlet declares it.
func (o *outlet) page(markup []byte, modified time.Time) (resource, error) {
	body, err := encode(markup, o.Charset)
	contentType := "text/html"
	if o.CharsetIn == "header" {
		contentType += "; charset=" + o.Charset
	}
	return resource{contentType: contentType, body: body, modified: modified.Truncate(time.Second)}, err
}
