package crawl

import (
	"fmt"
	"net/url"
	"strings"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// parse takes an address apart as it is fetched.
func parse(address string) (*url.URL, error) {
	fetched, ok := address, plain(address)
	if !ok {
		fetched, ok = message.Address(address)
	}
	u, err := url.Parse(fetched)
	if !ok || err != nil {
		return nil, fault.Permanently(ReasonBadURL, fmt.Errorf("%q is no http(s) address", shown(address)))
	}
	if strings.Contains(u.Path, "/.") {
		u = straight(u)
	}
	return u, nil
}

// plain reports whether an address is in the form in which it is fetched, as nearly all are that come from feeds and pages: it spares them to be
// taken apart twice. False says nothing.
func plain(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(address, "http://")
	}
	host, path, whole := strings.Cut(rest, "/")
	name, port, has := strings.Cut(host, ":")
	return ok && whole && only(name, nameBytes) && !strings.Contains("."+name+".", "..") && only(path, pathBytes) &&
		(!has || only(port, digitBytes) && port != "" && port != "80" && port != "443")
}

// Kinds of bytes that stand in an address as they are.
const (
	nameBytes = 1 << iota
	pathBytes
	digitBytes
)

// kinds are those of each byte.
var kinds = func() (kinds [256]byte) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789.-") {
		kinds[c] |= nameBytes | pathBytes
	}
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ_~/?=&+,") {
		kinds[c] |= pathBytes
	}
	for _, c := range []byte("0123456789") {
		kinds[c] |= digitBytes
	}
	return kinds
}()

func only(text string, kind byte) bool {
	for i := range len(text) {
		if kinds[text[i]]&kind == 0 {
			return false
		}
	}
	return true
}

// dots are what servers take for dots too.
var dots = strings.NewReplacer("%2e", ".", "%2E", ".")

// straight is an address without the dots that lead up and down in its path: servers and browsers leave them out, and so robots.txt has to be
// asked.
func straight(u *url.URL) *url.URL {
	path := dots.Replace(u.EscapedPath())
	unescaped, err := url.PathUnescape(path)
	if err != nil {
		return u
	}
	led := *u
	led.Path, led.RawPath = unescaped, path
	return new(url.URL).ResolveReference(&led)
}
