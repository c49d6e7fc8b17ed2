package main

import (
	"fmt"

	"rawi/pipeline"
)

type nkeyCommand struct {
	File string `arg:"" help:"File for the seed. One that is there already is read, not written." type:"path"`
	JSON bool   `help:"Print JSON."`
}

// publicKey is what a server has to know of a user.
type publicKey struct {
	Public string `json:"public"`
}

// Run prints the public key alone, so that it can go straight into a variable.
func (c nkeyCommand) Run(env environment) error {
	public, err := pipeline.MakeNKey(c.File)
	if err != nil {
		return usageError{err}
	}
	if c.JSON {
		return printJSON(env.out, publicKey{public})
	}
	_, err = fmt.Fprintln(env.out, public)
	return err
}
