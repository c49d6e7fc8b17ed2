package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// commandsOf are the commands of rawi in the shell blocks of a document, without comments and pipes. Those of eval are left out: they ask for
// files that are there.
func commandsOf(t *testing.T, file string) (lines []string) {
	t.Helper()
	body, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	quoted := regexp.MustCompile(`"[^"]*"|'[^']*'`)
	inside := false
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			inside = line == "```sh"
			continue
		}
		line, _, _ = strings.Cut(quoted.ReplaceAllString(line, "TEXT"), "#")
		line, _, _ = strings.Cut(line, " | ")
		for _, start := range []string{"rawi ", "./rawi ", "go run ./cmd/rawi "} {
			if command, ours := strings.CutPrefix(line, start); ours && inside && !strings.HasPrefix(command, "eval ") {
				lines = append(lines, command)
			}
		}
	}
	return lines
}

// understood parses a command, and asks those whose flags depend on each other whether they can begin.
func understood(t *testing.T, command string) error {
	t.Helper()
	var c commands
	parser, err := kong.New(&c, kong.Name("rawi"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := parser.Parse(strings.Fields(command))
	if err == nil && chosen.Command() == "replay" && c.Replay.WhatIf == "" {
		_, err = c.Replay.request(time.Now())
	}
	return err
}

// TestCommandsOfDocumentsAreUnderstood parses every command that they name: who is woken at night must not be told of one that is gone.
func TestCommandsOfDocumentsAreUnderstood(t *testing.T) {
	for file, least := range map[string]int{
		"deployments/prometheus/runbook.md": 20, "deployments/QUICKSTART.md": 18, "README.md": 20, "deployments/README.md": 1,
	} {
		t.Run(file, func(t *testing.T) {
			lines := commandsOf(t, file)
			if len(lines) < least {
				t.Errorf("only %d commands found", len(lines))
			}
			for _, line := range lines {
				if err := understood(t, line); err != nil {
					t.Errorf("rawi %s: %v", line, err)
				}
			}
		})
	}
}
