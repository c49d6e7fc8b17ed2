// Package site reads the pages of single sites by rules that people write: CSS selectors with the time for which they hold, each with a page that
// proves it.
package site

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/andybalholm/cascadia"
)

// Rule says where the article stands in the pages of one site, from one day to another. Selectors that are left out leave the matter to the
// extractors. Body may select several elements: their text is the article, in the order of the page.
type Rule struct {
	Host   string   `yaml:"host"`  // of the site; those below it are meant too
	From   string   `yaml:"from"`  // first day of the pages it holds for, as 2026-03-01; empty: always
	Until  string   `yaml:"until"` // first day for which it does not hold any more; empty: until further notice
	Title  string   `yaml:"title"`
	Body   string   `yaml:"body"`
	Date   string   `yaml:"date"` // of publication: an attribute datetime or content, else the text
	Author string   `yaml:"author"`
	Remove []string `yaml:"remove"` // taken out before anything is read
	Page   Example  `yaml:"page"`
}

// Example is a page of the site with what has to be read of it. Values that are left out are not compared.
type Example struct {
	File      string   `yaml:"file"`     // beside the file that holds the rule
	URL       string   `yaml:"url"`      // where it was
	Language  string   `yaml:"language"` // BCP 47
	Fetched   string   `yaml:"fetched"`  // day, or time as 2026-03-01T12:00:00Z
	Title     string   `yaml:"title"`
	Published string   `yaml:"published"` // day or time, as much of it as is to be compared
	Authors   []string `yaml:"authors"`
	Begins    string   `yaml:"begins"`  // the text
	Ends      string   `yaml:"ends"`    // the text
	Without   []string `yaml:"without"` // words that must not be in the text

	Body []byte `yaml:"-"` // of the file
}

// rule is a Rule ready for use.
type rule struct {
	Rule

	from, until               time.Time
	title, body, date, author cascadia.SelectorGroup // nil where there is none
	remove                    []cascadia.SelectorGroup
}

// Rules are the rules of all sites. They are safe for concurrent use; nil has none.
type Rules struct{ byHost map[string][]*rule }

// Compile makes rules ready for use. Its error says everything that is wrong, each with the site and the key.
func Compile(all []Rule) (*Rules, error) {
	r := &Rules{byHost: map[string][]*rule{}}
	var errs []error
	for _, written := range all {
		made, err := compile(written)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, other := range r.byHost[made.Host] {
			if made.overlaps(other) {
				errs = append(errs, fmt.Errorf("site %q: two rules hold for the same days: end the older one by until", made.Host))
			}
		}
		r.byHost[made.Host] = append(r.byHost[made.Host], made)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

func compile(written Rule) (*rule, error) {
	r := &rule{Rule: written}
	r.Host = strings.TrimPrefix(strings.ToLower(strings.TrimSuffix(r.Host, ".")), "www.")
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("site %q: "+format, append([]any{written.Host}, args...)...))
	}
	if r.Host == "" || strings.ContainsAny(r.Host, "/ ") {
		wrong("host wants the name of a host, such as courrier.example")
	}
	selector := func(key, text string) cascadia.SelectorGroup {
		if text == "" {
			return nil
		}
		s, err := cascadia.ParseGroup(text)
		if err != nil {
			wrong("%s: %q is no CSS selector: %w", key, text, err)
		}
		return s
	}
	day := func(key, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			wrong("%s: %q wants a day, such as 2026-03-01", key, text)
		}
		return t
	}
	r.title, r.body, r.date, r.author = selector("title", r.Title), selector("body", r.Body), selector("date", r.Date), selector("author", r.Author)
	for _, text := range r.Remove {
		r.remove = append(r.remove, selector("remove", text))
	}
	r.from, r.until = day("from", r.From), day("until", r.Until)
	if !r.until.IsZero() && !r.from.Before(r.until) {
		wrong("until: %s is not after from: %s", r.Until, r.From)
	}
	if r.Title+r.Body+r.Date+r.Author == "" && len(r.Remove) == 0 {
		wrong("selects nothing: want one of title, body, date, author, remove")
	}
	if err := r.checkExample(); err != nil {
		wrong("page: %w", err)
	}
	return r, errors.Join(errs...)
}

func (r *rule) checkExample() error {
	p := r.Page
	if p.File == "" || p.URL == "" || p.Language == "" || p.Fetched == "" {
		return errors.New("wants file, url, language and fetched: a page of the site that proves the rule")
	}
	if p.Title+p.Published+p.Begins+p.Ends == "" && len(p.Authors) == 0 && len(p.Without) == 0 {
		return errors.New("says nothing of what has to be read of it: want one of title, published, authors, begins, ends, without")
	}
	at, err := p.Time()
	if err != nil {
		return err
	}
	if !r.holds(at) {
		return fmt.Errorf("was fetched on %s, when the rule does not hold", p.Fetched)
	}
	return nil
}

// Time is when the page was fetched.
func (e Example) Time() (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, e.Fetched); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("fetched: %q wants a day or a time, such as 2026-03-01T12:00:00Z", e.Fetched)
}

func (r *rule) overlaps(other *rule) bool {
	return (r.until.IsZero() || other.from.Before(r.until)) && (other.until.IsZero() || r.from.Before(other.until))
}

// holds reports whether the rule is for pages fetched at a time. Of a page without a time it is taken to be the newest.
func (r *rule) holds(at time.Time) bool {
	if at.IsZero() {
		return r.until.IsZero()
	}
	return !at.Before(r.from) && (r.until.IsZero() || at.Before(r.until))
}

// find is the rule for a page of a host, that of the nearest name; nil where there is none.
func (r *Rules) find(host string, at time.Time) *rule {
	if r == nil {
		return nil
	}
	for name := strings.TrimPrefix(strings.ToLower(host), "www."); name != ""; {
		all := r.byHost[name]
		if i := slices.IndexFunc(all, func(known *rule) bool { return known.holds(at) }); i >= 0 {
			return all[i]
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return nil
}

// Book holds the rules that are in force; they can be exchanged while pages are read. The zero value has none.
type Book struct{ rules atomic.Pointer[Rules] }

// Set puts rules into force.
func (b *Book) Set(r *Rules) { b.rules.Store(r) }

// Apply reads a page, decoded, by the rule that is in force for its host. Ok is false where there is none.
func (b *Book) Apply(host string, at time.Time, markup string) (found Found, ok bool) {
	r := b.rules.Load().find(host, at)
	if r == nil {
		return Found{}, false
	}
	return r.apply(markup)
}
