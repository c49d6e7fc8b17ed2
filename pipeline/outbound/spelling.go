package outbound

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

var errSpelling = errors.New("no host can be called that")

// spelled returns the address that a URL's host spells for somebody who resolves it, in any of the forms that resolvers take: four numbers or
// fewer, decimal, octal or hexadecimal, with a dot at the end, in letters that browsers take for digits, or a name that stands for the machine
// itself. It is not valid for a name, and an error says that the host is neither.
func spelled(host string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip, nil
	}
	name, err := asciiForm(host)
	if err != nil {
		return netip.Addr{}, err
	}
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	switch {
	case last == "localhost", slices.Contains(ownNames, name):
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	case slices.Contains(labels, ""):
		return netip.Addr{}, errSpelling
	case strings.Trim(last, "0123456789") != "" && !isHex(last):
		return netip.Addr{}, nil
	}
	return fromNumbers(labels)
}

// ownNames are those that machines are told to have for themselves.
var ownNames = []string{"localhost.localdomain", "localhost6.localdomain6", "localhost6", "localhost4", "ip6-localhost", "ip6-loopback"}

// lookup maps names as browsers do, and leaves out their finer rules: what is not looked up harms nobody.
var lookup = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.CheckHyphens(false))

// asciiForm is a name as resolvers compare it.
func asciiForm(host string) (string, error) {
	name := strings.ToLower(host)
	if strings.Contains(name, "xn--") || strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		mapped, err := lookup.ToASCII(name)
		if err != nil {
			return "", errSpelling
		}
		name = strings.ToLower(mapped)
	}
	return strings.TrimSuffix(name, "."), nil
}

// isHex reports whether a label is a hexadecimal number.
func isHex(label string) bool {
	digits, ok := strings.CutPrefix(label, "0x")
	return ok && strings.Trim(digits, "0123456789abcdef") == ""
}

// fromNumbers puts an address together as inet_aton does: each number is a byte, and the last one fills the rest.
func fromNumbers(labels []string) (netip.Addr, error) {
	if len(labels) > 4 {
		return netip.Addr{}, errSpelling
	}
	var address uint64
	for i, label := range labels {
		n, err := number(label)
		bits := 8
		if i == len(labels)-1 {
			bits = 8 * (4 - i)
		}
		if err != nil || n >= 1<<bits {
			return netip.Addr{}, errSpelling
		}
		address = address<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}), nil
}

func number(label string) (uint64, error) {
	switch digits, hex := strings.CutPrefix(label, "0x"); {
	case hex && digits == "":
		return 0, nil
	case hex:
		return strconv.ParseUint(digits, 16, 64)
	case len(label) > 1 && label[0] == '0':
		return strconv.ParseUint(label, 8, 64)
	}
	return strconv.ParseUint(label, 10, 64)
}
