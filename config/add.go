package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// OwnDir is the folder beside a configuration file whose *.yaml files are read as lists of sources too, in the order of their names. Programs
// add sources there, so that files that people write stay as they wrote them.
const OwnDir = "sources.d"

// Format writes sources as a list that Load reads back as it was.
func Format(sources []Source) ([]byte, error) {
	var b bytes.Buffer
	dumper, err := yaml.NewDumper(&b, yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("write sources: %w", err)
	}
	if err := errors.Join(dumper.Dump(sourceList{sources}), dumper.Close()); err != nil {
		return nil, fmt.Errorf("write sources: %w", err)
	}
	var again sourceList
	if _, err := parse("sources", b.Bytes(), &again); err != nil {
		return nil, fmt.Errorf("write sources: %w", err)
	}
	if !reflect.DeepEqual(again.Sources, sources) {
		return nil, errors.New("write sources: they would not be read back as they are")
	}
	return b.Bytes(), nil
}

// sourceList is a file of sources.
type sourceList struct {
	Sources []Source `yaml:"sources"`
}

var listName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// Add writes sources to a new file <name>.yaml in OwnDir beside the configuration file at path, if they are right together with everything
// that the configuration reads already. It returns the file that it wrote. Nothing is written where anything is wrong, and no file that was
// there is touched.
func Add(path, name string, sources []Source, environment []string) (file string, err error) {
	if !listName.MatchString(name) {
		return "", fmt.Errorf("add sources: a file cannot be named %q: want a-z, 0-9 and -", name)
	}
	loaded, err := Load(path, environment)
	if err != nil {
		return "", fmt.Errorf("add sources to a configuration that is wrong already: %w", err)
	}
	loaded.Sources = append(loaded.Sources, sources...)
	if err := loaded.Validate(); err != nil {
		return "", fmt.Errorf("add sources: %w", err)
	}
	text, err := Format(sources)
	if err != nil {
		return "", err
	}
	file = filepath.Join(filepath.Dir(path), OwnDir, name+".yaml")
	if err := writeNew(file, text); err != nil {
		return "", fmt.Errorf("add sources: %w", err)
	}
	return file, nil
}

// writeNew writes a file that is not there yet, whole or not at all: until it is whole it is empty, which is a list without sources.
func writeNew(file string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	claim, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: change it by hand, or choose another name", file)
	}
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(file), ".rawi-*.part")
	if err != nil {
		return errors.Join(err, claim.Close(), os.Remove(file))
	}
	_, err = part.Write(text)
	err = errors.Join(err, part.Chmod(0o644), part.Sync(), part.Close(), claim.Close())
	if err == nil {
		err = os.Rename(part.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()), os.Remove(file))
	}
	return nil
}

// ownFiles lists the *.yaml files of a folder beside the configuration file at path; none where there is no such folder.
func ownFiles(path, folder string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(filepath.Join(filepath.Dir(path), folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", folder, err)
	}
	var files []string
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(name, ".") {
			files = append(files, filepath.Join(folder, name))
		}
	}
	slices.Sort(files)
	return files, nil
}
