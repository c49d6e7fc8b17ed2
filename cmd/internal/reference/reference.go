// Package reference writes the pages that list every command, setting, metric, subject and header, from what the code says of itself.
package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"rawi/config"
	"rawi/pipeline/message/schema"
	"rawi/pipeline/observe"
)

// made stands at the head of every page.
const made = "<!-- Made by `go generate ./cmd/rawi` from the code. Change it there. -->\n\n"

// Command is one command with what it takes.
type Command struct {
	Words  string // "sources list"
	Usage  string // what stands behind the words
	Help   string
	Detail string
	Args   []Argument
	Flags  []Argument
}

// Argument is an argument or a flag.
type Argument struct {
	Name    string
	Help    string
	Default string
	Must    bool
}

// Commands is the page of the command line.
func Commands(all []Command) string {
	var b strings.Builder
	b.WriteString(made + "# Commands\n\n`rawi COMMAND --help` says the same. Exit codes, unless a command says otherwise: 0 it did what it was asked; 1 it failed; " +
		"2 wrong usage or configuration, or the daemon could not start.\n\n")
	for _, c := range all {
		fmt.Fprintf(&b, "- [`rawi %s`](#rawi-%s) %s\n", c.Words, strings.ReplaceAll(c.Words, " ", "-"), cell(c.Help))
	}
	for _, c := range all {
		fmt.Fprintf(&b, "\n## rawi %s\n\n```\n%s\n```\n\n%s\n", c.Words, strings.TrimSpace("rawi "+c.Words+" "+c.Usage), cell(c.Help))
		if c.Detail != "" {
			fmt.Fprintf(&b, "\n%s\n", cell(c.Detail))
		}
		arguments(&b, "argument", c.Args)
		arguments(&b, "flag", c.Flags)
	}
	return b.String()
}

func arguments(b *strings.Builder, kind string, all []Argument) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n| %s | |\n|---|---|\n", kind)
	for _, a := range all {
		help := cell(a.Help)
		if a.Default != "" {
			help += " Default: " + code(a.Default) + "."
		}
		if a.Must {
			help += " Required."
		}
		row(b, code(a.Name), help)
	}
}

// Settings is the page of the configuration.
func Settings() string {
	var b strings.Builder
	b.WriteString(made + "# Settings\n\nKeys of the configuration, as in [the sample](../../config/rawi.yaml). `rawi check -c FILE` says what each means in effect, " +
		"and where its value came from. A key with a variable is overridden by it; `[]` stands for each element of a list.\n\n" +
		"| key | type | default | variable | meaning |\n|---|---|---|---|---|\n")
	for _, s := range config.Settings() {
		row(&b, code(s.Key), s.Type, code(s.Default), code(s.Variable), cell(s.Meaning))
	}
	return b.String()
}

// Metrics is the page of the metrics at /metrics.
func Metrics(ctx context.Context) (string, error) {
	m := observe.New("reference")
	tracer, err := observe.OpenTracer(ctx, observe.OTLP{Endpoint: "http://127.0.0.1:9"}, observe.Process{}, m, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	if err := tracer.Close(ctx); err != nil { // it had nothing to send
		return "", err
	}
	var b strings.Builder
	b.WriteString(made + "# Metrics\n\nServed at `/metrics` of `admin.listen`, beside those of the Go runtime (`go_`) and of the process (`process_`). " +
		"Histograms come in the native form too.\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n")
	for _, d := range m.Catalogue() {
		if d.Type == "" {
			return "", fmt.Errorf("metric %s: of which type is it? observe.Catalogue does not know", d.Name)
		}
		row(&b, code(d.Name), d.Type, code(strings.Join(d.Labels, ", ")), cell(d.Help))
	}
	return b.String(), nil
}

// contract is what a page needs of the AsyncAPI document.
type contract struct {
	Channels map[string]struct {
		Address, Description string
		Messages             map[string]any
	}
	Components struct {
		Parameters map[string]struct {
			Description string
			Examples    []string
		}
		Schemas map[string]struct {
			Properties map[string]struct{ Description string }
		}
	}
}

// Subjects is the page of the subjects and headers.
func Subjects() (string, error) {
	text, err := schema.Document(schema.AsyncAPI)
	if err != nil {
		return "", err
	}
	var c contract
	if err := json.Unmarshal(text, &c); err != nil {
		return "", fmt.Errorf("read the AsyncAPI document: %w", err)
	}
	var b strings.Builder
	b.WriteString(made + "# Subjects and headers\n\n`rawi schema asyncapi` prints the whole contract, `rawi schema TYPE` the JSON Schema of a message. Subscribe with `*` for one token and " +
		"`>` for all that follow: `news.story.operation.ma.>`.\n\n| subject | message | what |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(c.Channels)) {
		ch := c.Channels[name]
		row(&b, code(ch.Address), code(strings.Join(slices.Sorted(maps.Keys(ch.Messages)), ", ")), cell(ch.Description))
	}
	b.WriteString("\n| token | what | such as |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(c.Components.Parameters)) {
		p := c.Components.Parameters[name]
		row(&b, code("{"+name+"}"), cell(p.Description), code(strings.Join(p.Examples, ", ")))
	}
	b.WriteString("\n| header | what |\n|---|---|\n")
	headers := c.Components.Schemas["headers"].Properties
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		row(&b, code(name), cell(headers[name].Description))
	}
	return b.String(), nil
}

func row(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// cell is prose as a table takes it.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(strings.TrimSpace(text))
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}
