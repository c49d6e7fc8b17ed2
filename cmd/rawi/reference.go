package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"rawi/cmd/internal/reference"
)

//go:generate go run rawi/cmd/rawi reference --write ../../deployments/reference

type referenceCommand struct {
	Page  string `arg:"" optional:"" help:"commands, settings, metrics or subjects." default:"commands"`
	Write string `help:"Write all pages into this folder instead." type:"path" placeholder:"DIR"`
}

// Run prints a page in Markdown.
func (c referenceCommand) Run(ctx context.Context, env environment) error {
	pages, err := referencePages(ctx)
	if err != nil {
		return err
	}
	if c.Write == "" {
		text, ok := pages[c.Page]
		if !ok {
			return usageError{fmt.Errorf("there is no page %q: want one of %s", c.Page, strings.Join(slices.Sorted(maps.Keys(pages)), ", "))}
		}
		_, err := io.WriteString(env.out, text)
		return err
	}
	errs := []error{os.MkdirAll(c.Write, 0o755)}
	for name, text := range pages {
		errs = append(errs, os.WriteFile(filepath.Join(c.Write, name+".md"), []byte(text), 0o644)) //nolint:gosec // documents are read by all
	}
	return errors.Join(errs...)
}

// referencePages are all pages by name.
func referencePages(ctx context.Context) (map[string]string, error) {
	parser, err := kong.New(&commands{}, kong.Name("rawi"))
	if err != nil {
		return nil, err
	}
	metrics, err := reference.Metrics(ctx)
	if err != nil {
		return nil, err
	}
	subjects, err := reference.Subjects()
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"commands": reference.Commands(referenced(parser.Model.Leaves(true))), "settings": reference.Settings(), "metrics": metrics, "subjects": subjects,
	}, nil
}

func referenced(leaves []*kong.Node) []reference.Command {
	var all []reference.Command
	for _, leaf := range leaves {
		c := reference.Command{Words: wordsOf(leaf), Help: leaf.Help, Detail: leaf.Detail}
		var usage []string
		for _, p := range leaf.Positional {
			c.Args = append(c.Args, argument(p.Summary(), p))
			usage = append(usage, p.Summary())
		}
		for _, group := range leaf.AllFlags(true) {
			for _, f := range group {
				if f.Name == "help" {
					continue
				}
				c.Flags = append(c.Flags, argument(f.String(), f.Value))
				if f.Required {
					usage = append(usage, f.String())
				}
			}
		}
		c.Usage = strings.Join(usage, " ")
		all = append(all, c)
	}
	return all
}

func argument(name string, v *kong.Value) reference.Argument {
	a := reference.Argument{Name: name, Help: v.Help, Must: v.Required && v.Flag != nil}
	if v.HasDefault && v.Target.Kind() != reflect.Bool {
		a.Default = v.Default
	}
	return a
}

// wordsOf is what is typed behind rawi.
func wordsOf(leaf *kong.Node) string {
	words := leaf.Name
	for n := leaf.Parent; n != nil && n.Type == kong.CommandNode; n = n.Parent {
		words = n.Name + " " + words
	}
	return words
}
