package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/crawl/link"
	"rawi/stages/crawl/verdict"
)

// Fetcher is a stage: it fetches the page of a link.
type Fetcher struct {
	visitor *Visitor
	repeats verdict.Repeats
}

// NewFetcher returns a stage that fetches by visitor.
func NewFetcher(visitor *Visitor) *Fetcher { return &Fetcher{visitor: visitor} }

// ReasonUnchanged is the reason under which a page is dropped that was looked at again and is as it was.
const ReasonUnchanged = "unchanged"

// ReasonWithdrawn is the reason under which Fetcher drops a page that was there before and was taken away for good.
const ReasonWithdrawn = "withdrawn"

// Process fetches a page whole: its bytes and its Content-Type as served. Pages that are not there, not for us or no pages are permanent
// errors; a host whose turn has not come is a fault.After. A page that is looked at again is dropped unless its text has changed, also where it
// is not there any more: what was published of it stands, since hosts lose pages for a while. One that says that it was taken away for good
// (410, RFC 9110, 15.5.11) is dropped as ReasonWithdrawn.
func (f *Fetcher) Process(ctx context.Context, in message.Fetch) ([]message.Raw, error) {
	p, err := f.fetch(ctx, in)
	if err == nil && in.Known != nil && p.same(*in.Known) {
		err = fault.Dropped(ReasonUnchanged)
	}
	if permanent, ok := errors.AsType[*fault.Permanent](err); ok && in.Known != nil {
		reason := permanent.Reason
		if p.status == http.StatusGone && reason == ReasonGone {
			reason = ReasonWithdrawn
		}
		err = fault.Dropped(reason)
	}
	if err != nil {
		return nil, err
	}
	return []message.Raw{{
		Type: message.RawV1, ID: in.ID, Digest: digest(p.hash), Outlet: in.Outlet, URL: in.URL, FinalURL: p.final, Redirects: p.hops,
		Found: in.Found, Status: p.status, Header: kept(p), ContentType: p.contentType, Body: p.body, Fetched: time.Now().UTC(),
		Again: in.Known != nil,
	}}, nil
}

// fetch visits a page and judges whether it is an article. Of one that is looked at again the answer may be that it has not changed.
func (f *Fetcher) fetch(ctx context.Context, in message.Fetch) (page, error) {
	var header http.Header
	if in.Known != nil {
		header = validators(in.Known.ETag, in.Known.LastModified)
	}
	p, err := f.visitor.visit(ctx, in.ID, in.URL, header)
	if err != nil || in.Known != nil && p.status == http.StatusNotModified {
		return p, err
	}
	if err = judge(p); err == nil {
		err = f.named(in, p)
	}
	if err != nil {
		return p, fmt.Errorf("fetch %s: %w", shown(in.URL), err)
	}
	return p, nil
}

// same reports whether a page is as it is known: by its status, its bytes, or its text.
func (p page) same(known message.Known) bool {
	return p.status == http.StatusNotModified || digest(p.hash) == known.Digest || known.Text != "" && link.Prose(p.body) == known.Text
}

// named says what a page is that is no article although it was answered as one.
func (f *Fetcher) named(in message.Fetch, p page) error {
	reason := verdict.Of(p.asked, p.answered, p.body)
	if reason == "" && f.repeats.Add(p.answered.Host, p.hash, in.ID) {
		reason = verdict.Soft404
	}
	if reason == "" {
		return nil
	}
	return fault.Permanently(reason, fmt.Errorf("status %d at %s, and no article there", p.status, shown(p.final)))
}

// kept is the part of the header that says something about the article.
func kept(p page) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"Content-Language", "Last-Modified", "ETag"} {
		if value := p.header.Get(name); value != "" && len(value) < 500 {
			out[name] = value
		}
	}
	if p.contentType != "" {
		out["Content-Type"] = p.contentType
	}
	return out
}

// judge tells articles from answers that are none.
func judge(p page) error {
	if err := judgeStatus(p); err != nil {
		return err
	}
	if len(bytes.TrimSpace(p.body)) == 0 {
		return fault.Permanently(ReasonEmpty, nil)
	}
	media, err := mediaType(p.contentType)
	sniffed := http.DetectContentType(p.body)
	switch {
	case err == nil && media != "text/html" && media != "application/xhtml+xml":
		return fault.Permanently(ReasonNotHTML, fmt.Errorf("media type %s", media))
	case !strings.HasPrefix(sniffed, "text/"):
		return fault.Permanently(ReasonBinary, fmt.Errorf("the bytes are %s", sniffed))
	case err != nil && !strings.HasPrefix(sniffed, "text/html"):
		return fault.Permanently(ReasonNotHTML, fmt.Errorf("no media type, and the bytes are %s", sniffed))
	}
	return nil
}

// mediaType is that of a Content-Type, read with its parameters only where it is none of those that most pages have.
func mediaType(contentType string) (string, error) {
	media, _, _ := strings.Cut(contentType, ";")
	if media = strings.TrimSpace(media); strings.EqualFold(media, "text/html") {
		return "text/html", nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	return media, err
}

func judgeStatus(p page) error {
	answered := fmt.Errorf("status %d", p.status)
	switch {
	case challenged(p):
		return fault.Permanently(ReasonBlocked, fmt.Errorf("status %d with a challenge", p.status))
	case p.status >= 200 && p.status < 300:
		return nil
	case p.status == http.StatusNotFound, p.status == http.StatusGone:
		return fault.Permanently(ReasonGone, answered)
	case p.status == http.StatusUnauthorized, p.status == http.StatusForbidden, p.status == http.StatusUnavailableForLegalReasons:
		return fault.Permanently(ReasonBlocked, answered)
	case p.status >= 500, p.status == http.StatusRequestTimeout, p.status == http.StatusTooEarly:
		return answered
	}
	return fault.Permanently(ReasonRefused, answered)
}

// challenged reports whether a challenge stands in the place of the page.
func challenged(p page) bool { return p.header.Get("Cf-Mitigated") != "" }

// digest tells revisions of one page apart. It does not have to withstand anybody: an outlet that makes two of its own pages look alike hides
// one of them from its readers here, and it could as well not publish it.
func digest(hash uint64) string { return strconv.FormatUint(hash, 36) }
