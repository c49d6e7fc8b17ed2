package message

import (
	_ "embed" // data
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ArticleID is the identity of an article: of its identity URL, or of source and guid where an item has no URL of its own.
// It is stable over revisions of the article: "a" and 16 letters, 80 bits.
func ArticleID(identity string) string { return "a" + digest(16, "article", identity) }

// StoryID is the identity of a story: that of the article that opened it. "s" and 16 letters.
func StoryID(article string) string { return "s" + digest(16, "story", article) }

// Digest tells revisions of one article apart: 12 letters over what was read of it.
func Digest(parts ...string) string { return digest(12, parts...) }

// Identity is the form of a URL by which an article is known, whichever way a reader was led to it: that of Address with https for http, no
// user, no "www.", "m.", "mobile." or "amp." before the host, no port that goes without saying, no tracking parameter, no session, none of the
// marks of an AMP page, no escape of a letter, digit, "-", ".", "_" or "~", no trailing slash. It is never fetched: the URL as found is. Text
// that is no absolute http(s) URL comes back unchanged.
func Identity(rawURL string) string {
	address, ok := Address(rawURL)
	if !ok {
		return rawURL
	}
	u, err := url.Parse(address)
	if err != nil {
		return rawURL
	}
	host := mainHost(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	id := "https://" + host + mainPath(plain(u.EscapedPath()))
	if q := keptQuery(u.RawQuery); q != "" {
		id += "?" + q
	}
	return id
}

// Identity is that of an address of the outlet. Some outlets answer to an article's number with any words beside it, and change the words;
// Number is a regular expression over path and query for them, whose first group is the number. Addresses that it does not match, and
// those of other outlets, are known by their whole text.
func (o Outlet) Identity(rawURL string) string {
	id := Identity(rawURL)
	if o.Number == "" {
		return id
	}
	number, err := regexp.Compile(o.Number)
	if err != nil {
		return id // the configuration was checked; a message of another version may hold anything
	}
	u, err := url.Parse(id)
	if err != nil || u.Host == "" {
		return id
	}
	if m := number.FindStringSubmatch(u.RequestURI()); len(m) > 1 && m[1] != "" {
		return "https://" + u.Host + "/#" + m[1]
	}
	return id
}

// mainHost is the host without the labels that say which form of a site it serves. Two labels stay: m.example is a name of its own.
func mainHost(host string) string {
	for {
		label, rest, ok := strings.Cut(host, ".")
		if !ok || !strings.Contains(rest, ".") && label != "www" || strings.Trim(rest, ".") != rest {
			return host
		}
		switch label {
		case "www", "m", "mobile", "amp":
			host = rest
		default:
			return host
		}
	}
}

// mainPath is the path without dot segments, a session and the marks of an AMP page; empty for a home page.
func mainPath(p string) string {
	for {
		before := p
		if i := strings.Index(strings.ToLower(p), ";jsessionid="); i >= 0 {
			p = p[:i]
		}
		p = strings.TrimSuffix(path.Clean("/"+p), "/")
		if rest, ok := strings.CutPrefix(p, "/amp/"); ok {
			p = "/" + rest
		}
		if rest, ok := strings.CutSuffix(p, "/amp"); ok && rest != "" {
			p = rest
		}
		if rest, ok := strings.CutSuffix(p, ".amp.html"); ok {
			p = rest + ".html"
		}
		if p == before {
			return p
		}
	}
}

// keptQuery drops tracking parameters and keeps the others in their order: some sites depend on it.
func keptQuery(raw string) string {
	var kept []string
	for part := range strings.SplitSeq(raw, "&") {
		part = plain(part)
		for strings.HasPrefix(part, "amp;") {
			part = part[len("amp;"):]
		}
		name, value, _ := strings.Cut(part, "=")
		if part != "" && !tracking().has(strings.ToLower(name), strings.ToLower(value)) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// plain undoes the escapes of characters that never need one (RFC 3986, 6.2.2.2).
func plain(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && unreserved(byte(c)) {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

//go:embed data/tracking.tsv
var trackingTSV string

// parameters are names of query parameters with the values that count; none stands for all.
type parameters struct {
	names    map[string][]string
	prefixes []string
}

var tracking = sync.OnceValue(func() parameters {
	p := parameters{names: map[string][]string{}}
	for line := range strings.Lines(trackingTSV) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(fields) < 2 {
			continue
		}
		if prefix, ok := strings.CutSuffix(fields[0], "*"); ok {
			p.prefixes = append(p.prefixes, prefix)
			continue
		}
		p.names[fields[0]] = nil
		if fields[1] != "" {
			p.names[fields[0]] = strings.Split(strings.ReplaceAll(fields[1], "-", ""), ",")
		}
	}
	return p
})

func (p parameters) has(name, value string) bool {
	values, ok := p.names[name]
	if ok {
		return values == nil || slices.Contains(values, value)
	}
	return slices.ContainsFunc(p.prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
