package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"rawi/pipeline/fault"
)

// reserved lists the special-purpose prefixes (IANA registries for IPv4 and IPv6) that netip's own predicates let pass: shared address
// space, documentation, benchmarks, NAT64 and 6to4, which embed IPv4 addresses, and IPv4-compatible addresses such as ::127.0.0.1.
const reserved = `0.0.0.0/8 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4
	::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fec0::/10`

// rule decides where connections may go.
type rule struct {
	reserved   []netip.Prefix
	exceptions map[string]Exception
}

func newRule(exceptions []Exception) *rule {
	r := &rule{exceptions: make(map[string]Exception, len(exceptions))}
	for text := range strings.FieldsSeq(reserved) {
		r.reserved = append(r.reserved, netip.MustParsePrefix(text))
	}
	for _, e := range exceptions {
		host := strings.ToLower(e.Host)
		merged := r.exceptions[host]
		merged.Prefixes = append(merged.Prefixes, e.Prefixes...)
		merged.Ports = append(merged.Ports, e.Ports...)
		r.exceptions[host] = merged
	}
	return r
}

type control = func(ctx context.Context, network, address string, conn syscall.RawConn) error

// forHost checks the port, and returns what checks each address that the host's name resolves to just before it is dialled: a name that
// resolves elsewhere the second time, and every redirect, are covered with it.
func (r *rule) forHost(host, port string) (control, error) {
	exception := r.exceptions[strings.ToLower(host)]
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number != 80 && number != 443 && !slices.Contains(exception.Ports, uint16(number)) {
		return nil, refused("port %s of %s: only 80 and 443 are fetched; name the host's port in an exception to allow it", port, host)
	}
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		text, _, err := net.SplitHostPort(address)
		if err != nil {
			return refused("address %q of %s cannot be read", address, host)
		}
		ip, err := netip.ParseAddr(text)
		if err != nil || !r.permits(ip, exception.Prefixes) {
			return refused("%s is at %s, which is not a public address; name the host and its prefix in an exception to allow it", host, text)
		}
		return nil
	}, nil
}

// permits reports whether an address is public, or within one of the prefixes.
func (r *rule) permits(ip netip.Addr, prefixes []netip.Prefix) bool {
	ip = ip.Unmap()
	within := func(p netip.Prefix) bool { return p.Contains(ip) }
	switch {
	case ip.Zone() != "":
		return false
	case slices.ContainsFunc(prefixes, within):
		return true
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !slices.ContainsFunc(r.reserved, within)
}

func refused(format string, args ...any) error {
	return fault.Permanently(ReasonForbidden, fmt.Errorf(format, args...))
}
