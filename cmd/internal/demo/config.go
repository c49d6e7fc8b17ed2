package demo

import (
	"time"

	"rawi/config"
)

// Config is that of a daemon which reads the sites: its data in dir, every port a free one, and paces for servers that are nobody's.
func (s *Sites) Config(dir string) config.Config {
	c := config.Default()
	c.Dir, c.Name, c.Listen, c.Admin.Listen = dir, "rawi-demo", "127.0.0.1:0", "127.0.0.1:0"
	c.MaxStoreBytes = 1 << 30
	c.Feed.Spacing, c.Crawl.Spacing = 20*time.Millisecond, 20*time.Millisecond
	c.Crawl.PerHost = 16 // all outlets are one host here
	c.Outbound.UserAgent = "rawi (demo)"
	c.Sources = nil
	for _, o := range s.Outlets() {
		source := config.Source{
			Name: o.Name, Title: o.Title, Country: o.Country, Language: o.Language, Family: o.Family, Zone: o.Zone,
			Feeds: o.Feeds, Allow: []string{"127.0.0.0/8"},
		}
		for _, page := range o.Sections {
			source.Sections = append(source.Sections, config.Section{URL: page, Links: o.SectionLinks})
		}
		c.Sources = append(c.Sources, source)
	}
	return c
}
