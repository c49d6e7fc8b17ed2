package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxFile bounds a configuration file in bytes: far above any list of sources, far below what a mistaken path could be.
const maxFile = 8 << 20

// Loaded is a configuration with where each of its values came from.
type Loaded struct {
	Config
	Origin   map[string]string // "feed.workers" -> "default", "rawi.yaml:12", "RAWI_FEED_WORKERS"
	Warnings []string

	lists []string // what the sources were read from
}

// Load reads the configuration: defaults, then the YAML file (none where path is empty), then the environment (as os.Environ gives it), then the source
// files it names, which stand relative to the file, then those of OwnDir beside it. It returns every mistake it found in one error, each with its place.
func Load(path string, environment []string) (Loaded, error) {
	l := Loaded{Config: Default(), Origin: map[string]string{}}
	for _, key := range leaves(reflect.TypeFor[Config](), "") {
		l.Origin[key.path] = "default"
	}
	if path == "" {
		l.SourceFiles = []string{bundledPrefix + "maghreb"}
	} else if err := l.readFile(path); err != nil {
		return l, err
	}
	if err := l.readEnvironment(environment); err != nil {
		return l, err
	}
	if err := l.readSourceFiles(path); err != nil {
		return l, err
	}
	if err := l.readSites(path); err != nil {
		return l, err
	}
	if len(l.Sources) == 0 {
		l.Warnings = append(l.Warnings, "no sources: nothing will be fetched; see source_files and sources")
	}
	l.Warnings = append(l.Warnings, l.Admin.warnings()...)
	return l, l.Validate()
}

func (l *Loaded) readFile(path string) error {
	data, err := readBounded(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	node, err := parse(path, data, &l.Config)
	if err != nil {
		return err
	}
	l.noteOrigins(path, node, "")
	return nil
}

// readBounded reads a file and says in one line what to do where it cannot.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s: want a YAML file of at most %d MiB", path, maxFile>>20)
	}
	return os.ReadFile(path)
}

// parse decodes data strictly into out, a pointer to a struct, and returns the document's root.
func parse(file string, data []byte, out any) (*yaml.Node, error) {
	var root yaml.Node
	if empty(data) {
		return &root, nil
	}
	if err := yaml.Load(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	node := &root
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		node = root.Content[0]
	}
	if errs := checkReferences(file, &root); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if errs := checkKeys(file, node, reflect.TypeOf(out).Elem(), ""); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := node.Load(out); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return node, nil
}

// empty reports whether a file says nothing: that is a file with everything at its default, and no mistake.
func empty(data []byte) bool {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// noteOrigins remembers the line of every value that the file gives.
func (l *Loaded) noteOrigins(file string, node *yaml.Node, path string) {
	if node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := join(path, node.Content[i].Value)
		if _, leaf := l.Origin[key]; leaf {
			l.Origin[key] = fmt.Sprintf("%s:%d", file, node.Content[i].Line)
			continue
		}
		l.noteOrigins(file, node.Content[i+1], key)
	}
}

// leaf is one value of the configuration: its path and how to reach it.
type leaf struct {
	path  string
	index []int
	kind  reflect.Type
}

// variable is the environment variable that overrides the leaf.
func (k leaf) variable() string {
	return "RAWI_" + strings.ToUpper(strings.ReplaceAll(k.path, ".", "_"))
}

// leaves lists every single value below t. Lists of sections, such as sources, count as one.
func leaves(t reflect.Type, path string) []leaf {
	var all []leaf
	for _, f := range fieldsOf(t) {
		at := join(path, keyOf(f))
		section := indirect(f.Type)
		if !isSection(section) {
			all = append(all, leaf{path: at, index: f.Index, kind: f.Type})
			continue
		}
		for _, below := range leaves(section, at) {
			below.index = append(slices.Clone(f.Index), below.index...)
			all = append(all, below)
		}
	}
	return all
}

// readEnvironment overrides values by RAWI_<PATH>. A variable that names nothing is only a warning: orchestrators add their own.
func (l *Loaded) readEnvironment(environment []string) error {
	byVariable := map[string]leaf{}
	var known []string
	for _, k := range leaves(reflect.TypeFor[Config](), "") {
		byVariable[k.variable()] = k
		known = append(known, k.variable())
	}
	var errs []error
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "RAWI_") {
			continue
		}
		k, ok := byVariable[name]
		if !ok {
			l.Warnings = append(l.Warnings, fmt.Sprintf("environment variable %s overrides nothing; %s", name, suggestion(name, known)))
			continue
		}
		if err := setText(reflect.ValueOf(&l.Config).Elem().FieldByIndex(k.index), value); err != nil {
			errs = append(errs, fmt.Errorf("environment variable %s: %q wants %s", name, value, wanted(k.kind)))
		}
		l.Origin[k.path] = name
	}
	return errors.Join(errs...)
}

// setText sets a field from text as YAML would read it; a list of strings is given apart by commas.
func setText(field reflect.Value, text string) error {
	if field.Kind() == reflect.String {
		field.SetString(text)
		return nil
	}
	if field.Type() == reflect.TypeFor[[]string]() {
		field.Set(reflect.ValueOf(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })))
		return nil
	}
	return yaml.Load([]byte(text), field.Addr().Interface())
}

// readSourceFiles appends the sources of every file that source_files names; path is the file that names them.
func (l *Loaded) readSourceFiles(path string) error {
	if len(l.Sources) > 0 {
		l.lists = append(l.lists, cmp.Or(path, l.Origin["sources"]))
	}
	for _, name := range l.SourceFiles {
		file, data, err := openSources(filepath.Dir(path), name)
		if err != nil {
			return fmt.Errorf("%s: source_files: %w", l.Origin["source_files"], err)
		}
		if err := l.takeSources(name, file, data); err != nil {
			return err
		}
	}
	own, err := ownFiles(path, OwnDir)
	if err != nil {
		return err
	}
	for _, name := range own {
		if slices.Contains(l.SourceFiles, name) {
			continue // named as well
		}
		file, data, err := openSources(filepath.Dir(path), name)
		if err != nil {
			return fmt.Errorf("read sources: %w", err)
		}
		if err := l.takeSources(name, file, data); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loaded) takeSources(name, file string, data []byte) error {
	l.lists = append(l.lists, name)
	var list sourceList
	if _, err := parse(file, data, &list); err != nil {
		return err
	}
	l.Sources = append(l.Sources, list.Sources...)
	return nil
}

func openSources(dir, name string) (file string, data []byte, err error) {
	if list, ok := strings.CutPrefix(name, bundledPrefix); ok {
		if data, err = bundled.ReadFile("sources/" + list + ".yaml"); err != nil {
			return "", nil, fmt.Errorf("there is no bundled list %q; %s", list, suggestion(list, Bundled()))
		}
		return name, data, nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	data, err = readBounded(name)
	return name, data, err
}

// Bundled lists the names of the source lists that came with the program.
func Bundled() []string {
	entries, _ := bundled.ReadDir("sources")
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}
