// Package tables lays a user's own tables over those that ship with the project: a directory comes in, places, concepts and the words of each
// language go out.
package tables

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rawi/stages/extract/concept"
	"rawi/stages/extract/facts"
	"rawi/stages/places"
)

// Config says where a user's own tables lie. Its zero value has none.
type Config struct {
	Dir string `yaml:"dir"` // holds any of places.tsv, concepts.tsv and words.<language>.tsv
}

// Set is all that languages are read with. It is never changed once built, and safe for concurrent use.
type Set struct {
	Places   *places.Table
	Concepts *concept.Lexicon
	Words    map[string]string // the user's own rows for the lexicon of a language, by its tag
	Own      string            // short hash of all that does not ship with the project; "" where there is nothing
}

// mostBytes bounds a table: above any that a person writes, below what a mistaken path could be.
const mostBytes = 8 << 20

// Names of the files.
const (
	placesFile   = "places.tsv"
	conceptsFile = "concepts.tsv"
	wordsPrefix  = "words."
	extension    = ".tsv"
)

// Load builds the tables that ship with the project with those of the directory laid over them: a place of a known id takes its row's place, a
// concept of a known id gains forms, a word loses what it meant before. Errors name file and line, and say what is wanted.
func Load(c Config, p places.Config) (*Set, error) {
	files, err := read(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("tables.dir %s: %w", c.Dir, err)
	}
	own, err := hash(files, p)
	if err != nil {
		return nil, err
	}
	s := &Set{Words: map[string]string{}, Own: own}
	if s.Places, err = places.LoadOver(p, bytes.NewReader(files[placesFile])); err != nil {
		return nil, inFile(c.Dir, placesFile, files, err)
	}
	if s.Concepts, err = concept.Over(bytes.NewReader(files[conceptsFile])); err != nil {
		return nil, inFile(c.Dir, conceptsFile, files, err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tag, ok := languageOf(name)
		if !ok {
			continue
		}
		if _, err := facts.ParseLexicon(bytes.NewReader(files[name])); err != nil {
			return nil, inFile(c.Dir, name, files, err)
		}
		s.Words[tag] = string(files[name])
	}
	return s, nil
}

// inFile names the file that a mistake is in, where the user has one.
func inFile(dir, name string, files map[string][]byte, err error) error {
	if _, own := files[name]; !own {
		return fmt.Errorf("%s: %w", strings.TrimSuffix(name, extension), err)
	}
	return fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
}

// languageOf is the language of a file of words: words.fr.tsv.
func languageOf(name string) (tag string, ok bool) {
	rest, ok := strings.CutPrefix(name, wordsPrefix)
	if !ok || !strings.HasSuffix(rest, extension) {
		return "", false
	}
	return strings.TrimSuffix(rest, extension), true
}

// read gives the tables of a directory by name; none where dir is empty. A table of another name is an error, since it would silently be
// left unread; files that are no tables are the user's own business.
func read(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	if dir == "" {
		return files, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%w; make it, or leave the setting out", cause(err))
	}
	for _, e := range entries {
		name := e.Name()
		if filepath.Ext(name) != extension || strings.HasPrefix(name, ".") {
			continue
		}
		if _, words := languageOf(name); !words && name != placesFile && name != conceptsFile {
			return nil, fmt.Errorf("%s: no such table is known: want %s, %s or %s<language>%s", name, placesFile, conceptsFile, wordsPrefix, extension)
		}
		if files[name], err = readBounded(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

// cause is what went wrong without the operation and the path, which the caller names.
func cause(err error) error {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // as os.ReadDir returns it
		return e.Err
	}
	return err
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, cause(err)
	}
	if !info.Mode().IsRegular() || info.Size() > mostBytes {
		return nil, fmt.Errorf("want a file of at most %d MiB", mostBytes>>20)
	}
	table, err := os.ReadFile(path)
	if err != nil {
		return nil, cause(err)
	}
	return bytes.TrimPrefix(table, []byte("\xef\xbb\xbf")), nil // some editors begin with a byte order mark
}
