package main

import (
	"fmt"

	"rawi/pipeline"
)

type nkeyCommand struct {
	File string `arg:"" help:"File for the seed. One that is there already is read, not written." type:"path"`
}

// Run prints the public key alone, so that it can go straight into a variable.
func (c nkeyCommand) Run(env environment) error {
	public, err := pipeline.MakeNKey(c.File)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprintln(env.out, public)
	return err
}
