package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"rawi/pipeline/message"
)

// bodyWidth is the number of cells after which a line of a message is cut: a page may be one line of a megabyte.
const bodyWidth = 400

// Cut makes text safe to stand on one terminal line and cuts it to a number of cells.
func Cut(text string, cells int) string { return runewidth.Truncate(Line(text), cells, "…") }

// Dead writes why a message died, error by error, and what its headers tell.
func Dead(w io.Writer, number uint64, d message.Dead) error {
	var b strings.Builder
	fmt.Fprintf(&b, "dead letter %d: %s, %s\n", number, Line(d.Stage), Line(d.Reason))
	fmt.Fprintf(&b, "  message   %s on %s\n", Line(d.MsgID), Line(d.Of))
	if d.Sequence > 0 {
		fmt.Fprintf(&b, "  from      message %d of stream %s\n", d.Sequence, Line(d.Stream))
	}
	fmt.Fprintf(&b, "  stored    %s\n", d.First.Local().Format("2006-01-02 15:04:05"))
	fmt.Fprintf(&b, "  died      %s, after %d deliveries\n", d.Last.Local().Format("2006-01-02 15:04:05"), d.Attempts)
	names := make([]string, 0, len(d.Header))
	for name := range d.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "  %s: %s\n", Line(name), Line(d.Header[name]))
	}
	b.WriteString("errors, outermost first\n")
	for _, text := range d.Errors {
		for line := range strings.Lines(text) { // a stack has many
			fmt.Fprintf(&b, "  %s\n", Line(strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), "\n")))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Body writes the JSON of a message one field a line, in the script it is written in; what is no JSON is written as it is. Long lines are
// cut unless full is set.
func Body(w io.Writer, body []byte, full bool) error {
	var indented bytes.Buffer
	if json.Indent(&indented, body, "  ", "  ") != nil {
		indented.Reset()
		indented.Write(body)
	}
	var b strings.Builder
	b.WriteString("message\n  ")
	for line := range strings.Lines(indented.String()) {
		line = Line(strings.TrimRight(line, "\r\n"))
		if !full {
			line = runewidth.Truncate(line, bodyWidth, "…")
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
