package places

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/text"
)

// Columns of the main table of geonames.org, as its readme.txt documents them.
const (
	geoID             = 0
	geoName           = 1
	geoASCII          = 2
	geoAlternates     = 3 // apart by commas, in any language
	geoLatitude       = 4
	geoLongitude      = 5
	geoClass          = 6 // "P" a town, "A" an administrative division
	geoCode           = 7
	geoCountry        = 8
	geoFirstDivision  = 10
	geoPopulation     = 14
	geoColumns        = 19
	mostAdded         = 300_000   // places; more than all towns of 1,000 people
	longestGeoLine    = 256 << 10 // bytes; the alternates alone may have 10,000 letters
	mostAlternates    = 12        // spellings of a place in one script
	shortestAdded     = 4         // letters of a name: shorter ones are mostly words
	sureFrom          = 100_000   // people from which a town needs no word that announces it
	samePlace         = 25.0      // kilometres within which one name means one place
	sameDivision      = 200.0     // the same for a division, whose point may be anywhere in it
	minorBy           = 10        // times as many people live in the namesake that is meant where nothing else decides
	largestPopulation = 1 << 31
)

// geoRow is one row of the file that may become a place.
type geoRow struct {
	place      Place
	division   string // country and code of the first division that holds it, or that it is
	population int
}

// readGeoNames reads at most most places of a table in the form of geonames.org: towns from least people on, and divisions of the first and
// second level. Rows of other features, of countries unknown to us, and of places that we know are passed over.
func (t *Table) readGeoNames(r io.Reader, least, most int) ([]Place, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestGeoLine)
	var rows []geoRow
	for n := 1; lines.Scan(); n++ {
		if lines.Text() == "" {
			continue
		}
		row, ok, err := t.geoRow(strings.Split(lines.Text(), "\t"), least)
		switch {
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", n, err)
		case !ok:
			continue
		case len(rows) == most:
			return nil, fmt.Errorf("line %d: more than %d places in all; raise places.least_population or name fewer files", n, mostAdded)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return settle(rows), nil
}

// geoRow reads one row; not ok where it is to be passed over.
func (t *Table) geoRow(c []string, least int) (geoRow, bool, error) {
	if len(c) != geoColumns {
		return geoRow{}, false, fmt.Errorf("%d columns, want the %d of geonames.org's main table", len(c), geoColumns)
	}
	if _, err := strconv.ParseUint(c[geoID], 10, 32); err != nil {
		return geoRow{}, false, fmt.Errorf("geonameid %q is no number", c[geoID])
	}
	kind := geoKind(c[geoClass], c[geoCode])
	people, err := strconv.ParseUint(cmp.Or(c[geoPopulation], "0"), 10, 32)
	if err != nil || people > largestPopulation {
		return geoRow{}, false, fmt.Errorf("population %q is no number of people", c[geoPopulation])
	}
	if _, known := t.byID[c[geoCountry]]; !known || kind == "" || kind == KindCity && int(people) < least {
		return geoRow{}, false, nil
	}
	p, err := placeOf([]string{"gn-" + c[geoID], kind, c[geoCountry], "", c[geoLatitude], c[geoLongitude], "", "", "", ""})
	if err != nil {
		return geoRow{}, false, err
	}
	p.Names = geoNames(c)
	if t.knows(&p) {
		return geoRow{}, false, nil
	}
	p.Names.French, p.Names.Arabic = t.unknown(p.Names.French), t.unknown(p.Names.Arabic)
	if len(p.Names.French)+len(p.Names.Arabic) == 0 {
		return geoRow{}, false, nil
	}
	return geoRow{place: p, population: int(people), division: c[geoCountry] + "." + c[geoFirstDivision]}, true, nil
}

// geoKind is the kind of place that a feature is; empty where it is none of ours.
func geoKind(class, code string) string {
	switch {
	case code == "PPLX" || code == "PPLH" || code == "PPLQ": // part of a town; no longer there
		return ""
	case class == "P":
		return KindCity
	case code == "ADM1":
		return KindRegion
	case code == "ADM2":
		return KindProvince
	}
	return ""
}

// geoNames sorts the spellings of a row by their script.
func geoNames(c []string) Names {
	var n Names
	for _, name := range append([]string{c[geoName], c[geoASCII]}, strings.Split(c[geoAlternates], ",")...) {
		name = text.Clean(strings.TrimSpace(name))
		switch list := scriptList(&n, name); {
		case list == nil, len(*list) == mostAlternates, slices.Contains(*list, name), len(nameWords(name)) == 0:
		default:
			*list = append(*list, name)
		}
	}
	return n
}

// scriptList is the list that a spelling belongs to; nil where it is no name in one of our scripts: a code, an address, Chinese.
func scriptList(n *Names, name string) *[]string {
	if utf8.RuneCountInString(name) < shortestAdded || strings.ContainsAny(name, "0123456789/:()") || strings.ToUpper(name) == name && isLatin(name) {
		return nil
	}
	switch {
	case isLatin(name):
		return &n.French
	case isScript(name, unicode.Arabic):
		return &n.Arabic
	}
	return nil
}

func isLatin(name string) bool { return isScript(name, unicode.Latin) }

func isScript(name string, script *unicode.RangeTable) bool {
	return strings.IndexFunc(name, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(script, r) }) < 0
}

// bearers are the places that have a name already.
func (t *Table) bearers(name string) []int32 {
	words := nameWords(name)
	for _, e := range t.index[words[0]] {
		if slices.Equal(e.words, words) {
			return e.places
		}
	}
	return nil
}

// unknown are the names that no place of ours bears: a village must not make a capital uncertain.
func (t *Table) unknown(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return len(t.bearers(name)) > 0 })
}

// knows reports whether a place of the same country that bears one of its names lies where it does.
func (t *Table) knows(p *Place) bool {
	near := samePlace
	if p.Kind != KindCity {
		near = sameDivision
	}
	for _, name := range slices.Concat(p.Names.French, p.Names.Arabic) {
		for _, i := range t.bearers(name) {
			q := &t.places[i]
			if q.Country == p.Country && q.Kind != KindCountry && haversine(p.Lat, p.Lon, q.Lat, q.Lon) <= near {
				return true
			}
		}
	}
	return false
}

// settle orders places by their size, so that the largest of namesakes is meant, puts towns into their divisions, and flags what may be a
// word: the world has towns by the name of nearly everything.
func settle(rows []geoRow) []Place {
	slices.SortStableFunc(rows, func(a, b geoRow) int { return b.population - a.population })
	divisions := map[string]string{}
	for _, r := range rows {
		if r.place.Kind == KindRegion {
			divisions[r.division] = r.place.ID
		}
	}
	added := make([]Place, len(rows))
	largest := map[string]int{}
	for i, r := range rows {
		p := r.place
		if parent := divisions[r.division]; parent != "" && parent != p.ID {
			p.Parent = parent
		}
		if r.population < sureFrom {
			p.Flags = append(p.Flags, "cue")
		}
		for _, name := range slices.Concat(p.Names.French, p.Names.Arabic) {
			fold := text.Fold(name)
			if largest[fold] > minorBy*r.population && !p.flagged("minor") {
				p.Flags = append(p.Flags, "minor")
			}
			largest[fold] = max(largest[fold], r.population)
		}
		added[i] = p
	}
	return added
}
