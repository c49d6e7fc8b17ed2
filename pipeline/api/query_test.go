package api

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

// FuzzQuery holds that what is accepted can be asked for again as it is, makes subjects of three safe tokens, and that what is not has a reason.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"kind=operation,sport&country=MA", "q=%D8%AA&since=3d&limit=200&cursor=7", "limit=0", "a;b", "kind=%3E", "country=*", "until=2026-11-20", "q=%ff", "language=fr,"} {
		f.Add(q)
	}
	known := storyRoutes()[0].Query
	now := time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := parseQuery(raw, known, now)
		if err != nil {
			p, ok := errors.AsType[*Problem](err)
			if !ok || p.Status != 400 || p.Detail == "" {
				t.Fatalf("%q: %v is no problem with a reason", raw, err)
			}
			if body, err := encode(p); err != nil || strings.ContainsAny(string(body), "<>\x1b\u202e") {
				t.Fatalf("%q: %q, %v", raw, body, err)
			}
			return
		}
		for _, s := range filterOf(q).subjects() {
			if tokens := strings.Split(s, "."); len(tokens) != 5 || strings.ContainsAny(s, "> \t\r\n") || len(s) > 200 {
				t.Fatalf("%q asks for %q", raw, s)
			}
		}
		if n := q.number("limit", usualPage); n < 1 || n > mostListed {
			t.Fatalf("%q: a page of %d", raw, n)
		}
		next, err := url.Parse("/v1/stories" + q.with("cursor", "7"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseQuery(next.RawQuery, known, now); err != nil {
			t.Fatalf("%q: the next page %q: %v", raw, next, err)
		}
	})
}
