package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"slices"

	"golang.org/x/term"

	"rawi/cmd/internal/show"
	"rawi/config"
)

// newLogger writes text to a terminal and JSON to anything else, unless the configuration says which.
func newLogger(w io.Writer, c config.Log) *slog.Logger { return newLeveledLogger(w, c, c.Level) }

// newLeveledLogger is newLogger with a level that can change.
func newLeveledLogger(w io.Writer, c config.Log, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if c.Format == config.FormatText || c.Format == config.FormatAuto && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	options.ReplaceAttr = durationsAsText
	return slog.New(slog.NewJSONHandler(show.Escape(w), options))
}

// durationsAsText writes a time span as the text log does, "1.5s", where JSON would have a number without a unit.
func durationsAsText(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// lively says whether a line on standard error may be written over: on a terminal that can do that, where nobody wants it plain.
func lively(env environment) bool {
	return isTerminal(env.err) && !noColour(env.environ) && !slices.Contains(env.environ, "TERM=dumb")
}

// width of the terminal behind w in cells; 160 where there is none.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if cells, _, err := term.GetSize(int(f.Fd())); err == nil {
			return cells
		}
	}
	return 160
}

// printJSON writes one value on one line, Arabic as it is.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(show.Escape(w))
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
