// Package config puts the configurations of runtime and stages together, reads them strictly, and says where each value came from.
//
// Each part owns its settings, defaults and checks, next to the code that reads them; this package only joins them.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"rawi/pipeline"
	"rawi/pipeline/api"
	"rawi/pipeline/observe"
	"rawi/pipeline/outbound"
	"rawi/pipeline/sink"
	"rawi/stages/crawl"
	"rawi/stages/dedup"
	"rawi/stages/extract/site"
	"rawi/stages/extract/tables"
	"rawi/stages/feed"
	"rawi/stages/language"
	"rawi/stages/places"
)

// Config is the whole configuration. The keys of the runtime (dir, listen, nats and the like) stand at the top.
type Config struct {
	pipeline.Config `yaml:",inline"`

	Admin       Admin           `yaml:"admin"`
	Log         Log             `yaml:"log"`
	Observe     observe.Config  `yaml:"observe"`
	Outbound    outbound.Config `yaml:"outbound"`
	Feed        feed.Config     `yaml:"feed"`
	Crawl       crawl.Config    `yaml:"crawl"`
	Language    language.Config `yaml:"language"`
	Places      places.Config   `yaml:"places"`
	Tables      tables.Config   `yaml:"tables"`
	Dedup       dedup.Config    `yaml:"dedup"`
	SourceFiles []string        `yaml:"source_files"` // lists of sources beside this file, or "bundled:NAME"
	Sources     []Source        `yaml:"sources"`
	Sites       []site.Rule     `yaml:"sites"` // where articles stand in the pages of single sites
	Sinks       []sink.Config   `yaml:"sinks"` // where stories are delivered to
}

// Admin is the server for operators and programs: /metrics, /healthz, /readyz and the HTTP API below /v1.
type Admin struct {
	Listen     string   `yaml:"listen"`      // host:port, or "none"
	TokensFile string   `yaml:"tokens_file"` // lines NAME:HASH, as rawi token makes them; empty: nobody changes anything over HTTP
	Hosts      []string `yaml:"hosts"`       // names, beside localhost, under which the API may be asked for
	Open       bool     `yaml:"open"`        // the API is read without a token although others than this machine reach it
}

// Locked says whether reading the API needs a token: others than this machine reach it, and it was not opened to them.
func (a Admin) Locked() bool { return a.Listen != "none" && !api.Loopback(a.Listen) && !a.Open }

// warnings tell of an address that others reach.
func (a Admin) warnings() []string {
	switch {
	case a.Locked() && a.TokensFile == "":
		return []string{fmt.Sprintf("others than this machine reach admin.listen %s, so that reading the HTTP API needs a token, and there is none: set "+
			"admin.tokens_file, or admin.open: true to let everybody read", a.Listen)}
	case a.Open && a.Listen != "none" && !api.Loopback(a.Listen):
		return []string{fmt.Sprintf("everybody who reaches admin.listen %s reads the HTTP API: admin.open is true", a.Listen)}
	}
	return nil
}

// Log says how much is written to standard error, and how.
type Log struct {
	Level  slog.Level `yaml:"level"`  // debug, info, warn, error
	Format string     `yaml:"format"` // text, json, or auto: text on a terminal, else json
}

// Formats of the log.
const (
	FormatAuto = "auto"
	FormatText = "text"
	FormatJSON = "json"
)

// Default runs with no file at all: an embedded server that keeps its data in the user's state directory.
func Default() Config {
	c := Config{
		Config: pipeline.Default(), Outbound: outbound.Default(), Feed: feed.Default(), Crawl: crawl.Default(), Dedup: dedup.Default(),
		Observe: observe.Default(),
		Admin:   Admin{Listen: "127.0.0.1:8420"},
		Log:     Log{Format: FormatAuto},
	}
	c.Dir = stateDir()
	return c
}

// stateDir is where the XDG base directory specification puts data that outlives a run and is not worth a backup by itself.
func stateDir() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rawi")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "state", "rawi")
	}
	return filepath.Join(os.TempDir(), "rawi")
}

// Validate says everything that is wrong, each with its key.
func (c Config) Validate() error {
	errs := []error{
		c.Config.Validate(),
		under("observe", c.Observe.Validate()),
		under("outbound", c.Outbound.Validate()),
		under("feed", c.Feed.Validate()),
		under("crawl", c.Crawl.Validate()),
		under("language", c.Language.Validate()),
		under("places", c.Places.Validate()),
		under("dedup", c.Dedup.Validate()),
	}
	if c.Dedup.Known > pipeline.StateAge {
		errs = append(errs, fmt.Errorf("dedup.known: %s is longer than states are kept, %s: a restart would forget what it promises", c.Dedup.Known, pipeline.StateAge))
	}
	if _, _, err := net.SplitHostPort(c.Admin.Listen); err != nil && c.Admin.Listen != "none" {
		errs = append(errs, fmt.Errorf(`admin.listen: %q wants host:port or "none"`, c.Admin.Listen))
	}
	for _, h := range c.Admin.Hosts {
		if h == "" || strings.ContainsAny(h, "/:* ") {
			errs = append(errs, fmt.Errorf("admin.hosts: %q wants a name alone, such as rawi.example, without scheme and port", h))
		}
	}
	if f := c.Log.Format; f != FormatAuto && f != FormatText && f != FormatJSON {
		errs = append(errs, fmt.Errorf("log.format: %q wants %s, %s or %s", f, FormatAuto, FormatText, FormatJSON))
	}
	_, err := site.Compile(c.Sites)
	errs = append(errs, err, sink.ValidateAll(c.Sinks))
	seen := map[string]bool{}
	for _, s := range c.Sources {
		if seen[s.Name] {
			errs = append(errs, fmt.Errorf("source %q stands twice: names are unique over all source files", s.Name))
		}
		seen[s.Name] = true
		errs = append(errs, s.Validate())
	}
	return errors.Join(append(errs, checkShared(c.Sources)...)...)
}

// under puts the section's name before each of its mistakes.
func under(section string, err error) error {
	if err == nil {
		return nil
	}
	several, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // of the joined error itself, not of what it wraps
	if !ok {
		return fmt.Errorf("%s.%w", section, err)
	}
	var errs []error
	for _, e := range several.Unwrap() {
		errs = append(errs, under(section, e))
	}
	return errors.Join(errs...)
}
