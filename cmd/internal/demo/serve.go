package demo

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net/http"
	"strings"
)

// site is one outlet's server.
type site struct {
	outlet    *outlet
	base      string
	resources map[string]resource
	counts    *counts
	log       *slog.Logger
	server    *http.Server
}

// ServeHTTP answers a path with what was rendered at the start; conditional requests and ranges are net/http's.
func (s *site) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	key, r, found := s.find(req)
	s.counts.add(s.outlet.Name + key)
	if s.log != nil {
		s.log.DebugContext(req.Context(), "request", "outlet", s.outlet.Name, "method", req.Method, "path", key, "agent", req.UserAgent())
	}
	switch {
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case !found:
		http.NotFound(w, req)
	case r.location != "":
		http.Redirect(w, req, r.location, http.StatusMovedPermanently)
	case r.stream != nil:
		w.Header().Set("Content-Type", r.contentType)
		_ = r.stream(w) // a reader who hangs up in the middle is welcome to
	default:
		s.send(w, req, r)
	}
}

// find looks for the path with its query first: on some sites the query chooses the page, on others it only says how a reader came.
func (s *site) find(req *http.Request) (key string, r resource, found bool) {
	key = req.URL.Path
	if req.URL.RawQuery != "" {
		if r, found = s.resources[key+"?"+req.URL.RawQuery]; found {
			return key + "?" + req.URL.RawQuery, r, true
		}
	}
	r, found = s.resources[key]
	return key, r, found
}

func (s *site) send(w http.ResponseWriter, req *http.Request, r resource) {
	zip := s.outlet.Gzip && strings.Contains(req.Header.Get("Accept-Encoding"), "gzip")
	header := w.Header()
	header.Set("Content-Type", r.contentType)
	header.Set("ETag", r.etag(zip))
	body := r.body
	if s.outlet.Gzip {
		header.Set("Vary", "Accept-Encoding")
	}
	if zip {
		header.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	http.ServeContent(w, req, "", r.modified, bytes.NewReader(body))
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
