package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/doctor"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/stages"
)

type doctorCommand struct {
	Config string `short:"c" help:"Configuration file (YAML). Without one the defaults are looked at." type:"path" placeholder:"FILE"`
	Source string `help:"Ask this source for its feed, once. Without it no outlet is asked for anything." placeholder:"NAME"`
	JSON   bool   `help:"Print JSON."`
}

// Help is printed under the command's flags.
func (doctorCommand) Help() string {
	return `Nothing is changed and nothing started; a daemon may run or not. One small file is written beside the store, and removed.

Exit code 0: nothing failed, though there may be warnings. 1: a check failed. 2: wrong usage.`
}

// Run looks at everything and says what to do.
func (c doctorCommand) Run(ctx context.Context, env environment) error {
	loaded, wrong := config.Load(c.Config, env.environ)
	if wrong == nil {
		wrong = tablesAndRules(loaded)
	}
	if wrong != nil {
		loaded.Config = config.Default()
	}
	report := doctor.Look(ctx, doctor.Patient{
		Loaded: loaded, Wrong: wrong, Source: c.Source, Version: version(), Log: slog.New(slog.DiscardHandler), Resolve: env.resolve,
	})
	if err := c.print(env, report); err != nil {
		return err
	}
	if report.Failed > 0 {
		return fmt.Errorf("%d of %d checks failed", report.Failed, len(report.Checks))
	}
	return nil
}

func (c doctorCommand) print(env environment, report doctor.Report) error {
	if c.JSON {
		return printJSON(env.out, report)
	}
	return printDoctor(env.out, report, width(env.out))
}

// tablesAndRules says what is wrong with the files that a configuration names.
func tablesAndRules(loaded config.Loaded) error {
	tables, err := stages.Open(loaded.Tables, loaded.Places)
	if err != nil {
		return err
	}
	_, err = stages.Sites(loaded.Sites, tables.Languages())
	return err
}

// printDoctor writes one check after the other, broken to the width of the terminal.
func printDoctor(w io.Writer, r doctor.Report, width int) error {
	const indent = 21
	var b strings.Builder
	for _, c := range r.Checks {
		lines := wrap(show.Line(c.Found), width-indent)
		if c.Do != "" {
			for i, line := range wrap(show.Line(c.Do), width-indent-3) {
				lines = append(lines, []string{"-> ", "   "}[min(i, 1)]+line)
			}
		}
		for i, line := range lines {
			if i == 0 {
				fmt.Fprintf(&b, "%-4s  %-13s  %s\n", c.State, c.Name, line)
				continue
			}
			fmt.Fprintf(&b, "%*s%s\n", indent, "", line)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap breaks a text between its words into lines of at most width cells; a word that is longer stands alone.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && runewidth.StringWidth(line)+1+runewidth.StringWidth(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
