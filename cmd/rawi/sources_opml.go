package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rawi/cmd/internal/opml"
	"rawi/cmd/internal/registry"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline/message"
)

type sourcesImportCommand struct {
	target

	File string `arg:"" help:"List of feeds in OPML, as feed readers export it; - for standard input." placeholder:"FILE"`
	As   string `help:"Name of the new file in sources.d instead of the list's own." placeholder:"NAME"`
	JSON bool   `help:"Print JSON." xor:"dry"`
}

// Help is printed under the command's flags.
func (sourcesImportCommand) Help() string {
	return `Feeds that are read already are left out, and told. Country, kind, family and zone are taken over from a list that rawi exported;
of other lists they are what the domain of a feed tells. Nothing is fetched: rawi sources check tries an outlet.`
}

// Run writes the list's sources to a new file beside the configuration.
func (c sourcesImportCommand) Run(_ context.Context, env environment) error {
	loaded, err := c.load(env)
	if err != nil {
		return err
	}
	body, err := readList(c.File)
	if err != nil {
		return usageError{err}
	}
	list, err := opml.Read(body)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", c.File, err)}
	}
	sources, notes := list.Sources(taken(loaded.Sources), reading(loaded.Sources))
	if list.Damaged {
		notes = append(notes, "the list is damaged: what can be read of it was read")
	}
	if list.Capped {
		notes = append(notes, "the list is longer than is read")
	}
	if !c.JSON {
		for _, note := range notes {
			fmt.Fprintln(env.err, show.Line(note))
		}
	}
	if len(sources) == 0 {
		return codedError{fmt.Errorf("%s: nothing to add: %d outlines, %d of them left out", c.File, len(list.Outlines)+len(list.Refused), len(notes)), exitNothing}
	}
	return c.write(env, list, sources, notes)
}

func (c sourcesImportCommand) write(env environment, list opml.List, sources []config.Source, notes []string) error {
	own := strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
	name := cmp.Or(c.As, registry.Slug(own), registry.Slug(list.Title), "imported")
	file, err := c.put(env, name, sources)
	if err != nil || c.DryRun {
		return err
	}
	if c.JSON {
		return printJSON(env.out, struct {
			File    string          `json:"file"`
			Sources []config.Source `json:"sources"`
			Notes   []string        `json:"notes"`
		}{file, sources, notes})
	}
	_, err = fmt.Fprintf(env.out, "%d sources added: %s\na running daemon takes them up at SIGHUP\n", len(sources), file)
	return err
}

func readList(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, opml.MaxBytes+1))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	return io.ReadAll(io.LimitReader(f, opml.MaxBytes+1))
}

// taken tells the names of sources.
func taken(sources []config.Source) func(string) bool {
	return func(name string) bool {
		return slices.ContainsFunc(sources, func(s config.Source) bool { return s.Name == name })
	}
}

// reading tells the addresses that sources read.
func reading(sources []config.Source) func(string) bool {
	known := map[string]bool{}
	for _, s := range sources {
		for _, address := range s.Addresses() {
			known[message.Identity(address)] = true
		}
	}
	return func(address string) bool { return known[message.Identity(address)] }
}

type sourcesExportCommand struct {
	Config string `short:"c" help:"Configuration whose sources are written; without one the bundled ones." type:"path" placeholder:"FILE"`
	Output string `short:"o" help:"File to write instead of standard output." type:"path" placeholder:"FILE"`
}

// Help is printed under the command's flags.
func (sourcesExportCommand) Help() string {
	return `Feed readers can read the list. It holds what rawi sources import needs to make the same sources of it again, but for the private
addresses that a source may reach. Addresses with a password are written with it.`
}

// Run writes the sources as OPML.
func (c sourcesExportCommand) Run(env environment) error {
	loaded, err := loadFor(c.Config, env)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := opml.Write(&b, "rawi", loaded.Sources); err != nil {
		return err
	}
	if c.Output == "" {
		_, err = env.out.Write(b.Bytes())
		return err
	}
	return os.WriteFile(c.Output, b.Bytes(), 0o600)
}
