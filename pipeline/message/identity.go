package message

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// ArticleID is the identity of an article: of its identity URL, or of source and guid where an item has no URL of its own.
// It is stable over revisions of the article: "a" and 16 letters, 80 bits.
func ArticleID(identity string) string { return "a" + digest(16, "article", identity) }

// StoryID is the identity of a story: that of the article that opened it. "s" and 16 letters.
func StoryID(article string) string { return "s" + digest(16, "story", article) }

// Digest tells revisions of one article apart: 12 letters over what was read of it.
func Digest(parts ...string) string { return digest(12, parts...) }

// tracking are query parameters that say how a reader came, not what is read. A name that ends in "*" stands for a prefix.
// Source: parameter documentation of the analytics products named by their prefix; kept short on purpose: dropping a parameter that
// selects an article would merge articles, keeping one that does not costs a second fetch.
var tracking = []string{
	"utm_*", "mtm_*", "pk_*", "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "twclid", "mc_cid", "mc_eid", "at_medium", "at_campaign",
	"ref_src", "xtor", "_ga", "cmpid", "ncid", "wt_mc", "s_cid",
}

// Identity is the form of a URL by which an article is known: scheme and host in lower case, https for http, no "www.", no default port, no fragment, no
// tracking parameter, escapes in upper case, no trailing slash. It is never fetched: the URL as found is. Text that is no absolute
// http(s) URL comes back unchanged.
func Identity(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(strings.ReplaceAll(rawURL, "&amp;", "&")))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return rawURL
	}
	port := u.Port()
	host := strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), "www.")
	if port == "80" || port == "443" {
		port = ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	p := u.EscapedPath()
	if p != "" {
		p = path.Clean(upperEscapes(p))
	}
	id := "https://" + host + strings.TrimSuffix(p, "/")
	if q := keptQuery(u.RawQuery); q != "" {
		id += "?" + q
	}
	return id
}

// keptQuery drops tracking parameters and keeps the others in their order: some sites depend on it.
func keptQuery(raw string) string {
	var kept []string
	for part := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(part, "=")
		if part != "" && !isTracking(strings.ToLower(name)) {
			kept = append(kept, upperEscapes(escape(part)))
		}
	}
	return strings.Join(kept, "&")
}

// escape writes the bytes that a URL may not hold as they are, such as Arabic letters and spaces, as escapes.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isTracking(name string) bool {
	for _, t := range tracking {
		if prefix, ok := strings.CutSuffix(t, "*"); ok && strings.HasPrefix(name, prefix) || t == name {
			return true
		}
	}
	return false
}

// upperEscapes writes %d8 as %D8: both are the same Arabic letter, and outlets use both for one page.
func upperEscapes(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToUpper(string(b[i+1:i+3])))
			i += 2
		}
	}
	return string(b)
}
