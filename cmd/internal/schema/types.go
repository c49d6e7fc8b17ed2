package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"rawi/pipeline/message"
)

// draft is the dialect of JSON Schema that AsyncAPI 3 reads as well.
const draft = "http://json-schema.org/draft-07/schema#"

// messages are one of each type, in the order of the flow.
func messages() []message.Message {
	return []message.Message{
		message.Fetch{}, message.Raw{}, message.Detected{}, message.Article{}, message.Ruling{}, message.State{}, message.Story{}, message.Dead{},
	}
}

// valued are the fields whose values are named by constants, with what the names of these begin with. A later version of the program may add
// values, so that they are examples and no closed list.
var valued = map[string]string{
	"Story.Change": "Change", "Story.Kind": "Kind", "Facts.Kind": "Kind", "Facts.Action": "Action", "Block.Kind": "Block", "Block.Role": "Role",
	"Article.Access": "Access", "Moment.Precision": "Precision", "Days.Precision": "Precision", "Detected.Confidence": "Confidence",
	"Why.Outcome": "Outcome", "Decision.Outcome": "Outcome", "Found.How": "Found",
}

// schema is that of one message: the types that it is made of stand under "definitions", once each.
func (s *said) schema(m message.Message) (*jsonschema.Schema, error) {
	g := s.generator()
	t := reflect.TypeOf(m)
	if err := g.define(t); err != nil {
		return nil, err
	}
	root := g.definitions[t.Name()]
	delete(g.definitions, t.Name())
	root.Schema, root.Title, root.Definitions = draft, m.Schema(), g.definitions
	root.Properties["type"] = &jsonschema.Schema{Const: jsonschema.Ptr[any](m.Schema())}
	return root, nil
}

// definitions is where those of draft 7 stand.
const definitions = "#/definitions/"

// generator makes schemas of the types of package message.
func (s *said) generator() generator {
	return generator{where: definitions, packages: map[string]*said{reflect.TypeFor[message.Story]().PkgPath(): s}, types: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Time](): {Type: "string", Format: "date-time"},
		reflect.TypeFor[[]byte]():    {Types: []string{"null", "string"}, ContentEncoding: "base64"},
		reflect.TypeFor[message.Body](): {
			Description: s.of("Body"),
			AnyOf: []*jsonschema.Schema{
				{Type: "string"},
				{Type: "object", Properties: map[string]*jsonschema.Schema{"base64": {Type: "string", ContentEncoding: "base64"}}, Required: []string{"base64"}},
			},
		},
	}, definitions: map[string]*jsonschema.Schema{}}
}

type generator struct {
	where       string                              // in the document, where definitions stand
	packages    map[string]*said                    // whose types are defined, by their paths
	types       map[reflect.Type]*jsonschema.Schema // what stands for a type where it is used
	definitions map[string]*jsonschema.Schema       // by the name of the type
}

// define makes the definition of a struct, after those of the structs that it holds.
func (g *generator) define(t reflect.Type) error {
	fields, known := map[string]reflect.StructField{}, maps.Clone(g.types)
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			delete(known, f.Type) // its fields stand among those of t
		}
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = f
		if held := g.heldStruct(f.Type); held != nil && g.types[held] == nil {
			if err := g.define(held); err != nil {
				return err
			}
			known[held] = g.types[held]
		}
	}
	d, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: known})
	if err != nil {
		return err
	}
	d.AdditionalProperties = nil // later versions of the program may add fields
	d.Description = g.packages[t.PkgPath()].of(t.Name())
	for name, p := range d.Properties {
		g.describe(p, t, fields[name])
		switch needed := slices.Contains(d.Required, name); {
		case !needed && len(p.Types) > 1: // an empty one is left out, and never null
			p.Type, p.Types = p.Types[1], nil
		case needed && fields[name].Type.Kind() == reflect.Map:
			p.Type, p.Types = "", []string{"null", "object"}
		}
	}
	g.definitions[nameOf(t)] = d
	g.types[t] = &jsonschema.Schema{Ref: g.where + nameOf(t)}
	return nil
}

// nameOf is that of a definition: those of package message, which are the contract, have none of their package.
func nameOf(t reflect.Type) string {
	if t.PkgPath() == reflect.TypeFor[message.Story]().PkgPath() {
		return t.Name()
	}
	return t.String()
}

// describe gives a property what the source says of it.
func (g *generator) describe(p *jsonschema.Schema, t reflect.Type, f reflect.StructField) {
	owner := t
	if len(f.Index) > 1 { // promoted from an embedded struct
		owner = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
	}
	name := owner.Name() + "." + f.Name
	switch {
	case p.Ref != "" && g.where == definitions: // draft 7 ignores what stands beside a reference
		*p = jsonschema.Schema{AllOf: []*jsonschema.Schema{{Ref: p.Ref}}}
	case p.Ref != "": // without what a pointer adds: an empty one is left out, and never null
		*p = jsonschema.Schema{Ref: p.Ref}
	}
	about := g.packages[owner.PkgPath()]
	if about == nil {
		return
	}
	if said := about.of(name); said != "" {
		p.Description = said
	}
	if prefix := valued[name]; prefix != "" {
		p.Examples = about.known(prefix)
	}
}

// heldStruct is the struct of one of the packages that a field holds, points to or lists; nil where it holds none.
func (g *generator) heldStruct(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && g.packages[t.PkgPath()] != nil {
		return t
	}
	return nil
}
