package places

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Config says which places are known beside those that ship with the project. Its zero value knows no others.
type Config struct {
	GeoNames        []string `yaml:"geonames"`         // files in the form of geonames.org: cities15000.txt, MA.txt
	LeastPopulation int      `yaml:"least_population"` // towns of fewer people are left out of those files
}

// Validate returns what is wrong with the configuration, by key.
func (c Config) Validate() error {
	if c.LeastPopulation < 0 {
		return errors.New("least_population: must not be below zero")
	}
	return nil
}

// Load builds the table that ships with the project with the places of the configured files added. Where both know a place, ours stays. Errors
// name file and line.
func Load(c Config) (*Table, error) { return LoadOver(c, strings.NewReader("")) }

// LoadOver is Load with rows in the form of Parse laid over the table first: one of a known id takes the place of ours.
func LoadOver(c Config, own io.Reader) (*Table, error) {
	t, err := shipped()
	if err != nil {
		return nil, err
	}
	if err := eachRow(own, columns, t.lay); err != nil {
		return nil, err
	}
	if err := t.checkParents(); err != nil {
		return nil, err
	}
	if len(c.GeoNames) > 0 {
		t.buildIndex() // tells which of the places are known already
	}
	var added []Place
	for _, name := range c.GeoNames {
		found, err := t.readFile(name, c.LeastPopulation, mostAdded-len(added))
		if err != nil {
			return nil, fmt.Errorf("geonames file %s: %w", name, err)
		}
		added = append(added, found...)
	}
	if err := t.addAll(added); err != nil {
		return nil, err
	}
	t.index = map[string][]entry{}
	t.buildIndex()
	return t, nil
}

// lay puts a place into the table, over the one of its id.
func (t *Table) lay(cells []string) error {
	p, err := placeOf(cells)
	if err != nil {
		return err
	}
	if _, known := t.byID[p.Country]; !known || p.ID == p.Country || len(p.ID) < 3 {
		return fmt.Errorf("place %q: country %q: want the code of a country, such as MA, and an id of its own, such as ma-sale", p.ID, p.Country)
	}
	if len(p.Names.French)+len(p.Names.Arabic)+len(p.Names.Other) == 0 {
		return fmt.Errorf("place %q has no name", p.ID)
	}
	if i, known := t.byID[p.ID]; known {
		t.places[i] = p
		return nil
	}
	return t.add(p)
}

func (t *Table) readFile(name string, least, most int) ([]Place, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "open "+name+": "))
	}
	defer f.Close() //nolint:errcheck // only read from
	return t.readGeoNames(f, least, most)
}

// addAll adds what several files may name twice.
func (t *Table) addAll(added []Place) error {
	for _, p := range added {
		if _, twice := t.byID[p.ID]; twice {
			continue
		}
		if err := t.add(p); err != nil {
			return err
		}
	}
	return t.checkParents()
}
