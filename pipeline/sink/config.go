// Package sink delivers stories to where programs already look: a web hook, or a file of JSON lines.
//
// A sink is an ordinary consumer of package client with a durable place of its own, "sink-" and its name: what it has not delivered waits in the
// stream, over restarts and kills. It delivers at least once; (story, revision) tells repetitions.
package sink

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"rawi/pipeline/client"
)

// Config is one sink. Exactly one of Webhook and File is set.
type Config struct {
	Name      string   `yaml:"name"`      // a-z, 0-9 and -, at most 32
	From      string   `yaml:"from"`      // where it begins when it is new: FromNow, FromCurrent or FromBeginning; empty: now
	Kinds     []string `yaml:"kinds"`     // none: all
	Countries []string `yaml:"countries"` // ISO 3166-1 alpha-2, or xx for none known; none: all
	Languages []string `yaml:"languages"` // BCP 47; none: all
	Webhook   *Webhook `yaml:"webhook"`
	File      *File    `yaml:"file"`
}

// Where a new sink begins.
const (
	FromNow       = "now"
	FromCurrent   = "current"   // with the last revision of every story that is kept
	FromBeginning = "beginning" // with every revision that is kept
)

// Webhook posts each story as JSON.
type Webhook struct {
	URL     string        `yaml:"url"`     // http or https
	Secret  string        `yaml:"secret"`  // path of a file with the secret that signs what is sent, 16 bytes at least; empty: nothing is signed
	Allow   []string      `yaml:"allow"`   // address prefixes otherwise refused that its host may have: [10.20.0.0/16]
	Timeout time.Duration `yaml:"timeout"` // of one request; 0: DefaultTimeout
	Workers int           `yaml:"workers"` // requests at once, 1 to 64; 0: DefaultWorkers
	GiveUp  time.Duration `yaml:"give_up"` // after which a story that is not taken becomes a dead letter; 0: DefaultGiveUp
}

// Defaults of a webhook.
const (
	DefaultTimeout = 10 * time.Second
	DefaultWorkers = 4
	DefaultGiveUp  = 24 * time.Hour
)

// File appends each story as one line of JSON.
type File struct {
	Path     string `yaml:"path"`      // absolute, in a folder that is there
	Sync     string `yaml:"sync"`      // SyncAlways or SyncNever; empty: always
	MaxBytes int64  `yaml:"max_bytes"` // from which size on the file is put aside and a new one begun; 0: never
	Keep     int    `yaml:"keep"`      // how many files put aside are kept; 0: all
}

// When a file is forced to the disk.
const (
	SyncAlways = "always" // before a story counts as delivered: a power cut loses none
	SyncNever  = "never"  // when the system likes to: a kill loses none, a power cut some seconds
)

// leastSecret is the length of the shortest secret in bytes that nobody guesses.
const leastSecret = 16

// leastMax keeps a file above the largest story.
const leastMax = 1 << 20

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Validate says what is wrong with a sink, by key.
func (c Config) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !nameForm.MatchString(c.Name) {
		bad("name %q: wants 1 to 32 of a-z, 0-9 and -", c.Name)
	}
	if !slices.Contains([]string{"", FromNow, FromCurrent, FromBeginning}, c.From) {
		bad("from %q: wants %s, %s or %s", c.From, FromNow, FromCurrent, FromBeginning)
	}
	if err := c.query().Validate(); err != nil {
		errs = append(errs, err)
	}
	switch {
	case (c.Webhook == nil) == (c.File == nil):
		bad("wants either webhook: or file: below it")
	case c.Webhook != nil:
		errs = append(errs, c.Webhook.validate()...)
	default:
		errs = append(errs, c.File.validate()...)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sink %q: %w", c.Name, err)
	}
	return nil
}

func (w Webhook) validate() (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("webhook."+format, args...)) }
	u, err := url.Parse(w.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		bad("url: wants http://host/path or https://host/path")
	case u.User != nil:
		bad("url: must not hold a password: name a file with a secret instead, and let the receiver check the signature")
	}
	for _, text := range w.Allow {
		if _, err := netip.ParsePrefix(text); err != nil {
			bad("allow: %q wants an address prefix, such as 10.20.0.0/16", text)
		}
	}
	if w.Timeout < 0 || w.GiveUp < 0 {
		bad("timeout, give_up: must not be below 0")
	}
	if w.Workers < 0 || w.Workers > 64 {
		bad("workers: %d wants 1 to 64", w.Workers)
	}
	if w.Secret != "" {
		if _, err := readSecret(w.Secret); err != nil {
			bad("secret: %w", err)
		}
	}
	return errs
}

func (f File) validate() (errs []error) {
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("file."+format, args...)) }
	if !filepath.IsAbs(f.Path) {
		bad("path: %q wants an absolute path, such as /var/lib/rawi/stories.jsonl", f.Path)
	}
	if !slices.Contains([]string{"", SyncAlways, SyncNever}, f.Sync) {
		bad("sync: %q wants %s or %s", f.Sync, SyncAlways, SyncNever)
	}
	if f.MaxBytes != 0 && f.MaxBytes < leastMax {
		bad("max_bytes: %d is too small, at least %d is needed, or 0 for one file", f.MaxBytes, leastMax)
	}
	if f.Keep < 0 {
		bad("keep: %d is below 0", f.Keep)
	}
	return errs
}

// ValidateAll says what is wrong with each sink, and where two of them are in each other's way.
func ValidateAll(all []Config) error {
	var errs []error
	names, paths := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		if names[c.Name] {
			errs = append(errs, fmt.Errorf("sink %q stands twice: each has a name of its own", c.Name))
		}
		names[c.Name] = true
		errs = append(errs, c.Validate())
		if c.File == nil {
			continue
		}
		path := filepath.Clean(c.File.Path)
		if paths[path] {
			errs = append(errs, fmt.Errorf("sink %q: file.path %s is that of another sink", c.Name, path))
		}
		paths[path] = true
	}
	return errors.Join(errs...)
}

// forget is how long a sink that is switched off keeps its place: as long as stories are kept.
const forget = 90 * 24 * time.Hour

// query is what the sink subscribes to.
func (c Config) query() client.Query {
	q := client.Query{
		Kinds: c.Kinds, Countries: c.Countries, Languages: c.Languages, Durable: "sink-" + c.Name, Forget: forget,
	}
	switch c.From {
	case FromCurrent:
		q.From = client.Current()
	case FromBeginning:
		q.From = client.Beginning()
	}
	return q
}
