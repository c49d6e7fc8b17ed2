package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// said is what the source of the types says of them.
type said struct {
	docs      map[string]string // of a type, by its name, and of a field, by "Type.Field"
	constants []constant        // in the order of the source
}

// constant is a named string.
type constant struct{ name, value string }

// read parses the sources of a package, its tests left out.
func read(dir string) (*said, error) {
	s := &said{docs: map[string]string{}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no sources in %s (%w)", dir, os.ErrNotExist)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				s.take(d)
			}
		}
	}
	return s, nil
}

func (s *said) take(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			doc := spec.Doc
			if doc == nil {
				doc = d.Doc
			}
			s.docs[spec.Name.Name] = line(doc)
			if fields, ok := spec.Type.(*ast.StructType); ok {
				s.fields(spec.Name.Name, fields)
			}
		case *ast.ValueSpec:
			for i, name := range spec.Names {
				if i < len(spec.Values) {
					s.constant(name.Name, spec.Values[i])
				}
			}
		}
	}
}

func (s *said) fields(owner string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		for _, name := range f.Names {
			s.docs[owner+"."+name.Name] = line(f.Comment)
		}
	}
}

func (s *said) constant(name string, value ast.Expr) {
	if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if text, err := strconv.Unquote(lit.Value); err == nil {
			s.constants = append(s.constants, constant{name, text})
		}
	}
}

// line is a comment without its line breaks.
func line(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

var exported = regexp.MustCompile(`\b[A-Z]\w+`)

// of describes a type, or a field as "Type.Field", with values in place of the names that constants have in Go.
func (s *said) of(name string) string {
	return exported.ReplaceAllStringFunc(s.docs[name], func(word string) string {
		for _, c := range s.constants {
			if c.name == word {
				return strconv.Quote(c.value)
			}
		}
		return word
	})
}

// known are the values of the constants whose names begin so.
func (s *said) known(prefix string) []any {
	var values []any
	for _, c := range s.constants {
		if strings.HasPrefix(c.name, prefix) {
			values = append(values, c.value)
		}
	}
	return values
}
