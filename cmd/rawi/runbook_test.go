package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestCommandsOfTheRunbookAreUnderstood parses every command that the runbook names: who is woken at night must not be told of one that is gone.
func TestCommandsOfTheRunbookAreUnderstood(t *testing.T) {
	body, err := os.ReadFile("../../deployments/prometheus/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&commands{}, kong.Name("rawi"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	n, inside := 0, false
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			inside = line == "```sh"
			continue
		}
		command, ours := strings.CutPrefix(line, "rawi ")
		if !inside || !ours {
			continue
		}
		n++
		if _, err := parser.Parse(strings.Fields(command)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if n < 20 {
		t.Errorf("only %d commands found", n)
	}
}
