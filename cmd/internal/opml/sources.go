package opml

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline/message"
)

// Sources makes sources of a list: outlines that name one source are one, every other is one of its own, named after its site. Taken tells
// names that are not free, has tells addresses that are read already. What was left out, and what was not believed, is told in words.
func (l List) Sources(taken func(string) bool, has func(address string) bool) (sources []config.Source, notes []string) {
	c := collector{at: map[string]int{}, seen: map[string]bool{}, taken: taken, has: has}
	for _, o := range l.Outlines {
		c.take(o)
	}
	for _, note := range l.Refused {
		c.notes = append(c.notes, "left out "+note)
	}
	return c.sources, c.notes
}

type collector struct {
	sources []config.Source
	notes   []string
	at      map[string]int // index of a source, by the name that the list gives it
	seen    map[string]bool
	taken   func(string) bool
	has     func(string) bool
}

func (c *collector) take(o Outline) {
	address := o.Feed
	if address == "" {
		address = o.Page
	}
	id := message.Identity(address)
	if c.seen[id] || c.has(address) {
		c.notes = append(c.notes, fmt.Sprintf("left out %s: %s is read already", show(o), address))
		return
	}
	c.seen[id] = true
	s := c.source(o)
	if o.Feed != "" {
		s.Feeds = append(s.Feeds, o.Feed)
		return
	}
	section := config.Section{URL: o.Page, Links: o.Own["links"]}
	if _, err := regexp.Compile(section.Links); err != nil {
		c.notes = append(c.notes, fmt.Sprintf("%s: the pattern of its links is none, and was left out: %v", show(o), err))
		section.Links = ""
	}
	section.Interval, section.Budget = c.pace(show(o), o.Own["section_interval"], o.Own["section_budget"])
	s.Sections = append(s.Sections, section)
}

// pace reads how often something is looked at and what is taken of it, and leaves out what the configuration would not take.
func (c *collector) pace(of, interval, budget string) (every config.Duration, most int) {
	try := config.Source{Name: "a", Sections: []config.Section{{URL: "https://a.example/"}}}
	if interval != "" && (try.Interval.UnmarshalText([]byte(interval)) != nil || !right(try)) {
		c.notes = append(c.notes, fmt.Sprintf("%s: interval %q was not taken over", of, interval))
		try.Interval = 0
	}
	n, err := strconv.Atoi(budget)
	if budget != "" && (err != nil || n <= 0) {
		c.notes = append(c.notes, fmt.Sprintf("%s: budget %q was not taken over", of, budget))
		n = 0
	}
	return try.Interval, n
}

func show(o Outline) string {
	if o.Title != "" {
		return o.Title
	}
	return "an outline without a title"
}

// source is the one that the outline belongs to; a new one where there is none yet.
func (c *collector) source(o Outline) *config.Source {
	own := o.Own["name"]
	if i, ok := c.at[own]; ok && own != "" {
		return &c.sources[i]
	}
	s := config.Source{Title: o.Title, Paused: o.Own["paused"] == "true", HighAccuracy: o.Own["high_accuracy"] == "true"}
	s.Name = c.name(o)
	if s.Title == own {
		s.Title = ""
	}
	c.describe(&s, o)
	c.at[own] = len(c.sources)
	c.sources = append(c.sources, s)
	return &c.sources[len(c.sources)-1]
}

func (c *collector) name(o Outline) string {
	taken := func(name string) bool {
		return c.taken(name) || slices.ContainsFunc(c.sources, func(s config.Source) bool { return s.Name == name })
	}
	if own := o.Own["name"]; own != "" && right(config.Source{Name: own}) && !taken(own) {
		return own
	}
	site := o.Page // a service may serve the feed
	if site == "" {
		site = o.Feed
	}
	return registry.Name(site, o.Language, taken)
}

// describe takes over what a list says of an outlet as far as it can be right, and fills in what the site's domain tells.
func (c *collector) describe(s *config.Source, o Outline) {
	s.Language = primary(o.Language)
	if o.Language != "" && s.Language == "" {
		c.notes = append(c.notes, fmt.Sprintf("%s: language %q was not taken over", s.Name, o.Language))
	}
	s.Family = o.Own["family"]
	for _, field := range []struct {
		name string
		of   func(*config.Source) *string
	}{
		{"country", func(s *config.Source) *string { return &s.Country }},
		{"kind", func(s *config.Source) *string { return &s.Kind }},
		{"zone", func(s *config.Source) *string { return &s.Zone }},
		{"number", func(s *config.Source) *string { return &s.Number }},
		{"full_text", func(s *config.Source) *string { return &s.FullText }},
	} {
		value := o.Own[field.name]
		try := config.Source{Name: "a"}
		*field.of(&try) = value
		if !right(try) {
			c.notes = append(c.notes, fmt.Sprintf("%s: %s %q was not taken over", s.Name, field.name, value))
			continue
		}
		*field.of(s) = value
	}
	s.Interval, s.Budget = c.pace(s.Name, o.Own["interval"], o.Own["budget"])
	if o.Own["name"] != "" {
		return // written by us: what is not there was not known
	}
	if u, err := url.Parse(o.Feed); err == nil && s.Country == "" {
		s.Country = registry.CountryOf(u.Hostname())
		s.Zone = registry.ZoneOf(s.Country)
	}
}

// right reports whether the configuration takes what a source says of itself.
func right(s config.Source) bool {
	s.Feeds = []string{"https://a.example/"}
	return s.Validate() == nil && s.Zone != time.Local.String()
}

var tag = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)

// primary is the language of a tag without region or script, as sources name it.
func primary(language string) string {
	if !tag.MatchString(language) {
		return ""
	}
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	return language
}
