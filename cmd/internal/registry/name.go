// Package registry says who the outlets are that a configuration names, and how they are doing.
package registry

import (
	_ "embed"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"rawi/stages/tsv"
)

//go:embed data/countries.tsv
var countriesTSV string

type country struct{ code, domain, zone string }

var countries = sync.OnceValue(func() []country {
	var all []country
	for _, row := range tsv.Rows(countriesTSV, 3) {
		all = append(all, country{row[0], row[1], row[2]})
	}
	return all
})

// CountryOf is the country whose top-level domain a host is under, as ISO 3166-1 alpha-2, and empty where the domain does not tell.
func CountryOf(host string) string {
	domain := host[strings.LastIndexByte(host, '.')+1:]
	for _, c := range countries() {
		if strings.EqualFold(c.domain, domain) {
			return c.code
		}
	}
	return ""
}

// ZoneOf is the IANA time zone of a country that has a single one, and empty for others.
func ZoneOf(code string) string {
	for _, c := range countries() {
		if c.code == code {
			return c.zone
		}
	}
	return ""
}

// House is the domain that an outlet rents, in which its editions lie: "hespress.com" of "fr.hespress.com". An address by number stands for itself.
func House(host string) string {
	host = strings.ToLower(host)
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// Name proposes the name of a source for one of its addresses: the label that the outlet rents, with the edition where the address names one
// (fr.hespress.com, /ar/feed). Where that name is taken the language is added, then a number.
func Name(address, language string, taken func(string) bool) string {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	base := house(u)
	if e := edition(u); e != "" {
		base += "-" + e
	}
	if !taken(base) {
		return base
	}
	if language, _, _ = strings.Cut(Slug(language), "-"); language != "" && len(language) <= 8 && !strings.HasSuffix(base, "-"+language) {
		if base += "-" + language; !taken(base) {
			return base
		}
	}
	for n := 2; ; n++ {
		if name := base + "-" + strconv.Itoa(n); !taken(name) {
			return name
		}
	}
}

// nameRoom is how much of a label is kept, so that an edition and a number fit behind it.
const nameRoom = 48

func house(u *url.URL) string {
	host := u.Hostname()
	name := Slug(House(host))
	if _, err := netip.ParseAddr(host); err == nil {
		name = Slug(u.Host)
	} else if label, _, _ := strings.Cut(House(host), "."); Slug(label) != "" {
		name = Slug(label)
	}
	name = strings.Trim(name[:min(len(name), nameRoom)], "-")
	if name == "" {
		return "outlet"
	}
	return name
}

// edition is the language that an address names, as its first label or its first segment.
func edition(u *url.URL) string {
	label, _, _ := strings.Cut(u.Hostname(), ".")
	segment, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	for _, e := range []string{label, segment} {
		switch e = strings.ToLower(e); e {
		case "fr", "ar", "en", "es", "de", "it":
			return e
		case "arabic", "arabe":
			return "ar"
		case "francais", "french":
			return "fr"
		}
	}
	return ""
}

// Slug keeps letters and digits of ASCII in lower case, with one hyphen between what is apart.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
