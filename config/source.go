package config

import (
	"embed"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/message"
)

// Bundled names the ready-made source lists; "bundled:maghreb" in source_files reads one.
//
//go:embed sources/*.yaml
var bundled embed.FS

// bundledPrefix marks a source file that came with the program.
const bundledPrefix = "bundled:"

// Source is an outlet as configured: who it is, and where its articles are found.
type Source struct {
	Name     string    `yaml:"name" json:"name"`                               // [a-z0-9-], unique; a subject token and a metric label
	Title    string    `yaml:"title,omitempty" json:"title,omitempty"`         // as people write it
	Country  string    `yaml:"country,omitempty" json:"country,omitempty"`     // ISO 3166-1 alpha-2
	Language string    `yaml:"language,omitempty" json:"language,omitempty"`   // BCP 47; decides short texts that could be either
	Kind     string    `yaml:"kind,omitempty" json:"kind,omitempty"`           // one of Kinds. Empty: not known
	Family   string    `yaml:"family,omitempty" json:"family,omitempty"`       // owner; outlets of one family are not independent. Empty: the name
	Zone     string    `yaml:"zone,omitempty" json:"zone,omitempty"`           // IANA time zone of its undated times. Empty: UTC
	Feeds    []string  `yaml:"feeds,omitempty" json:"feeds,omitempty"`         // RSS, Atom or JSON feeds
	Sections []Section `yaml:"sections,omitempty" json:"sections,omitempty"`   // pages watched for links, for outlets without feeds
	Number   string    `yaml:"number,omitempty" json:"number,omitempty"`       // regular expression whose first group is an article's number, where words move
	FullText string    `yaml:"full_text,omitempty" json:"full_text,omitempty"` // always or never whole articles in its feeds. Empty, or auto: told item by item
	Interval Duration  `yaml:"interval,omitempty" json:"interval,omitempty"`   // between looks at each feed and section. 0: the feed's pace, crawl.interval
	Budget   int       `yaml:"budget,omitempty" json:"budget,omitempty"`       // new links that are taken from one visit of a section. 0: crawl.budget
	Allow    []string  `yaml:"allow,omitempty" json:"allow,omitempty"`         // address prefixes otherwise refused (loopback, private) that its hosts may have
	Paused   bool      `yaml:"paused,omitempty" json:"paused,omitempty"`       // kept in the list and not fetched

	// HighAccuracy has its language told by the large models, for feeds of titles only: 250 MB more memory as soon as one source asks.
	HighAccuracy bool `yaml:"high_accuracy,omitempty" json:"high_accuracy,omitempty"`
}

// Kinds lists the kinds of outlet: a news agency, whose texts others print; papers by how often they appear; radio or television (broadcaster);
// what is only a site (portal); a site that repeats what others wrote (aggregator); an authority that speaks for itself (government).
func Kinds() []string {
	return []string{"agency", "daily", "weekly", "monthly", "broadcaster", "portal", "aggregator", "government"}
}

// Section is a page that is watched for links to articles.
type Section struct {
	URL string `yaml:"url" json:"url"`
	// Links says which links are articles: how their path begins, or a regular expression over path and query. Empty: what looks like one.
	Links    string   `yaml:"links,omitempty" json:"links,omitempty"`
	Interval Duration `yaml:"interval,omitempty" json:"interval,omitempty"` // between two visits. 0: that of the source
	Budget   int      `yaml:"budget,omitempty" json:"budget,omitempty"`     // new links that are taken from one visit. 0: that of the source
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Outlet is what travels with every article of the source.
func (s Source) Outlet() message.Outlet {
	family := s.Family
	if family == "" {
		family = s.Name
	}
	return message.Outlet{
		Name: s.Name, Title: s.Title, Country: s.Country, Language: s.Language, Family: family, Zone: s.Zone, Number: s.Number,
		HighAccuracy: s.HighAccuracy,
	}
}

// Addresses lists every address that is fetched by itself: feeds and section pages.
func (s Source) Addresses() []string {
	all := slices.Clone(s.Feeds)
	for _, section := range s.Sections {
		all = append(all, section.URL)
	}
	return all
}

// Validate says what is wrong with the source, in one error for each key.
func (s Source) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("source %q: "+format, append([]any{s.Name}, args...)...))
	}
	if !sourceName.MatchString(s.Name) {
		wrong("name wants 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit")
	}
	if s.Country != "" && (len(s.Country) != 2 || strings.ToUpper(s.Country) != s.Country) {
		wrong("country %q wants two capital letters, such as MA", s.Country)
	}
	if s.Kind != "" && !slices.Contains(Kinds(), s.Kind) {
		wrong("kind %q: %s", s.Kind, suggestion(s.Kind, Kinds()))
	}
	if _, err := time.LoadLocation(s.Zone); err != nil {
		wrong("zone %q is no IANA time zone, such as Africa/Casablanca", s.Zone)
	}
	if len(s.Feeds)+len(s.Sections) == 0 {
		wrong("has neither feeds nor sections: nothing would be fetched")
	}
	for _, address := range s.Addresses() {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			wrong("%q is no http or https address", shown(address))
		}
	}
	for _, prefix := range s.Allow {
		if _, err := netip.ParsePrefix(prefix); err != nil {
			wrong("allow: %q is no address prefix, such as 10.0.0.0/8", prefix)
		}
	}
	if number, err := regexp.Compile(s.Number); err != nil || s.Number != "" && number.NumSubexp() == 0 {
		wrong("number %q wants a regular expression with a group, such as -(\\d+)\\.html", s.Number)
	}
	for _, section := range s.Sections {
		if _, err := regexp.Compile(section.Links); err != nil {
			wrong("links of %s: %v", shown(section.URL), err)
		}
	}
	s.checkPace(wrong)
	return errors.Join(errs...)
}

// checkShared returns one error for each feed and each section page that stands twice. Each is read once, for one outlet: of two sources, one
// would get nothing. What is paused is not read.
func checkShared(sources []Source) []error {
	var errs []error
	owners := map[string]string{} // source, by what it reads
	claim := func(source, kind, address string) {
		id := kind + " " + message.Identity(address)
		owner, taken := owners[id]
		switch {
		case taken && owner == source:
			errs = append(errs, fmt.Errorf("source %q: %s %s stands twice", source, kind, shown(address)))
		case taken:
			errs = append(errs, fmt.Errorf("source %q: %s %s is one of source %q too: keep it in one of them", source, kind, shown(address), owner))
		default:
			owners[id] = source
		}
	}
	for _, s := range sources {
		if s.Paused {
			continue
		}
		for _, address := range s.Feeds {
			claim(s.Name, "feed", address)
		}
		for _, section := range s.Sections {
			claim(s.Name, "section", section.URL)
		}
	}
	return errs
}
