package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// checkKeys returns one error for each key under node that t does not know, with its line and the nearest key that t does know.
func checkKeys(file string, node *yaml.Node, t reflect.Type, path string) []error {
	switch t = indirect(t); {
	case t.Kind() == reflect.Slice && node.Kind == yaml.SequenceNode:
		var errs []error
		for _, item := range node.Content {
			errs = append(errs, checkKeys(file, item, t.Elem(), path+"[]")...)
		}
		return errs
	case isSection(t) && node.Kind == yaml.MappingNode:
		return checkMapping(file, node, t, path)
	case isSection(t) && node.Tag != "!!null":
		return []error{fmt.Errorf("%s:%d:%d: %s wants keys below it, not %q", file, node.Line, node.Column, path, node.Value)}
	}
	return nil
}

func checkMapping(file string, node *yaml.Node, t reflect.Type, path string) []error {
	var errs []error
	fields := fieldsOf(t)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		known := slices.IndexFunc(fields, func(f reflect.StructField) bool { return keyOf(f) == key.Value })
		if known < 0 {
			errs = append(errs, unknownKey(file, key, fields, path))
			continue
		}
		errs = append(errs, checkKeys(file, node.Content[i+1], fields[known].Type, join(path, key.Value))...)
	}
	return errs
}

func unknownKey(file string, key *yaml.Node, fields []reflect.StructField, path string) error {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = keyOf(f)
	}
	where := "at the top"
	if path != "" {
		where = "under " + path
	}
	return fmt.Errorf("%s:%d:%d: unknown key %q %s; %s", file, key.Line, key.Column, key.Value, where, suggestion(key.Value, names))
}

// suggestion names the known word nearest to what was written, or all of them where none is near.
func suggestion(got string, known []string) string {
	best, distance := "", 1+len(got)/2
	for _, k := range known {
		if d := editDistance(got, k); d < distance || d == distance && best == "" {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "known here: " + strings.Join(known, ", ")
}

// editDistance is the Levenshtein distance in bytes; keys are ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// isSection reports whether t holds keys of its own. Structs that are read from one scalar, such as times, do not.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && len(fieldsOf(t)) > 0
}

// fieldsOf lists the fields of a section that have a key, those of embedded sections included.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && !f.Anonymous && keyOf(f) != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if key == "-" {
		return ""
	}
	return key
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
