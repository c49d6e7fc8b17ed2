package host

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// together is how soon after each other two hosts of one owner refuse that mean all of its hosts.
const together = 10 * time.Minute

// owner is the domain whose hosts are likely to belong to one machinery: the platform that a blog is on, or the domain of an outlet. Its hosts
// are paced one by one all the same, for most platforms could not be read otherwise; it is their refusals that may be about all of them. It is
// empty where there is none.
func owner(name string) string {
	if strings.HasPrefix(name, ownerPrefix) {
		return ""
	}
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return ""
	}
	if suffix, icann := publicsuffix.PublicSuffix(name); !icann && strings.Contains(suffix, ".") {
		return suffix
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return ""
	}
	return domain
}

// ownerOf is what is known of the owner of a host, read once; nil where there is none.
func (s *Schedule) ownerOf(ctx context.Context, h *known) (*known, error) {
	if h.owner == "" {
		return nil, nil
	}
	o := s.host(ownerPrefix + h.owner)
	return o, s.ready(ctx, o)
}

// ownerPrefix keeps the record of an owner apart from that of the host of the same name.
const ownerPrefix = "*."

// tell notes at its owner that a host has refused. Where another one has just done so too, all of them are left alone for as long, but for an
// hour at most: hosts of a platform belong to anybody, and two of them must not speak for the others all day.
func (v *Visit) tell(ctx context.Context, wait time.Duration) error {
	o, host, now := v.owner, v.host.name, time.Now()
	if o == nil {
		return nil
	}
	return o.only(ctx, func() error {
		return v.schedule.change(ctx, o, func(r *record) bool {
			if r.Who != "" && r.Who != host && now.Sub(r.Moved) < together {
				r.Open = latest(r.Open, now.Add(min(wait, longestBusy)))
			}
			r.Who, r.Moved = host, now
			return true
		}, func() {})
	})
}
