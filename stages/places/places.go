// Package places knows where a name lies: tokens of a text come in, places of a table written for the project go out, with the hierarchy
// and the distances that make "Salé" and "Rabat-Salé-Kénitra" comparable in any language.
package places

import (
	"math"
	"strings"
)

// Kinds of place.
const (
	KindQuarter  = "quarter"
	KindCity     = "city"
	KindProvince = "province" // province, prefecture, wilaya, governorate, département
	KindRegion   = "region"
	KindCountry  = "country"
	KindSite     = "site" // port, airport, border post
)

// Names holds the spellings of a place, the main one first in each list.
type Names struct {
	French []string
	Arabic []string
	Other  []string // Spanish, English and older spellings in Latin letters
}

// Place is one row of the table.
type Place struct {
	ID      string // "ma-sale"; the ISO code for a country
	Kind    string
	Country string // ISO 3166-1 alpha-2
	Parent  string // ID of the place that holds it; empty for a country
	Names   Names
	Lat     float64 // degrees; 0, 0 for a country
	Lon     float64
	// Flags are "cue", "cue:fr", "cue:ar" for a homograph, "word:fr", "word:ar" for one that is so everyday a word that only an announcing
	// word makes it a place, and "minor" for the bearer of a name that loses where nothing else decides.
	Flags []string
}

// Table is a set of places with an index of their names. It is never changed once built, and safe for concurrent use.
type Table struct {
	places    []Place
	byID      map[string]int32
	index     map[string][]entry // by first word, longest name first
	country   map[string]countryWord
	cues      map[string]string // folded cue word -> the kind it announces, "" for any
	combining map[string]string // first parts of adjectives of two countries, to the country

	countryEnds map[string]bool // the endings of the words of country
}

// ByID finds a place by its id; a country by its upper-case ISO code.
func (t *Table) ByID(id string) (*Place, bool) {
	i, ok := t.byID[id]
	if !ok {
		return nil, false
	}
	return &t.places[i], true
}

// All yields every place of the table, countries first.
func (t *Table) All(yield func(*Place) bool) {
	for i := range t.places {
		if !yield(&t.places[i]) {
			return
		}
	}
}

// maxDepth bounds the climb from a quarter to its country.
const maxDepth = 8

// Within reports whether inner lies in outer, or is outer.
func (t *Table) Within(inner, outer string) bool {
	for range maxDepth {
		if inner == outer {
			_, known := t.byID[inner]
			return known
		}
		p, ok := t.ByID(inner)
		if !ok || p.Parent == "" {
			return false
		}
		inner = p.Parent
	}
	return false
}

// CountryOf gives the ISO 3166-1 alpha-2 code of a place's country, or "" for an unknown place.
func (t *Table) CountryOf(id string) string {
	if p, ok := t.ByID(id); ok {
		return p.Country
	}
	return ""
}

// City gives the city that a place is or lies in: the nearest of its kind on the way up.
func (t *Table) City(id string) (*Place, bool) { return t.climb(id, KindCity) }

// Province gives the province that a place is or lies in.
func (t *Table) Province(id string) (*Place, bool) { return t.climb(id, KindProvince) }

// Region gives the region that a place is or lies in.
func (t *Table) Region(id string) (*Place, bool) { return t.climb(id, KindRegion) }

func (t *Table) climb(id, kind string) (*Place, bool) {
	for range maxDepth {
		p, ok := t.ByID(id)
		if !ok {
			return nil, false
		}
		if p.Kind == kind {
			return p, true
		}
		id = p.Parent
	}
	return nil, false
}

// earthRadius is the mean radius in kilometres.
const earthRadius = 6371.0

// Distance is the great-circle distance of two places in kilometres; not ok where either is unknown or a country, which is no point.
func (t *Table) Distance(a, b string) (km float64, ok bool) {
	p, okA := t.ByID(a)
	q, okB := t.ByID(b)
	if !okA || !okB || p.Kind == KindCountry || q.Kind == KindCountry {
		return 0, false
	}
	return haversine(p.Lat, p.Lon, q.Lat, q.Lon), true
}

// Near reports whether two places lie at most km kilometres apart.
func (t *Table) Near(a, b string, km float64) bool {
	d, ok := t.Distance(a, b)
	return ok && d <= km
}

// Borders reports whether a place of the country lies within km kilometres of the place, or the table has none in that country.
func (t *Table) Borders(id, country string, km float64) bool {
	from, ok := t.ByID(id)
	if !ok {
		return false
	}
	known := false
	for i := range t.places {
		p := &t.places[i]
		if p.Country != country || p.Kind == KindCountry {
			continue
		}
		known = true
		if haversine(from.Lat, from.Lon, p.Lat, p.Lon) <= km {
			return true
		}
	}
	return !known
}

func haversine(lat1, lon1, lat2, lon2 float64) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (lat2-lat1)*rad, (lon2-lon1)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h)))
}

func (p *Place) flagged(flag string) bool {
	for _, f := range p.Flags {
		if f == flag || strings.HasPrefix(flag, f+":") {
			return true
		}
	}
	return false
}
