package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"rawi/pipeline/near"
)

// checkKeys returns one error for each key under node that t does not know, with the nearest key that t does know, and for each value that
// does not fit, all with their place.
func checkKeys(file string, node *yaml.Node, t reflect.Type, path string) []error {
	switch t = indirect(t); {
	case node.Kind == 0 || node.Tag == "!!null":
		return nil
	case t.Kind() == reflect.Slice && node.Kind == yaml.SequenceNode:
		var errs []error
		for _, item := range node.Content {
			errs = append(errs, checkKeys(file, item, t.Elem(), path+"[]")...)
		}
		return errs
	case isSection(t) && node.Kind == yaml.MappingNode:
		return checkMapping(file, node, t, path)
	case isSection(t) && path == "":
		return []error{misplaced(file, node, "the file must hold keys, such as sources:, not %s", written(node))}
	case isSection(t):
		return []error{misplaced(file, node, "%s wants keys below it, not %s", path, written(node))}
	case node.Kind != yaml.ScalarNode || node.Load(reflect.New(t).Interface()) != nil:
		return []error{misplaced(file, node, "%s: %s wants %s", path, written(node), wanted(t))}
	}
	return nil
}

// misplaced is a mistake with its place in the file.
func misplaced(file string, node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", file, node.Line, node.Column, fmt.Sprintf(format, args...))
}

func checkMapping(file string, node *yaml.Node, t reflect.Type, path string) []error {
	var errs []error
	fields := fieldsOf(t)
	lines := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		known := slices.IndexFunc(fields, func(f reflect.StructField) bool { return keyOf(f) == key.Value })
		if known < 0 {
			errs = append(errs, unknownKey(file, key, fields, path))
			continue
		}
		at := join(path, key.Value)
		if line, twice := lines[key.Value]; twice {
			errs = append(errs, misplaced(file, key, "%s stands in line %d already", at, line))
		}
		lines[key.Value] = key.Line
		errs = append(errs, checkKeys(file, node.Content[i+1], fields[known].Type, at)...)
	}
	return errs
}

// checkReferences returns one error for each value that stands elsewhere in the file: what a key is should be read where it is written.
func checkReferences(file string, node *yaml.Node) []error {
	var errs []error
	for i, child := range node.Content {
		switch {
		case child.Kind == yaml.AliasNode:
			errs = append(errs, misplaced(file, child, "references such as *%s are not supported: write the value out", child.Value))
		case node.Kind == yaml.MappingNode && i%2 == 0 && child.Tag == "!!merge":
			errs = append(errs, misplaced(file, child, "merge keys (<<) are not supported: write the keys out"))
		default:
			errs = append(errs, checkReferences(file, child)...)
		}
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
	return misplaced(file, key, "unknown key %q %s; %s", key.Value, where, suggestion(key.Value, names))
}

// suggestion names the known word nearest to what was written, or all of them where none is near.
func suggestion(got string, known []string) string { return near.Suggestion(got, known) }

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
