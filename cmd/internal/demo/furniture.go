package demo

import (
	"embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

//go:embed site/*.html site/*.tsv
var siteFiles embed.FS

// furniture is what surrounds articles on a page: layouts, teasers of other matters, comments, the ways of writing a date.
type furniture struct {
	layouts   *template.Template
	calendars map[string]calendar
	teasers   map[string][]teaser
	comments  map[string][]comment
}

// teaser is a link to another matter, as layouts print it.
type teaser struct{ Title, Text, Link string }

// comment is a reader's word, as layouts print it.
type comment struct{ Name, Text string }

type calendar struct {
	form             string
	months, weekdays []string
}

func loadFurniture() (*furniture, error) {
	f := &furniture{calendars: map[string]calendar{}, teasers: map[string][]teaser{}, comments: map[string][]comment{}}
	var err error
	if f.layouts, err = template.ParseFS(siteFiles, "site/*.html"); err != nil {
		return nil, err
	}
	err = eachRow("site/calendars.tsv", 4, func(row []string) {
		f.calendars[row[0]] = calendar{form: row[1], months: strings.Split(row[2], ","), weekdays: strings.Split(row[3], ",")}
	})
	if err != nil {
		return nil, err
	}
	err = eachRow("site/teasers.tsv", 3, func(row []string) {
		link := "/archives/" + strconv.Itoa(1001+len(f.teasers[row[0]])) // never served: only there to be told apart from articles
		f.teasers[row[0]] = append(f.teasers[row[0]], teaser{Title: row[1], Text: row[2], Link: link})
	})
	if err != nil {
		return nil, err
	}
	err = eachRow("site/comments.tsv", 3, func(row []string) {
		f.comments[row[0]] = append(f.comments[row[0]], comment{Name: row[1], Text: row[2]})
	})
	return f, err
}

func eachRow(name string, columns int, use func(row []string)) error {
	text, err := siteFiles.ReadFile(name)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != columns {
			return fmt.Errorf("%s: %d columns where %d are wanted: %q", name, len(row), columns, line)
		}
		use(row)
	}
	return nil
}

func (c calendar) write(t time.Time) string {
	return strings.NewReplacer(
		"{weekday}", c.weekdays[t.Weekday()], "{day}", strconv.Itoa(t.Day()), "{month}", c.months[t.Month()-1],
		"{year}", strconv.Itoa(t.Year()), "{hour}", t.Format("15"), "{minute}", t.Format("04"),
	).Replace(c.form)
}

// around gives what suits an outlet: rows of its language and country, or of its language alone.
func around[T any](rows map[string][]T, o *outlet) []T {
	if own := rows[o.Language+"-"+o.Country]; own != nil {
		return own
	}
	return rows[o.Language]
}

// some gives n of list from the start-th on, around the end: pages differ, and every run gives the same.
func some[T any](list []T, start, n int) []T {
	var picked []T
	for i := range min(n, len(list)) {
		picked = append(picked, list[(start+i)%len(list)])
	}
	return picked
}
