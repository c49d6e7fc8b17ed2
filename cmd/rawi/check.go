package main

import (
	"fmt"

	"rawi/config"
	"rawi/pipeline/api"
	"rawi/stages"
)

type checkCommand struct {
	Config string `short:"c" help:"Configuration file (YAML). Without one the defaults are checked." type:"path" placeholder:"FILE"`
	JSON   bool   `help:"Print JSON."`
}

func (c checkCommand) Run(env environment) error {
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	tables, err := stages.Open(loaded.Tables, loaded.Places)
	if err != nil {
		return usageError{err}
	}
	if _, err := stages.Sites(loaded.Sites, tables.Languages()); err != nil {
		return usageError{err}
	}
	if _, err := api.ReadTokens(loaded.Admin.TokensFile); err != nil {
		return usageError{fmt.Errorf("admin.tokens_file: %w", err)}
	}
	if c.JSON {
		return printJSON(env.out, loaded.Explain())
	}
	for _, v := range loaded.Explain() {
		fmt.Fprintf(env.out, "%-32s %-40s %s\n", v.Key, v.Value, v.Origin)
	}
	for _, w := range loaded.Warnings {
		fmt.Fprintln(env.err, "warning:", w)
	}
	if loaded.Admin.Locked() {
		fmt.Fprintf(env.out, "others than this machine reach admin.listen %s: reading the HTTP API needs a token\n", loaded.Admin.Listen)
	}
	_, err = fmt.Fprintf(env.out, "configuration is right: %s\n", loaded.Summary())
	return err
}
