package feeds

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Expectation is what a suite says of a file. Fields that are not there are not checked.
type Expectation struct {
	Error   bool                                  `json:"error"` // the file must not be taken for a feed
	Entries *int                                  `json:"entries"`
	AtLeast *int                                  `json:"entries_min"`
	Feed    map[string]json.RawMessage            `json:"feed"`
	Items   map[string]map[string]json.RawMessage `json:"items"` // by index
}

// Field counts how often a field was as expected.
type Field struct {
	Right int     `json:"right"`
	Of    int     `json:"of"`
	Share float64 `json:"share"`
}

// Class is how the files of one class were read.
type Class struct {
	Files  int `json:"files"`
	Usable int `json:"usable"`
	Parsed int `json:"usable_parsed"`
	Silent int `json:"silent_losses"`
	Wrong  int `json:"with_wrong_fields"`
}

// Score sums up how a suite was read.
type Score struct {
	Files          int              `json:"files"`
	Usable         int              `json:"usable"`
	Parsed         int              `json:"usable_parsed"`
	Share          float64          `json:"usable_parsed_share"`
	Silent         int              `json:"silent_losses"` // files with fewer entries than the reference, and neither error nor damage told
	MustFail       int              `json:"must_fail"`
	MustFailFailed int              `json:"must_fail_failed"`
	Fields         map[string]Field `json:"fields"`
	Own            Class            `json:"own"`   // files made for this project
	Peers          Class            `json:"peers"` // files of other parsers' suites
	Classes        map[string]Class `json:"classes"`
}

// Add counts one result, and says in words what is wrong with it.
func (s *Score) Add(c Case, r Result) (wrong []string) {
	if s.Fields == nil {
		s.Fields, s.Classes = map[string]Field{}, map[string]Class{}
	}
	bad := r.Err != ""
	one := Class{Files: 1, Usable: count(c.Usable), Parsed: count(c.Usable && !bad)}
	if c.Usable && bad {
		wrong = append(wrong, r.Err)
	}
	if !bad && !r.Damaged && r.Entries < c.Reference {
		one.Silent = 1
		wrong = append(wrong, fmt.Sprintf("lost items without a word: %d of %d", r.Entries, c.Reference))
	}
	fields := s.fields(c, r)
	one.Wrong = count(len(fields) > 0)
	s.Files, s.Usable, s.Parsed, s.Silent = s.Files+1, s.Usable+one.Usable, s.Parsed+one.Parsed, s.Silent+one.Silent
	s.Share = share(s.Parsed, s.Usable)
	s.Classes[c.Group] = s.Classes[c.Group].plus(one)
	if c.Source == "own" {
		s.Own = s.Own.plus(one)
	} else {
		s.Peers = s.Peers.plus(one)
	}
	return append(wrong, fields...)
}

// fields counts what the suite asserts; weaker expectations, derived from another parser, are not held against a result.
func (s *Score) fields(c Case, r Result) (wrong []string) {
	if c.Expect.Error {
		s.MustFail++
		s.MustFailFailed += count(r.Err != "")
		return nil
	}
	if !slices.Contains([]string{"assertion", "expected-file", "construction"}, c.ExpectedBy) {
		return nil
	}
	if r.Err != "" { // nothing of a file that was not read is as expected
		r = Result{}
	}
	for _, k := range checks(c.Expect, r) {
		f := s.Fields[k.field]
		f.Right, f.Of = f.Right+count(k.right), f.Of+1
		f.Share = share(f.Right, f.Of)
		s.Fields[k.field] = f
		if !k.right {
			wrong = append(wrong, fmt.Sprintf("%s: got %.80q, want %.80q", k.field, k.got, k.want))
		}
	}
	return wrong
}

func (c Class) plus(o Class) Class {
	return Class{c.Files + o.Files, c.Usable + o.Usable, c.Parsed + o.Parsed, c.Silent + o.Silent, c.Wrong + o.Wrong}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// share of the whole with four digits.
func share(n, of int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(float64(n)/float64(max(1, of)), 'f', 4, 64), 64)
	return v
}

type check struct {
	field, got, want string
	right            bool
}

// checks compares what a suite expects with what was read. Texts are compared as a reader sees them.
func checks(x Expectation, r Result) []check {
	var all []check
	if x.Entries != nil {
		all = append(all, check{"entries", strconv.Itoa(r.Entries), strconv.Itoa(*x.Entries), r.Entries == *x.Entries})
	}
	if x.AtLeast != nil {
		all = append(all, check{"entries", strconv.Itoa(r.Entries), "at least " + strconv.Itoa(*x.AtLeast), r.Entries >= *x.AtLeast})
	}
	for field, want := range x.Feed {
		if k, ok := headCheck(field, text(want), r.Feed); ok {
			all = append(all, k)
		}
	}
	for index, wanted := range x.Items {
		i, err := strconv.Atoi(index)
		if err != nil || i >= shownItems {
			continue
		}
		var item Item
		if i < len(r.Items) {
			item = r.Items[i]
		}
		for field, want := range wanted {
			if k, ok := itemCheck(field, want, item); ok {
				all = append(all, k)
			}
		}
	}
	return all
}

// text is a JSON string; null and other types are none.
func text(value json.RawMessage) (s string) {
	_ = json.Unmarshal(value, &s)
	return s
}

func headCheck(field, want string, got Head) (check, bool) {
	switch field {
	case "title":
		return check{"feed.title", got.Title, want, seen(want) == seen(got.Title)}, true
	case "description":
		return check{"feed.description", got.Description, want, seen(want) == seen(got.Description)}, true
	case "link":
		return check{"feed.link", got.Link, want, address(want) == address(got.Link)}, true
	case "language":
		return check{"feed.language", got.Language, want, strings.EqualFold(want, got.Language)}, true
	}
	return check{}, false
}

// itemCheck compares one field, and tells whether it is one that is compared.
func itemCheck(field string, want json.RawMessage, got Item) (check, bool) {
	expected := text(want)
	k := check{field: field, want: string(want)}
	switch field {
	case "title":
		k.got, k.right = got.Title, seen(expected) == seen(got.Title)
	case "link":
		k.got, k.right = got.Link, address(expected) == address(got.Link)
	case "links":
		var any []string
		_ = json.Unmarshal(want, &any)
		k.field, k.got = "link", got.Link
		k.right = len(any) == 0 && got.Link == "" || slices.ContainsFunc(any, func(l string) bool { return address(l) == address(got.Link) })
	case "published", "updated", "date_any", "published_absent":
		return dateCheck(field, want, got), true
	case "summary", "content", "content_any":
		k.field, k.got = "content", got.Summary
		k.right = seen(expected) == seen(got.Summary) || seen(expected) == seen(got.Content)
	default:
		return k, false
	}
	return k, true
}

// dateCheck takes either date where a suite does not say which it means: parsers put the only date of an item in different places.
func dateCheck(field string, want json.RawMessage, got Item) check {
	var at *int64
	_ = json.Unmarshal(want, &at)
	published, updated := same(at, got.Published), same(at, got.Updated)
	k := check{field: "date", got: moment(got.Published), want: string(want)}
	switch field {
	case "published":
		k.right = published || got.Published == nil && updated
	case "published_absent":
		k.right = got.Published == nil
	default:
		k.right = published || updated
	}
	return k
}

func same(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func moment(t *int64) string {
	if t == nil {
		return "none"
	}
	return strconv.FormatInt(*t, 10)
}

var (
	tagPattern   = regexp.MustCompile(`<[^>]{0,1000}[^>]{0,1000}>`)
	controls     = regexp.MustCompile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
	spacePattern = regexp.MustCompile(`[\s\v\x{85}\p{Z}]+`)
)

// seen is a text as a reader sees it: without markup, references resolved, white space as one space.
func seen(s string) string {
	s = controls.ReplaceAllString(tagPattern.ReplaceAllString(s, " "), "")
	s = tagPattern.ReplaceAllString(html.UnescapeString(s), " ")
	return strings.TrimSpace(spacePattern.ReplaceAllString(s, " "))
}

func address(s string) string { return html.UnescapeString(strings.TrimSpace(s)) }
