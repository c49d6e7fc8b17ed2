package main

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"rawi/cmd/internal/explain"
	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/api"
	"rawi/stages/dedup"
)

// elsewhere are the answers whose types the package of the API does not know, by the name of the operation.
func elsewhere() map[string]any {
	return map[string]any{"explain": explain.Account{}, "listSources": []registry.Entry{}, "getSource": registry.Entry{}, "getOpenAPI": map[string]any{}}
}

// openAPI is the document, as OpenAPI 3.1 wants it. dir is that of the module.
func openAPI(dir string, contract *said) (object, error) {
	g := contract.generator()
	g.where = "#/components/schemas/"
	g.types[reflect.TypeFor[json.RawMessage]()] = &jsonschema.Schema{}
	g.types[reflect.TypeFor[config.Duration]()] = &jsonschema.Schema{Type: "string", Examples: []any{"30m"}}
	g.types[reflect.TypeFor[time.Duration]()] = &jsonschema.Schema{Type: "integer", Description: "In nanoseconds."}
	for t, at := range map[reflect.Type]string{
		reflect.TypeFor[api.Route](): "pipeline/api", reflect.TypeFor[pipeline.Report](): "pipeline", reflect.TypeFor[config.Source](): "config",
		reflect.TypeFor[registry.Entry](): "cmd/internal/registry", reflect.TypeFor[explain.Account](): "cmd/internal/explain",
		reflect.TypeFor[dedup.Weighing](): "stages/dedup",
	} {
		about, err := read(filepath.Join(dir, filepath.FromSlash(at)))
		if err != nil {
			return nil, err
		}
		g.packages[t.PkgPath()] = about
	}
	paths := object{}
	for _, r := range api.Routes() {
		path, ok := paths[r.Path].(object)
		if !ok {
			path = object{}
			paths[r.Path] = path
		}
		operation, err := g.operation(r)
		if err != nil {
			return nil, err
		}
		path[strings.ToLower(r.Method)] = operation
	}
	if _, err := g.reference(api.Problem{}); err != nil {
		return nil, err
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "rawi", "version": "1", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "Stories, articles, sources and stages over HTTP. Reading needs no token where only the daemon's own machine reaches it; what changes something " +
				"always does. Within a version fields are only added. Answers have an ETag and are compressed where that is accepted; HEAD is answered wherever GET is.",
		},
		"servers": []object{{"url": "http://127.0.0.1:8420", "description": "admin.listen, as it is by default."}},
		"tags": []object{
			{"name": "read", "description": "What is known."},
			{"name": "change", "description": "What changes something, with a token that may."},
		},
		"paths": paths,
		"components": object{
			"schemas":         g.definitions,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "Made by rawi token NAME."}},
			"responses": object{"problem": object{
				"description": "What was wrong, and the right form (RFC 9457).",
				"content":     object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/api.Problem"}}},
			}},
		},
	}, nil
}

// reference defines the type of a value and refers to it.
func (g *generator) reference(v any) (object, error) {
	t := reflect.TypeOf(v)
	if sources, ok := v.([]registry.Entry); ok {
		one, err := g.reference(append(sources, registry.Entry{})[0])
		return object{"type": "object", "required": []string{"sources"}, "properties": object{"sources": object{"type": "array", "items": one}}}, err
	}
	if t.Kind() != reflect.Struct {
		return object{"type": "object"}, nil
	}
	if g.types[t] == nil {
		if err := g.define(t); err != nil {
			return nil, err
		}
	}
	return object{"$ref": g.types[t].Ref}, nil
}

func (g *generator) operation(r api.Route) (object, error) {
	answer := r.Answer
	if answer == nil {
		answer = elsewhere()[r.Name]
	}
	told, err := g.reference(answer)
	if err != nil {
		return nil, err
	}
	problem := object{"$ref": "#/components/responses/problem"}
	said := object{"200": object{"description": "As asked.", "content": content(r.Media, told)}, "4XX": problem, "5XX": problem}
	if r.Body != nil {
		said["202"] = object{"description": "It is stored, and no daemon has followed it yet.", "content": content("", told)}
	}
	summary, _, _ := strings.Cut(r.About, ". ")
	operation := object{
		"operationId": r.Name, "summary": strings.TrimSuffix(summary, "."), "description": r.About, "responses": said,
		"parameters": parametersOf(r), "tags": []string{"read"}, "security": []object{{}, {"token": []string{}}},
	}
	if r.Changes {
		operation["tags"], operation["security"] = []string{"change"}, []object{{"token": []string{}}}
	}
	if r.Body == nil {
		return operation, nil
	}
	sent, err := g.reference(r.Body)
	operation["requestBody"] = object{"required": true, "content": content("", sent)}
	return operation, err
}

// content is what is sent in JSON, and in another form as well or instead.
func content(media string, schema object) object {
	asJSON := object{"schema": schema}
	switch media {
	case "":
		return object{"application/json": asJSON}
	case "text/event-stream":
		return object{media: object{"schema": object{"type": "string", "description": "Events whose data is a story.v1."}}}
	}
	return object{"application/json": asJSON, media: object{"schema": object{"type": "string"}}}
}

func parametersOf(r api.Route) []object {
	about := map[string]string{"id": "Id of a story or an article.", "name": "Name of a source.", "number": "Number of a dead letter."}
	all := []object{}
	for _, name := range r.PathParameters() {
		all = append(all, object{"name": name, "in": "path", "required": true, "description": about[name], "schema": object{"type": "string"}})
	}
	if r.Media == "text/event-stream" {
		all = append(all, object{
			"name": "Last-Event-ID", "in": "header", "description": "Id of the last event that was received.", "schema": object{"type": "string"},
		})
	}
	for _, p := range r.Query {
		all = append(all, parameterOf(p))
	}
	return all
}

func parameterOf(p api.Parameter) object {
	one := object{"type": "string"}
	if len(p.Known) > 0 {
		one["enum"] = p.Known
	}
	out := object{"name": p.Name, "in": "query", "description": p.About, "schema": one, "example": p.Example}
	switch {
	case p.List():
		out["schema"], out["style"], out["explode"] = object{"type": "array", "items": one}, "form", false
		out["example"] = strings.Split(p.Example, ",")
	case p.Most() > 0:
		out["schema"] = object{"type": "integer", "minimum": 1, "maximum": p.Most()}
		out["example"] = json.Number(p.Example)
	}
	return out
}
