// Command schema writes the JSON Schema of every message type, the AsyncAPI document of the subjects and the OpenAPI document of the HTTP API from the Go types, their
// field tags and their comments, and the table of routes. It is run by go generate in pipeline/message/schema; a test fails where what is committed differs.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"rawi/pipeline/message/schema"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

// write puts all documents into the directory of the package schema, whose parent holds the types.
func write(dir string) error {
	documents, err := generate(filepath.Join(dir, ".."))
	if err != nil {
		return err
	}
	for name, body := range documents {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), body, 0o644); err != nil { //nolint:gosec // sources are read by all
			return err
		}
	}
	return nil
}

// generate makes every document from the types whose source stands in dir.
func generate(dir string) (map[string][]byte, error) {
	said, err := read(dir)
	if err != nil {
		return nil, err
	}
	documents := map[string][]byte{}
	for _, m := range messages() {
		s, err := said.schema(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Schema(), err)
		}
		if documents[m.Schema()], err = indented(s); err != nil {
			return nil, err
		}
	}
	if documents[schema.AsyncAPI], err = indented(asyncAPI(said)); err != nil {
		return nil, err
	}
	api, err := openAPI(filepath.Join(dir, "..", ".."), said)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", schema.OpenAPI, err)
	}
	documents[schema.OpenAPI], err = indented(api)
	return documents, err
}

func indented(v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", "  ")
	return append(body, '\n'), err
}
