package main

import (
	"encoding"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"rawi/cmd/internal/annotate"
	"rawi/cmd/internal/discover"
	"rawi/cmd/internal/dissect"
	"rawi/cmd/internal/doctor"
	"rawi/cmd/internal/evaluate/figures"
	"rawi/cmd/internal/evaluate/language"
	"rawi/cmd/internal/explain"
	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shapes is what every command prints with --json.
func shapes() map[string]any {
	return map[string]any{
		"check": []config.Value{}, "demo": message.Story{}, "stories": message.Story{}, "story show": message.Story{},
		"tail": pipeline.Envelope{}, "trace": pipeline.Trail{}, "explain": explain.Account{}, "top": glance{}, "status": pipeline.Report{},
		"doctor": doctor.Report{}, "loglevel": map[string]string{}, "version": build{}, "nkey": publicKey{}, "schema": []string{},
		"sources list": registry.Entry{}, "sources show": registry.Entry{}, "sources check": discover.Report{}, "sources add": discover.Report{},
		"sources import": []config.Source{}, "sources pause": map[string][]string{}, "sources resume": map[string][]string{},
		"sources poll": map[string][]string{}, "dead list": pipeline.DeadLetter{}, "dead show": pipeline.DeadLetter{},
		"dead retry": map[string][]uint64{}, "dead drop": map[string][]uint64{}, "facts": annotate.Reading{}, "extract": dissect.Reading{},
		"replay": pipeline.ReplayProgress{}, "migrate": pipeline.Moved{}, "eval language": language.Score{}, "eval merge": change{}, "eval figures": figures.Set{},
		"story merge": message.Story{}, "story split": message.Story{}, "story move": message.Story{}, "story retract": message.Story{},
	}
}

// otherwise says why a command has no --json.
func otherwise() map[string]string {
	return map[string]string{
		"run":            "it is the daemon: what it says is its log, see log.format",
		"eval feeds":     "it prints nothing but JSON",
		"eval facts":     "it prints nothing but JSON",
		"eval pages":     "it prints nothing but JSON",
		"sources export": "OPML is what it is for",
		"token":          "its one line is a secret",
		"reference":      "Markdown is what it is for",
	}
}

// leaves are all commands that can be run, by their words.
func leaves(t *testing.T) map[string]*kong.Node {
	t.Helper()
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*kong.Node{}
	for _, leaf := range parser.Model.Leaves(false) {
		all[wordsOf(leaf)] = leaf
	}
	return all
}

func TestEveryListingHasAFormForPrograms(t *testing.T) {
	all := leaves(t)
	if len(all) < 35 {
		t.Fatalf("%d commands: %v", len(all), slices.Sorted(maps.Keys(all)))
	}
	for words, leaf := range all {
		has := slices.ContainsFunc(leaf.Flags, func(f *kong.Flag) bool { return f.Name == "json" })
		_, shape := shapes()[words]
		why := otherwise()[words]
		switch {
		case !has && why == "":
			t.Errorf("rawi %s has no --json", words)
		case has && why != "":
			t.Errorf("rawi %s has --json, although %s", words, why)
		case has && !shape:
			t.Errorf("rawi %s: what does it print with --json? The table here does not say", words)
		}
	}
	for _, table := range []map[string]bool{keys(shapes()), keys(otherwise())} {
		for words := range table {
			if all[words] == nil {
				t.Errorf("there is no command rawi %s", words)
			}
		}
	}
}

func keys[V any](m map[string]V) map[string]bool {
	all := map[string]bool{}
	for k := range m {
		all[k] = true
	}
	return all
}

// TestNamesForProgramsStay holds the names of fields to a file: programs read them. A new field is written into it by -update.
func TestNamesForProgramsStay(t *testing.T) {
	var b strings.Builder
	types := map[string]reflect.Type{}
	for _, words := range slices.Sorted(maps.Keys(shapes())) {
		of := reflect.TypeOf(shapes()[words])
		types[of.String()] = of
		b.WriteString("rawi " + words + ": " + of.String() + "\n")
	}
	for _, of := range slices.Sorted(maps.Keys(types)) {
		for _, name := range names(types[of], "", nil) {
			b.WriteString(of + " " + name + "\n")
		}
	}
	file := filepath.Join("testdata", "json.golden")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("names that programs read have changed; go test ./cmd/rawi -run NamesForPrograms -update takes new ones up:\n%s", diff)
	}
}

// names lists the paths of all fields that JSON has of a type.
func names(t reflect.Type, path string, above []reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		if t.Kind() != reflect.Pointer {
			path += "[]"
		}
		t = t.Elem()
	}
	plain := t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
	if t.Kind() != reflect.Struct || plain || slices.Contains(above, t) {
		return []string{path}
	}
	var all []string
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && !f.Anonymous && name != "-" && len(f.Index) == 1 || promoted(t, f) {
			if name == "" {
				name = f.Name
			}
			all = append(all, names(f.Type, strings.TrimPrefix(path+"."+name, "."), append(slices.Clone(above), t))...)
		}
	}
	return all
}

// promoted says whether a field of an embedded struct stands among those of the struct around it.
func promoted(t reflect.Type, f reflect.StructField) bool {
	if len(f.Index) != 2 || !f.IsExported() {
		return false
	}
	outer := t.Field(f.Index[0])
	return outer.Anonymous && outer.Tag.Get("json") == "" && f.Tag.Get("json") != "-"
}
