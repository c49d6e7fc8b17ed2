// Package crash proves that the daemon loses nothing and merges nothing twice, whatever is killed, frozen or cut off: an oracle issues
// numbered articles through a press on loopback, faults hit the processes that read it, and a check counts every number afterwards.
//
// The programs that start and kill processes are tests behind the build tag "crash"; what they are made of is tested without it.
package crash

import (
	"bytes"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed data/cities.tsv
var cities string

//go:embed data/reports.txt
var reports string

// Fate is where an article has to end.
type Fate string

// Fates of an article.
const (
	Linked  Fate = "linked"  // a member of exactly one story
	Dropped Fate = "dropped" // its outlet's robots.txt keeps it to itself
	Dead    Fate = "dead"    // its page is gone
)

// Article is one article that the oracle issues. Its number stands in its address, so that it is known again wherever it turns up.
type Article struct {
	Number    int
	Operation int // what it reports; articles of one operation belong to one story
	Outlet    int // index of the outlet that carries it
	Language  string
	Published time.Time
	Title     string
	Body      []string // paragraphs
	Whole     bool     // the feed carries its text; otherwise its page has to be fetched
	Fate      Fate
}

const (
	perOperation = 5   // reports of one operation, each by another outlet
	daysApart    = 7   // one operation and the next: out of each other's reach
	daysUsed     = 607 // operations until a day is used again, by another city, age, weight and file: no day is yet to come
	fateEvery    = 40  // so many articles apart stand one that is dropped and one that is dead
	outlets      = perOperation
)

// firstDay is fixed: equal articles in every run.
var firstDay = time.Date(2015, time.March, 2, 0, 0, 0, 0, time.UTC)

// Issue makes articles 0 to n-1. Operations differ in day, city, age of the suspect, weight of what was seized and number of the
// file, so that the story of an article does not depend on the order in which articles arrive.
func Issue(n int) ([]Article, error) {
	w, err := newWriter()
	if err != nil {
		return nil, err
	}
	issued := make([]Article, n)
	for i := range issued {
		if issued[i], err = w.write(i); err != nil {
			return nil, fmt.Errorf("write article %d: %w", i, err)
		}
	}
	return issued, nil
}

// templates by outlet: the first three write French, the others Arabic.
var templates = [outlets]string{"fr-0", "fr-1", "fr-2", "ar-0", "ar-1"}

type city struct{ french, arabic string }

type writer struct {
	cities    []city
	templates *template.Template
}

func newWriter() (*writer, error) {
	w := &writer{}
	for line := range strings.Lines(cities) {
		french, arabic, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			w.cities = append(w.cities, city{french, arabic})
		}
	}
	var err error
	w.templates, err = template.New("reports").Parse(reports)
	return w, err
}

func (w *writer) write(i int) (Article, error) {
	operation, outlet := i/perOperation, i%perOperation
	day := firstDay.AddDate(0, 0, operation%daysUsed*daysApart)
	a := Article{
		Number: i, Operation: operation, Outlet: outlet, Language: templates[outlet][:2], Fate: Linked, Whole: i%2 == 0,
		Published: day.Add(time.Duration(14+outlet)*time.Hour + time.Duration(i%60)*time.Minute),
	}
	switch i % fateEvery {
	case fateEvery / 3:
		a.Fate, a.Whole = Dropped, false
	case fateEvery / 2:
		a.Fate, a.Whole = Dead, false
	}
	place := w.cities[operation%len(w.cities)]
	name := place.french
	if a.Language == "ar" {
		name = place.arabic
	}
	var text bytes.Buffer
	err := w.templates.ExecuteTemplate(&text, templates[outlet], map[string]any{
		"City": name, "Date": date(day, a.Language), "Age": 19 + operation*7%53, "Kilos": 31 + operation*17%947, "File": 20_000 + operation*37, "Number": 100_000 + i,
	})
	a.Title, a.Body = split(text.String())
	return a, err
}

func split(text string) (title string, body []string) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[0], lines[1:]
}

var (
	weekdays = map[string][]string{
		"fr": {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		"ar": {"الأحد", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"},
	}
	months = map[string][]string{
		"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
		"ar": {"يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"},
	}
)

// date is a day as a report writes it.
func date(day time.Time, language string) string {
	weekday, month := weekdays[language][day.Weekday()], months[language][day.Month()-1]
	if language == "ar" {
		return fmt.Sprintf("يوم %s %d %s %d", weekday, day.Day(), month, day.Year())
	}
	return fmt.Sprintf("%s %d %s %d", weekday, day.Day(), month, day.Year())
}

// pathPrefix stands before the number in the address of an article; that of a private one is closed by robots.txt.
const (
	pathPrefix    = "/article/"
	privatePrefix = "/abonnes/"
)

// Path is the article's address on its outlet's site.
func (a Article) Path() string {
	prefix := pathPrefix
	if a.Fate == Dropped {
		prefix = privatePrefix
	}
	return prefix + strconv.Itoa(100_000+a.Number)
}

// NumberOf finds an article's number in a text that holds an address made by Path.
func NumberOf(text string) (int, bool) {
	for _, prefix := range []string{pathPrefix, privatePrefix} {
		if _, rest, ok := strings.Cut(text, prefix); ok {
			end := strings.IndexFunc(rest+" ", func(r rune) bool { return r < '0' || r > '9' })
			n, err := strconv.Atoi(rest[:end])
			return n - 100_000, err == nil && n >= 100_000
		}
	}
	return 0, false
}
