package main

import (
	"fmt"
	"os"
	"path/filepath"

	"rawi/pipeline/api"
)

type tokenCommand struct {
	Name string `arg:"" help:"Who or what the token is for: it stands in the log and as the author of decisions."`
	File string `help:"File to add the token's line to, as admin.tokens_file names it; without one the line is printed to standard error." type:"path" placeholder:"FILE"`
	Read bool   `help:"The token only reads."`
}

// Help is printed under the command's flags.
func (tokenCommand) Help() string {
	return `The token is printed once and kept nowhere: the file has its SHA-256. Send it as Authorization: Bearer TOKEN. To take a token back delete its line and reload
(SIGHUP, systemctl reload).`
}

// Run prints the token alone, so that it can go straight into a variable.
func (c tokenCommand) Run(env environment) error {
	secret, line, err := api.NewToken(c.Name, c.Read)
	if err != nil {
		return usageError{err}
	}
	if c.File == "" {
		fmt.Fprintf(env.err, "line for the file at admin.tokens_file:\n%s\n", line)
	} else if err := addToken(c.File, c.Name, line); err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprintln(env.out, secret)
	return err
}

// addToken writes the file anew and puts it in the old one's place, so that a daemon that reads it meanwhile sees one or the other.
func addToken(path, name, line string) error {
	old, err := os.ReadFile(path) //nolint:gosec // whoever runs the command names the file
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if err == nil {
		known, err := api.ReadTokens(path)
		if err != nil {
			return err
		}
		if known.Has(name) {
			return fmt.Errorf("%s has a token of %s already: delete its line, or take another name", path, name)
		}
	}
	if n := len(old); n > 0 && old[n-1] != '\n' {
		old = append(old, '\n')
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone where all went well
	if _, err = fmt.Fprintf(f, "%s%s\n", old, line); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil {
		if err := os.Chmod(f.Name(), info.Mode().Perm()); err != nil {
			return err
		}
	}
	return os.Rename(f.Name(), path)
}
