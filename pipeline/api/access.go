package api

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Access says who may ask.
type Access struct {
	Tokens Tokens
	Locked bool     // reading needs a token too: others than this machine reach the address
	Hosts  []string // names, beside localhost, under which the address may be asked for
}

// Loopback says whether nobody but this machine reaches an address of the form host:port.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// caller is who asks.
type caller struct {
	name   string // of the token; empty without one
	writes bool
}

// admit finds out who asks and whether the route is for them. Its error is a *Problem.
func (a Access) admit(r *http.Request, changes bool) (caller, error) {
	who, err := a.known(r.Header.Get("Authorization"))
	if err != nil {
		return who, err
	}
	if who.name == "" && !a.named(r.Host) {
		return who, Failed(http.StatusMisdirectedRequest, "this server is not asked for as %s: a foreign page may be asking in your name", shown(r.Host)).
			advise("ask for it by its address or as localhost, list the name at admin.hosts, or send a token")
	}
	switch {
	case !changes && !a.Locked, who.writes, who.name != "" && !changes:
		return who, nil
	case !a.Tokens.any():
		return who, Failed(http.StatusForbidden, "%s, and none is configured", needs(changes)).
			advise("rawi token NAME --file FILE makes one; name the file at admin.tokens_file and reload")
	case who.name != "":
		return who, Failed(http.StatusForbidden, "the token of %s only reads", who.name).advise("rawi token NAME --file FILE makes one that may change things")
	}
	return who, Failed(http.StatusUnauthorized, "%s", needs(changes)).advise("send the header Authorization: Bearer TOKEN; rawi token NAME makes a token")
}

func needs(changes bool) string {
	if changes {
		return "what changes something needs a token"
	}
	return "others than this machine reach this address, so that reading needs a token too"
}

// known is whose token was sent; nobody's without one.
func (a Access) known(header string) (caller, error) {
	if header == "" {
		return caller{}, nil
	}
	kind, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(kind, "Bearer") {
		return caller{}, Failed(http.StatusUnauthorized, "the header Authorization is not of the form Bearer TOKEN")
	}
	found, ok := a.Tokens.find(strings.TrimSpace(secret))
	if !ok {
		return caller{}, Failed(http.StatusUnauthorized, "this token is not known here").advise("rawi token NAME --file FILE makes one; after a change of the file reload")
	}
	return caller{found.name, !found.read}, nil
}

// named says whether a server is asked for under a name of its own. A page of a stranger whose name was made to lead here (DNS rebinding) has
// another; an address is no name.
func (a Access) named(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host == "localhost" || slices.ContainsFunc(a.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}
