package places

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"rawi/stages/tsv"
)

//go:embed data/*.tsv data/places/*.tsv
var data embed.FS

// Default builds the table that ships with the project. Whoever calls it owns the result; build it once.
func Default() *Table {
	t, err := shipped()
	if err != nil {
		panic(fmt.Sprintf("embedded place table: %v", err)) // a fault of the build, caught by every test of this package
	}
	t.buildIndex()
	return t
}

// shipped reads the embedded tables and leaves the index to be built.
func shipped() (*Table, error) {
	tables, err := tsv.Open(data, "data/places/*.tsv")
	if err != nil {
		return nil, err
	}
	return parse(tables)
}

// Parse reads a table: one place a line, ten tab-separated columns (id, kind, country, parent, latitude, longitude, French names, Arabic
// names, other names, flags), names and flags apart by "|", "#" opening a comment line. Countries need no rows. A row may name a parent
// that comes later. Errors name the line.
func Parse(r io.Reader) (*Table, error) {
	t, err := parse(r)
	if err != nil {
		return nil, err
	}
	t.buildIndex()
	return t, nil
}

func parse(r io.Reader) (*Table, error) {
	t := &Table{
		byID: map[string]int32{}, index: map[string][]entry{}, country: map[string]countryWord{}, countryEnds: map[string]bool{},
		cues: map[string]string{}, combining: map[string]string{},
	}
	if err := errors.Join(t.addCountries(), t.addCues(), t.addCombining()); err != nil {
		return nil, err
	}
	if err := eachRow(r, columns, func(cells []string) error {
		p, err := placeOf(cells)
		if err != nil {
			return err
		}
		return t.add(p)
	}); err != nil {
		return nil, err
	}
	return t, t.checkParents()
}

const (
	maxLine = 64 << 10
	columns = 10 // of a table of places
)

// eachRow calls do with the cells of every line that is no comment; missing cells at the end of a line are empty.
func eachRow(r io.Reader, most int, do func([]string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) > most {
			return fmt.Errorf("line %d: %d columns, want %d", n, len(cells), most)
		}
		cells = append(cells, make([]string, most-len(cells))...)
		if err := do(cells); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func placeOf(c []string) (Place, error) {
	lat, errLat := strconv.ParseFloat(c[4], 64)
	lon, errLon := strconv.ParseFloat(c[5], 64)
	if errLat != nil || errLon != nil || lat < -90 || lat > 90 || lon < -180 || lon > 180 {
		return Place{}, fmt.Errorf("place %q: latitude %q, longitude %q are no coordinates in degrees", c[0], c[4], c[5])
	}
	switch c[1] {
	case KindQuarter, KindCity, KindProvince, KindRegion, KindSite:
	default:
		return Place{}, fmt.Errorf("place %q: unknown kind %q", c[0], c[1])
	}
	p := Place{
		ID: c[0], Kind: c[1], Country: c[2], Parent: c[3], Lat: lat, Lon: lon, Flags: list(c[9]),
		Names: Names{French: list(c[6]), Arabic: list(c[7]), Other: list(c[8])},
	}
	if p.Parent == "" {
		p.Parent = p.Country
	}
	return p, nil
}

func list(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

func (t *Table) add(p Place) error {
	if p.ID == "" {
		return errors.New("a place without an id")
	}
	if _, twice := t.byID[p.ID]; twice {
		return fmt.Errorf("place %q stands twice", p.ID)
	}
	t.byID[p.ID] = int32(len(t.places))
	t.places = append(t.places, p)
	return nil
}

// checkParents also rules out cycles: every climb must end at a country.
func (t *Table) checkParents() error {
	for i := range t.places {
		p := &t.places[i]
		if !t.Within(p.ID, p.Country) {
			return fmt.Errorf("place %q: parent %q does not lead up to the country %q", p.ID, p.Parent, p.Country)
		}
	}
	return nil
}
