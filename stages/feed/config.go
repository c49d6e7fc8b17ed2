package feed

import (
	"errors"
	"fmt"
	"time"

	"rawi/pipeline/message"
)

// Config of the poller. Begin with Default.
type Config struct {
	Interval time.Duration `yaml:"interval"`  // between polls of a feed that has not shown its pace yet
	Floor    time.Duration `yaml:"floor"`     // shortest interval
	Ceiling  time.Duration `yaml:"ceiling"`   // longest interval, also while a feed fails or asks for more
	Spacing  time.Duration `yaml:"spacing"`   // between two requests to one host, over all daemons
	Timeout  time.Duration `yaml:"timeout"`   // of one poll
	Workers  int           `yaml:"workers"`   // polls at once
	MaxItems int           `yaml:"max_items"` // of one feed that are looked at
	MaxBody  int64         `yaml:"max_body"`  // bytes of one feed, decoded
	MaxText  int           `yaml:"max_text"`  // bytes of one item's content
	FullText int           `yaml:"full_text"` // letters from which an item's content counts as the whole article

	WebSub WebSub `yaml:"websub"`
}

// Default polls politely: hourly what does not show its pace, never more than every five minutes, at least every three hours.
func Default() Config {
	return Config{
		Interval: time.Hour, Floor: 5 * time.Minute, Ceiling: 3 * time.Hour, Spacing: 2 * time.Second, Timeout: time.Minute,
		Workers: 8, MaxItems: 2000, MaxBody: 10 << 20, MaxText: 1 << 20, FullText: 600,
		WebSub: WebSub{Listen: "127.0.0.1:8421"},
	}
}

// Validate returns what is wrong with the configuration, by key.
func (c Config) Validate() error {
	var errs []error
	if c.Floor <= 0 || c.Interval < c.Floor || c.Ceiling < c.Interval {
		errs = append(errs, fmt.Errorf("floor, interval, ceiling: want 0 < floor <= interval <= ceiling, got %s, %s, %s", c.Floor, c.Interval, c.Ceiling))
	}
	if c.Spacing < 0 || c.Timeout <= 0 {
		errs = append(errs, errors.New("spacing, timeout: want a spacing of zero or more and a timeout above zero"))
	}
	if c.Workers <= 0 || c.MaxItems <= 0 || c.MaxBody <= 0 || c.MaxText <= 0 || c.FullText <= 0 {
		errs = append(errs, errors.New("workers, max_items, max_body, max_text, full_text: must be above zero"))
	}
	return errors.Join(append(errs, c.WebSub.validate())...)
}

// FullText says what the contents of a feed's items are.
type FullText string

// What the contents of a feed's items are.
const (
	FullTextAuto   FullText = ""       // decided item by item
	FullTextAlways FullText = "always" // whole articles: pages are not fetched
	FullTextNever  FullText = "never"  // teasers: pages are always fetched
)

// Feed is one feed of an outlet.
type Feed struct {
	Outlet   message.Outlet
	URL      string
	FullText FullText
	Interval time.Duration // between polls, where the outlet asks for one; 0 lets the poller decide
}
