package main

import (
	"fmt"

	"rawi/pipeline/message/schema"
)

type schemaCommand struct {
	Name string `arg:"" optional:"" help:"The document to print, which is JSON; without it the names of all are listed."`
	JSON bool   `help:"Print the names as JSON."`
}

// Help is printed under the command's flags.
func (schemaCommand) Help() string {
	return `The AsyncAPI document refers to the schemas as files beside it. This writes all documents:
for name in $(rawi schema); do rawi schema $name > $name.json; done`
}

// Run prints a document of the contract, as it stands beside the code that reads and writes the messages.
func (c schemaCommand) Run(env environment) error {
	if c.Name == "" && c.JSON {
		return printJSON(env.out, schema.Names())
	}
	if c.Name == "" {
		for _, name := range schema.Names() {
			if _, err := fmt.Fprintln(env.out, name); err != nil {
				return err
			}
		}
		return nil
	}
	body, err := schema.Document(c.Name)
	if err != nil {
		return usageError{err}
	}
	_, err = env.out.Write(body)
	return err
}
