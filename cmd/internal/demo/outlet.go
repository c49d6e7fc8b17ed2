package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed site/outlets.yaml
var outletList []byte

// Outlet is what a configuration must know of a running outlet.
type Outlet struct {
	Name         string   // a source's name: [a-z0-9-]
	Title        string   // as people write it
	Country      string   // ISO 3166-1 alpha-2
	Language     string   // BCP 47
	Family       string   // owner: outlets of one family are not independent of each other
	Zone         string   // IANA time zone
	BaseURL      string   // without a trailing slash: "http://127.0.0.1:41234"
	Feeds        []string // absolute URLs; empty for an outlet without a feed
	Sections     []string // absolute URLs of the pages to watch instead of a feed
	SectionLinks string   // regular expression over the path of a link on them: those that match are articles
}

// Kinds of feed, as in the bundled list.
const (
	feedRSSFull     = "rss-full"
	feedRSSSummary  = "rss-summary"
	feedAtomFull    = "atom-full"
	feedAtomSummary = "atom-summary"
	feedJSON        = "json"
	feedNone        = "none"
)

// outlet is a line of the bundled list; the list's header explains the fields.
type outlet struct {
	Name         string   `yaml:"name"`
	Title        string   `yaml:"title"`
	Country      string   `yaml:"country"`
	Language     string   `yaml:"language"`
	Family       string   `yaml:"family"`
	Zone         string   `yaml:"zone"`
	Layout       string   `yaml:"layout"`
	Calendar     string   `yaml:"calendar"`
	Feed         string   `yaml:"feed"`
	FeedPath     string   `yaml:"feed_path"`
	Charset      string   `yaml:"charset"`
	CharsetIn    string   `yaml:"charset_in"`
	Gzip         bool     `yaml:"gzip"`
	ShortLinks   bool     `yaml:"short_links"`
	Tracking     string   `yaml:"tracking"`
	Sections     []string `yaml:"sections"`
	SectionLinks string   `yaml:"section_links"`
	Menu         []string `yaml:"menu"`
	Robots       string   `yaml:"robots"`

	location *time.Location
}

func loadOutlets() ([]*outlet, error) {
	var list []*outlet
	loader, err := yaml.NewLoader(bytes.NewReader(outletList), yaml.WithKnownFields())
	if err != nil {
		return nil, fmt.Errorf("site/outlets.yaml: %w", err)
	}
	if err := loader.Load(&list); err != nil {
		return nil, fmt.Errorf("site/outlets.yaml: %w", err)
	}
	for _, o := range list {
		if o.location, err = time.LoadLocation(o.Zone); err != nil {
			return nil, fmt.Errorf("site/outlets.yaml: %s: %w", o.Name, err)
		}
		if o.Charset == "" {
			o.Charset, o.CharsetIn = "utf-8", "header"
		}
		if o.Robots == "" {
			o.Robots = "User-agent: *\nDisallow:\n"
		}
	}
	return list, nil
}

// Dir is the direction in which the outlet is read.
func (o *outlet) Dir() string {
	if o.Language == "ar" || o.Language == "fa" {
		return "rtl"
	}
	return "ltr"
}

func (o *outlet) public(base string) Outlet {
	p := Outlet{
		Name: o.Name, Title: o.Title, Country: o.Country, Language: o.Language, Family: o.Family, Zone: o.Zone,
		BaseURL: base, SectionLinks: o.SectionLinks,
	}
	if o.Feed != feedNone {
		p.Feeds = []string{base + o.FeedPath}
	}
	for _, path := range o.Sections {
		p.Sections = append(p.Sections, base+path)
	}
	return p
}
