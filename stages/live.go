package stages

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"rawi/stages/extract"
	"rawi/stages/extract/tables"
	"rawi/stages/places"
)

// Live are the tables in use. They are swapped whole between two articles, so that a user's new words need no restart. It is safe for
// concurrent use.
type Live struct{ current atomic.Pointer[inUse] }

type inUse struct {
	places    *places.Table
	languages map[string]extract.Language
	own       string // hash of the user's own tables
}

// Open loads the tables of a configuration.
func Open(own tables.Config, table places.Config) (*Live, error) {
	l := &Live{}
	return l, l.Reload(own, table)
}

// Reload reads the tables again and takes them in use, or leaves the old ones where a file is wrong. Errors name it, and what is wanted.
func (l *Live) Reload(own tables.Config, table places.Config) error {
	set, err := tables.Load(own, table)
	if err != nil {
		return err
	}
	return l.Swap(set)
}

// Swap takes another set of tables in use from the next article on. Words for a language without an extractor are an error, which leaves the old
// set in use.
func (l *Live) Swap(t *tables.Set) error {
	use := &inUse{places: t.Places, languages: map[string]extract.Language{}, own: t.Own}
	for _, lang := range languagesOf(t) {
		use.languages[lang.Tag] = lang
	}
	for _, tag := range slices.Sorted(maps.Keys(t.Words)) {
		if _, ok := use.languages[tag]; !ok {
			known := strings.Join(slices.Sorted(maps.Keys(use.languages)), ", ")
			return fmt.Errorf("tables.dir: words.%s.tsv: facts are read in %s; remove the file or rename it", tag, known)
		}
	}
	l.current.Store(use)
	return nil
}

// Take puts the set of another in use from the next article on.
func (l *Live) Take(other *Live) { l.current.Store(other.current.Load()) }

// Languages lists every language that has an extractor, each reading with the tables in use at the time.
func (l *Live) Languages() []extract.Language {
	languages := l.current.Load().languages
	live := make([]extract.Language, 0, len(languages))
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		lang := languages[tag]
		lang.Tables = func() string { return l.current.Load().own }
		lang.Analyse = func(doc extract.Document) extract.Analysis { return l.current.Load().languages[tag].Analyse(doc) }
		lang.Date = func(line string, fetched time.Time) (time.Time, string, bool) {
			return l.current.Load().languages[tag].Date(line, fetched)
		}
		live = append(live, lang)
	}
	return live
}

// Within tells whether the place inner lies in outer, or is it, by the table in use.
func (l *Live) Within(inner, outer string) bool { return l.current.Load().places.Within(inner, outer) }

// Near tells whether two places lie at most km kilometres apart, by the table in use.
func (l *Live) Near(a, b string, km float64) bool { return l.current.Load().places.Near(a, b, km) }
