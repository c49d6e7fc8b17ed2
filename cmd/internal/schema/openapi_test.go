package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawi/cmd/internal/registry"
	"rawi/pipeline/api"
	"rawi/pipeline/message/schema"
)

func apiDocument(t *testing.T) map[string]any {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(documents(t)[schema.OpenAPI], &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows a path of keys; nil where it leads nowhere.
func at(v any, keys ...string) any {
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

func TestEveryRouteAndParameterIsInTheDocument(t *testing.T) {
	d, operations := apiDocument(t), 0
	for _, r := range api.Routes() {
		operation := at(d, "paths", r.Path, strings.ToLower(r.Method))
		if at(operation, "operationId") != r.Name {
			t.Errorf("%s %s is %v", r.Method, r.Path, at(operation, "operationId"))
			continue
		}
		var names []string
		listed, _ := at(operation, "parameters").([]any)
		for _, p := range listed {
			names = append(names, fmt.Sprint(at(p, "in"), " ", at(p, "name")))
		}
		for _, p := range r.PathParameters() {
			if !slices.Contains(names, "path "+p) {
				t.Errorf("%s lacks {%s}", r.Name, p)
			}
		}
		for _, p := range r.Query {
			if !slices.Contains(names, "query "+p.Name) {
				t.Errorf("%s lacks ?%s", r.Name, p.Name)
			}
		}
		if secured, _ := at(operation, "security").([]any); r.Changes != (len(secured) == 1) {
			t.Errorf("%s: security %v", r.Name, secured)
		}
		if r.Answer == nil && elsewhere()[r.Name] == nil && r.Media != "text/event-stream" {
			t.Errorf("%s: nothing says what it answers", r.Name)
		}
	}
	paths, _ := at(d, "paths").(map[string]any)
	for _, methods := range paths {
		operations += len(methods.(map[string]any)) //nolint:forcetypeassert // the document was made by us
	}
	if operations != len(api.Routes()) {
		t.Errorf("%d operations for %d routes", operations, len(api.Routes()))
	}
}

func TestEveryReferenceOfTheDocumentResolves(t *testing.T) {
	d, n := apiDocument(t), 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if to, ok := v["$ref"].(string); ok {
				n++
				inside, ok := strings.CutPrefix(to, "#/")
				if !ok || at(d, strings.Split(inside, "/")...) == nil {
					t.Errorf("%s leads nowhere", to)
				}
			}
			for _, below := range v {
				walk(below)
			}
		case []any:
			for _, below := range v {
				walk(below)
			}
		}
	}
	walk(d)
	if n < 50 {
		t.Errorf("only %d references: the check would pass on nothing", n)
	}
}

func TestWordsOfTheAPIAreThoseOfTheTypes(t *testing.T) {
	contract, err := read(filepath.FromSlash(types))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, k := range contract.known("Kind") {
		kinds = append(kinds, fmt.Sprint(k))
	}
	if !slices.Equal(kinds, api.Kinds()) {
		t.Errorf("the API knows the kinds %v, the contract %v", api.Kinds(), kinds)
	}
	if !slices.Equal(registry.States(), api.SourceStates()) {
		t.Errorf("the API knows the states %v, the registry %v", api.SourceStates(), registry.States())
	}
}
