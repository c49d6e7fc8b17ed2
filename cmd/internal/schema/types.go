package main

import (
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
	g := generator{said: s, types: map[reflect.Type]*jsonschema.Schema{
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

type generator struct {
	said        *said
	types       map[reflect.Type]*jsonschema.Schema // what stands for a type where it is used
	definitions map[string]*jsonschema.Schema       // by the name of the type
}

// define makes the definition of a struct, after those of the structs that it holds.
func (g *generator) define(t reflect.Type) error {
	fields := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = f
		if held := heldStruct(f.Type); held != nil && g.types[held] == nil {
			if err := g.define(held); err != nil {
				return err
			}
		}
	}
	d, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: g.types})
	if err != nil {
		return err
	}
	d.AdditionalProperties = nil // later versions of the program may add fields
	d.Description = g.said.of(t.Name())
	for name, p := range d.Properties {
		g.describe(p, t, fields[name])
		switch needed := slices.Contains(d.Required, name); {
		case !needed && len(p.Types) > 1: // an empty one is left out, and never null
			p.Type, p.Types = p.Types[1], nil
		case needed && fields[name].Type.Kind() == reflect.Map:
			p.Type, p.Types = "", []string{"null", "object"}
		}
	}
	g.definitions[t.Name()] = d
	g.types[t] = &jsonschema.Schema{Ref: "#/definitions/" + t.Name()}
	return nil
}

// describe gives a property what the source says of it.
func (g *generator) describe(p *jsonschema.Schema, t reflect.Type, f reflect.StructField) {
	owner := t
	if len(f.Index) > 1 { // promoted from an embedded struct
		owner = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
	}
	name := owner.Name() + "." + f.Name
	if p.Ref != "" { // draft 7 ignores what stands beside a reference
		*p = jsonschema.Schema{AllOf: []*jsonschema.Schema{{Ref: p.Ref}}}
	}
	if said := g.said.of(name); said != "" {
		p.Description = said
	}
	if prefix := valued[name]; prefix != "" {
		p.Examples = g.said.known(prefix)
	}
}

// heldStruct is the struct of the package that a field holds, points to or lists; nil where it holds none.
func heldStruct(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[message.Story]().PkgPath() {
		return t
	}
	return nil
}
