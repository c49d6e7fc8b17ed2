package message

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Address is the form of an http(s) URL in which it can be fetched, as browsers make it of what stands in pages and feeds: without the
// whitespace and marks around it, tabs and line ends in it, HTML's escapes of "&" and a fragment; host in lower case and in the ASCII form of
// an international name; bytes that a URL may not hold as escapes. Nothing that selects the page is changed. False means that the text is
// no such URL.
func Address(text string) (string, bool) {
	text = unescaped(strings.Map(visible, strings.TrimFunc(text, mark)))
	scheme, rest, ok := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return "", false
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, asks := strings.Cut(rest, "?")
	rest = strings.ReplaceAll(rest, `\`, "/")
	rest, ok = strings.CutPrefix(rest, "//")
	if !ok {
		return "", false
	}
	authority, path, _ := strings.Cut(rest, "/")
	host, ok := authorityForm(scheme, authority)
	if !ok {
		return "", false
	}
	address := scheme + "://" + host + "/" + escaped(path)
	if asks {
		address += "?" + escaped(query)
	}
	u, err := url.Parse(address)
	return address, err == nil && u.Hostname() != ""
}

// unescaped undoes HTML's escapes of "&", also those that were escaped once more on the way.
func unescaped(text string) string {
	for strings.Contains(text, "&") {
		before := len(text)
		for _, escape := range [...]string{"&amp;", "&#38;", "&#038;", "&#x26;"} {
			text = strings.ReplaceAll(text, escape, "&")
		}
		if len(text) == before {
			break
		}
	}
	return text
}

// visible drops the characters that browsers drop anywhere in a URL.
func visible(r rune) rune {
	if r == '\t' || r == '\n' || r == '\r' {
		return -1
	}
	return r
}

// mark reports whether a character may stand around a URL without being part of it: spaces, controls, and what directs Arabic text.
func mark(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// authorityForm is user, host and port of a URL.
func authorityForm(scheme, authority string) (string, bool) {
	user, host := "", authority
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, host = escaped(authority[:at+1]), authority[at+1:]
	}
	name, port := host, ""
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		name, port = host[:colon], host[colon+1:]
	}
	if !strings.HasPrefix(name, "[") {
		if decoded, err := url.PathUnescape(name); err == nil {
			name = decoded
		}
		name = asciiName(name)
	} else {
		name = strings.ToLower(name)
	}
	if strings.Contains("."+name+".", "..") || strings.ContainsAny(name, " /?#@\\<>^|%\"`{}") || strings.ContainsFunc(name, unicode.IsControl) {
		return "", false
	}
	if port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		return user + name, true
	}
	return user + name + ":" + port, true
}

// escaped writes bytes that a URL may not hold as they are, such as Arabic letters and spaces, as escapes, and escapes in upper case. A "%"
// that begins none becomes one.
func escaped(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(c)
			b.WriteString(strings.ToUpper(s[i+1 : i+3]))
			i += 2
		case c <= ' ' || c >= 0x7f || strings.IndexByte("%\"<>\\^`{|}", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
