package discover

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline/message"
)

// source is what is known of the outlet before anything of it was read.
func (c *check) source(feeds []Feed) config.Source {
	s := config.Source{Title: c.Title}
	for _, f := range feeds {
		if known := c.configured(f.address); known != "" {
			c.note("%s is read already, as a feed of source %q", f.URL, known)
		}
		s.Feeds = append(s.Feeds, f.address)
		s.Title = cmp.Or(f.Title, s.Title)
	}
	for _, section := range c.Sections {
		s.Sections = append(s.Sections, config.Section{URL: section.address, Links: section.Match})
	}
	if len(feeds) > 0 {
		s.Title = cmp.Or(feeds[0].Title, c.Title)
	}
	u, err := url.Parse(s.Addresses()[0])
	if err != nil {
		return s
	}
	s.Country = cmp.Or(registry.CountryOf(u.Hostname()), regionOf(feeds))
	s.Zone = registry.ZoneOf(s.Country)
	c.likeSiblings(&s, u)
	for _, p := range c.opts.Allow {
		s.Allow = append(s.Allow, p.String())
	}
	return s
}

// configured names the source that reads an address already.
func (c *check) configured(address string) string {
	for _, s := range c.opts.Config.Sources {
		if slices.ContainsFunc(s.Addresses(), func(a string) bool { return message.Identity(a) == message.Identity(address) }) {
			return s.Name
		}
	}
	return ""
}

// likeSiblings takes over what is configured of another edition of the same house.
func (c *check) likeSiblings(s *config.Source, u *url.URL) {
	for _, other := range c.opts.Config.Sources {
		for _, address := range other.Addresses() {
			o, err := url.Parse(address)
			if err != nil || registry.House(o.Hostname()) != registry.House(u.Hostname()) || o.Port() != u.Port() {
				continue
			}
			s.Country, s.Zone, s.Kind = cmp.Or(s.Country, other.Country), cmp.Or(s.Zone, other.Zone), other.Kind
			s.Family = other.Outlet().Family
			return
		}
	}
}

// regionOf is the country that a feed's language tag names. "fr-FR" says nothing: publishing systems write it everywhere.
func regionOf(feeds []Feed) string {
	for _, f := range feeds {
		_, region, _ := strings.Cut(f.Language, "-")
		if region = strings.ToUpper(region); region != "FR" && registry.ZoneOf(region) != "" {
			return region
		}
	}
	return ""
}

func (c *check) name(s config.Source) string {
	return registry.Name(s.Addresses()[0], s.Language, func(name string) bool {
		return slices.ContainsFunc(c.opts.Config.Sources, func(o config.Source) bool { return o.Name == name })
	})
}
