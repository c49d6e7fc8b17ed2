package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Types of what is sent.
const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
	mediaText    = "text/plain; charset=utf-8"
	mediaEvents  = "text/event-stream"
)

// answer is what a handler says.
type answer struct {
	status int    // 200 where it is 0
	value  any    // sent as JSON
	text   string // sent as text, where value is nil
	body   []byte // JSON that is ready, where both are empty
	header http.Header
}

// longestPlain is the size in bytes up to which compressing an answer is not worth it.
const longestPlain = 1 << 10

// send writes an answer. What a client has already, by If-None-Match, it is not sent again.
func send(w http.ResponseWriter, r *http.Request, a answer) {
	media, body := mediaJSON, a.body
	switch {
	case a.value != nil:
		var err error
		if body, err = encode(a.value); err != nil {
			fail(w, r, err)
			return
		}
	case a.text != "":
		media, body = mediaText, []byte(plain(a.text))
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", "no-cache")
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	if status == http.StatusOK && reads(r) {
		tag := etag(body)
		w.Header().Set("ETag", tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	write(w, r, status, body)
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// fail writes an error as a problem.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	body, encodeErr := encode(p)
	if encodeErr != nil {
		body = []byte(`{"title":"Internal Server Error","status":500}`)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="rawi"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", mediaProblem)
	w.Header().Set("Cache-Control", "no-store")
	write(w, r, p.Status, body)
}

func write(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Add("Vary", "Accept-Encoding")
	if len(body) > longestPlain && takesGzip(r.Header.Get("Accept-Encoding")) {
		body = compressed(body)
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client went away
	}
}

func compressed(body []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // the level is one that there is
	_, _ = z.Write(body)                              // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// takesGzip says whether a client accepts gzip: it names it, or anything, and not with a weight of 0.
func takesGzip(accept string) bool {
	return weight(accept, func(name string) bool { return name == "gzip" || name == "*" }) > 0
}

// weight is the highest that a header such as Accept gives to a name; 0 where it gives none.
func weight(header string, is func(name string) bool) float64 {
	most := 0.0
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		q := 1.0
		for p := range strings.SplitSeq(parameters, ";") {
			if value, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
				q, _ = strconv.ParseFloat(value, 64) // what is no number weighs nothing
			}
		}
		if is(strings.ToLower(strings.TrimSpace(name))) {
			most = max(most, q)
		}
	}
	return most
}

// wantsText says whether a client would rather have text than JSON.
func wantsText(accept string) bool {
	text := weight(accept, func(name string) bool { return name == "text/plain" || name == "text/*" })
	return text > weight(accept, func(name string) bool { return name == mediaJSON || name == "application/*" })
}

// etag is of the content, before it is compressed: weak, because the bytes on the wire may differ.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf("W/%q", base64.RawURLEncoding.EncodeToString(sum[:15]))
}

func matches(header, tag string) bool {
	for t := range strings.SplitSeq(header, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// encode writes JSON in which nothing can be taken for markup or move text about: <, > and & are escaped, and so are the characters that
// direct text and those that terminals obey. A reader of JSON sees them as they were.
func encode(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	if !bytes.ContainsFunc(body, dangerous) {
		return append(body, '\n'), nil
	}
	out := make([]byte, 0, len(body)+64)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		if dangerous(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, body[:n]...)
		}
		body = body[n:]
	}
	return append(out, '\n'), nil
}

// dangerous characters are in the basic plane, where four digits name each of them.
func dangerous(r rune) bool {
	return r >= 0x7f && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// plain is text without what terminals obey and what directs text, line ends left.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text)
}

// decodeBody reads a body of JSON strictly. Its error is a *Problem.
func decodeBody(r *http.Request, into any) error {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(strings.ToLower(media)) != mediaJSON {
		return Failed(http.StatusUnsupportedMediaType, "the body is of type %s", shown(r.Header.Get("Content-Type"))).advise("send JSON with the header Content-Type: application/json")
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return Failed(http.StatusRequestEntityTooLarge, "the body has more than %d bytes", tooLong.Limit)
	}
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	if err != nil {
		return Failed(http.StatusBadRequest, "the body cannot be read: %s", strings.TrimPrefix(err.Error(), "json: ")).
			advise("/openapi.json tells the fields of each body")
	}
	return nil
}
