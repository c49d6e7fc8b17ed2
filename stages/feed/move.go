package feed

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A permanent move is followed when it was met so often, and over so long a time: a server that is being worked on redirects permanently too.
const (
	followHits  = 5
	followAfter = 3 * 24 * time.Hour
	// moveBack is how many failures in a row make a followed move a mistake.
	moveBack = 3
)

// move is a permanent redirect that was met and not followed for good yet.
type move struct {
	To    string    `json:"to,omitempty"`
	Hits  int       `json:"hits,omitempty"` // in a row
	Since time.Time `json:"since,omitzero"`
}

// url is where a feed is asked for: as configured, or where it has moved.
func (s state) url(f Feed) string {
	if s.Address != "" {
		return s.Address
	}
	return f.URL
}

// noteMove counts the permanent redirects that led to a feed, and follows one that lasts.
func (s *state) noteMove(f Feed, to string, now time.Time) {
	if to == "" {
		s.Move = move{}
		return
	}
	if to != s.Move.To {
		s.Move = move{To: to, Since: now}
	}
	s.Move.Hits++
	if s.Move.Hits >= followHits && now.Sub(s.Move.Since) >= followAfter && !homePage(to) {
		s.Address, s.Move = withUser(to, f.URL), move{}
	}
}

// homePage reports whether an address is that of a site: feeds that are gone are often redirected there.
func homePage(address string) bool {
	u, err := url.Parse(address)
	return err != nil || strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// withUser gives an address the user info of another one on the same host: servers leave it out of redirects.
func withUser(address, of string) string {
	to, err := url.Parse(address)
	from, err2 := url.Parse(of)
	if err != nil || err2 != nil || to.User != nil || !strings.EqualFold(to.Host, from.Host) {
		return address
	}
	to.User = from.User
	return to.String()
}

// permanentMove returns the address at the end of a chain of permanent redirects, and nothing if one of them was for the time being.
func permanentMove(res *http.Response) string {
	end, moved := "", false
	if res.Request != nil && res.Request.URL != nil {
		end = res.Request.URL.String()
	}
	for r := res.Request; r != nil && r.Response != nil; r = r.Response.Request {
		if s := r.Response.StatusCode; s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect {
			return ""
		}
		moved = true
	}
	if !moved {
		return ""
	}
	return end
}
