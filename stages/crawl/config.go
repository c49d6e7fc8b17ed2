package crawl

import (
	"errors"
	"fmt"
	"time"
)

// Config of fetcher and watcher. Begin with Default.
type Config struct {
	Agent     string        `yaml:"agent"`      // our product token in robots.txt
	Spacing   time.Duration `yaml:"spacing"`    // between the starts of two requests to one host, whatever they are for
	MaxDelay  time.Duration `yaml:"max_delay"`  // longest Crawl-delay that is kept to the letter
	Hold      time.Duration `yaml:"hold"`       // a worker waits that long for its turn; for longer, the message is put back
	PerHost   int           `yaml:"per_host"`   // pages of one host in hand at once, waiting ones included
	Platforms []string      `yaml:"platforms"`  // domains whose hosts share one pace: "blogspot.com"
	Timeout   time.Duration `yaml:"timeout"`    // of one page with its redirects
	MaxBody   int64         `yaml:"max_body"`   // bytes of one page, decoded
	RobotsTTL time.Duration `yaml:"robots_ttl"` // how long a robots.txt holds; at most a day
	Interval  time.Duration `yaml:"interval"`   // between visits of a section page
	Budget    int           `yaml:"budget"`     // new links that are taken from a section in one round; the rest wait
	Workers   int           `yaml:"workers"`    // section pages that are visited at once

	Revisit       []time.Duration `yaml:"revisit"`        // ages at which a page is looked at again, so that corrections arrive; none for never
	RevisitBudget int             `yaml:"revisit_budget"` // pages an hour that are looked at again at each of these ages
}

// oldestRevisit is below the time for which fetched pages are kept.
const oldestRevisit = 60 * time.Hour

// Default crawls politely.
func Default() Config {
	return Config{
		Agent: "rawi", Spacing: time.Second, MaxDelay: 30 * time.Second, Hold: 2 * time.Second, PerHost: 4, Timeout: 45 * time.Second, MaxBody: 8 << 20,
		RobotsTTL: 24 * time.Hour, Interval: 30 * time.Minute, Budget: 40, Workers: 4,
		Revisit: []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour}, RevisitBudget: 1200,
	}
}

// Validate returns what is wrong with the configuration, by key.
func (c Config) Validate() error {
	var errs []error
	if c.Agent == "" {
		errs = append(errs, errors.New("agent: must not be empty: robots.txt files address us by it"))
	}
	if c.Spacing < 0 || c.MaxDelay < 0 || c.Hold < 0 {
		errs = append(errs, errors.New("spacing, max_delay, hold: must not be below zero"))
	}
	if c.RobotsTTL <= 0 || c.RobotsTTL > 24*time.Hour {
		errs = append(errs, errors.New("robots_ttl: must be above zero and at most 24h"))
	}
	if c.Timeout <= 0 || c.Interval <= 0 || c.MaxBody <= 0 || c.Budget <= 0 || c.Workers <= 0 || c.PerHost <= 0 {
		errs = append(errs, errors.New("timeout, interval, max_body, budget, workers, per_host: must be above zero"))
	}
	for _, age := range c.Revisit {
		if age < time.Minute || age > oldestRevisit {
			errs = append(errs, fmt.Errorf("revisit: %s is not between 1m and %s, the time for which pages are kept", age, oldestRevisit))
		}
	}
	if len(c.Revisit) > 0 && c.RevisitBudget < int(time.Hour/pass) {
		errs = append(errs, fmt.Errorf("revisit_budget: must be at least %d, one page a minute; leave revisit empty for none", int(time.Hour/pass)))
	}
	return errors.Join(errs...)
}
