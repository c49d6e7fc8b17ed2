// Package robots reads robots.txt files as RFC 9309 says, and decides by the longest match.
package robots

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxBytes of a file that are read; RFC 9309 asks for 500 KiB at least.
	MaxBytes = 500 << 10
	// maxLine is how long a line may be, as in Google's parser: eight times the longest URL that browsers took.
	maxLine     = 2083 * 8
	maxRules    = 20_000
	maxSitemaps = 100
)

// Rules are what one file says to one crawler. The zero value allows everything.
type Rules struct {
	rules    []rule
	Delay    time.Duration // Crawl-delay, as asked for; 0 where none is
	Sitemaps []string      // as they stand there
}

type rule struct {
	pattern string // escaped in one way
	allow   bool
}

// group is the rules for one kind of crawler, while a file is read.
type group struct {
	found bool
	rules []rule
	delay time.Duration
}

// reader is the state of reading a file.
type reader struct {
	agent     string
	mine, all group
	isMine    bool
	isAll     bool
	inRules   bool // the last line was a rule: the next user-agent line begins a new group
	sitemaps  []string
}

// Packed reports whether a file may hold rules that cannot be read: it is compressed and does not say so, or its bytes are of no kind that is
// known, as those of brotli are. A picture or the like, which some sites answer whatever they are asked for, holds none.
func Packed(file []byte) bool {
	switch http.DetectContentType(file) {
	case "application/octet-stream", "application/x-gzip", "application/zip", "application/x-rar-compressed":
		return true
	}
	return false
}

// Parse reads a file for the crawler with the given product token, such as "rawi". Lines that are no rules are passed over; there is no
// file that cannot be read.
func Parse(file []byte, agent string) Rules {
	r := reader{agent: agent}
	if len(file) > MaxBytes {
		file = file[:bytes.LastIndexAny(file[:MaxBytes], "\r\n")+1] // half a rule is not the rule that was meant
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	for len(file) > 0 {
		end := bytes.IndexAny(file, "\r\n")
		line := file
		if end >= 0 {
			line, file = file[:end], file[end+1:]
		} else {
			file = nil
		}
		r.line(string(line[:min(len(line), maxLine)]))
	}
	chosen := r.all
	if r.mine.found {
		chosen = r.mine
	}
	return Rules{rules: chosen.rules, Delay: chosen.delay, Sitemaps: r.sitemaps}
}

func (r *reader) line(line string) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok := strings.Cut(line, ":")
	if !ok { // some forget the colon
		fields := strings.Fields(line)
		if len(fields) != 2 {
			return
		}
		key, value = fields[0], fields[1]
	}
	value = strings.TrimSpace(value)
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "user-agent", "useragent", "user agent":
		r.userAgent(value)
	case "allow":
		r.rule(value, true)
	case "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw": // misspellings that Google's parser knows from the web
		r.rule(value, false)
	case "crawl-delay", "crawldelay":
		r.crawlDelay(value)
	case "sitemap", "site-map":
		if len(r.sitemaps) < maxSitemaps && value != "" {
			r.sitemaps = append(r.sitemaps, value)
		}
	}
}

func (r *reader) userAgent(value string) {
	if r.inRules {
		r.isMine, r.isAll, r.inRules = false, false, false
	}
	if value == "*" || strings.HasPrefix(value, "* ") || strings.HasPrefix(value, "*\t") {
		r.isAll, r.all.found = true, true
	}
	if token := productToken(value); token != "" && strings.EqualFold(token, r.agent) {
		r.isMine, r.mine.found = true, true
	}
}

// productToken is the beginning of a value that can be a crawler's name: versions and remarks after it do not count.
func productToken(value string) string {
	for i, c := range []byte(value) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return value[:i]
		}
	}
	return value
}

func (r *reader) groups(do func(*group)) {
	if r.isMine {
		do(&r.mine)
	}
	if r.isAll {
		do(&r.all)
	}
}

func (r *reader) rule(pattern string, allow bool) {
	r.inRules = true
	if pattern == "" {
		return
	}
	pattern = escape(pattern)
	r.groups(func(g *group) {
		if len(g.rules) >= maxRules {
			return
		}
		g.rules = append(g.rules, rule{pattern, allow})
		// To allow the index page is to allow the directory that it is the page of.
		if dir, ok := strings.CutSuffix(pattern, "/index.html"); ok && allow {
			g.rules = append(g.rules, rule{dir + "/$", true})
		}
	})
}

func (r *reader) crawlDelay(value string) {
	r.inRules = true
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0) || seconds > 86400 {
		return
	}
	r.groups(func(g *group) { g.delay = time.Duration(seconds * float64(time.Second)) })
}

// escape writes bytes above ASCII as escapes and the letters of escapes in upper case, as they stand in requests.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := range len(s) {
		plain = plain && s[i] < 0x80 && s[i] != '%'
	}
	if plain {
		return s
	}
	out := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x80:
			out = append(out, '%', hex[c>>4], hex[c&15])
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, '%', upper(s[i+1]), upper(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

func upper(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 'A'
	}
	return c
}

// Allowed reports whether the path of a URL, with its query, may be fetched. Of the rules that match, the longest decides; of two of one
// length, the one that allows. robots.txt itself may always be fetched.
func (r Rules) Allowed(path string) bool {
	if path == "" || path[0] != '/' {
		path = "/" + path
	}
	if path == "/robots.txt" || len(r.rules) == 0 {
		return true
	}
	path = escape(path)
	longest, allowed := -1, true
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n < longest || n == longest && (allowed || !rule.allow) || !matches(rule.pattern, path) {
			continue
		}
		longest, allowed = n, rule.allow
	}
	return allowed
}

// matches reports whether a path begins with what the pattern says. "*" stands for any text, "$" at the end for the end of the path.
func matches(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	first, rest, wild := strings.Cut(pattern, "*")
	if !strings.HasPrefix(path, first) {
		return false
	}
	path = path[len(first):]
	if !wild {
		return !whole || path == ""
	}
	for {
		piece, more, wild := strings.Cut(rest, "*")
		if !wild && whole {
			return strings.HasSuffix(path, piece)
		}
		// The earliest place leaves most room for the pieces after it, so no other has to be tried.
		i := strings.Index(path, piece)
		if i < 0 {
			return false
		}
		if !wild {
			return true
		}
		path, rest = path[i+len(piece):], more
	}
}
