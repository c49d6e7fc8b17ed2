// Package schema holds the contract in the form that other languages read: a JSON Schema of every message type, an AsyncAPI document of
// the subjects and an OpenAPI document of the HTTP API, all generated from the code.
package schema

import (
	"embed"
	"fmt"
	"strings"
)

//go:generate go run rawi/cmd/internal/schema

//go:embed *.json
var files embed.FS

// AsyncAPI is the name of the document of all subjects, headers and messages. Its JSON refers to the schemas of the types as files beside it.
const AsyncAPI = "asyncapi"

// OpenAPI is the name of the document of the HTTP API. It refers to nothing outside of itself.
const OpenAPI = "openapi"

const ending = ".json"

// Names lists the documents: one for each version of each type, such as "story.v1", and AsyncAPI.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the program
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ending)
	}
	return names
}

// Document returns the JSON of a document by its name. The error of an unknown name lists the known ones.
func Document(name string) ([]byte, error) {
	body, err := files.ReadFile(name + ending)
	if err != nil {
		return nil, fmt.Errorf("no schema is called %q: there are %s", name, strings.Join(Names(), ", "))
	}
	return body, nil
}
