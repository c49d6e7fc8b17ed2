package api

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/pipeline/moment"
	"rawi/pipeline/near"
)

// form says what values a parameter takes.
type form int

const (
	formText   form = iota
	formWord        // one of the known words
	formWords       // several of the known words, or any of the alphabet of names, apart by commas
	formNumber      // from 1 to most
	formTime
)

// Parameter is a parameter of a request's address.
type Parameter struct {
	Name    string
	About   string
	Example string
	Known   []string // the only values, where there are any
	form    form
	most    uint64             // of a number
	wrong   func(string) error // what is wrong with one value; nil where any will do
}

// List says whether several values go apart by commas.
func (p Parameter) List() bool { return p.form == formWords }

// Most is the largest value of a number; 0 where the parameter is none.
func (p Parameter) Most() uint64 { return p.most }

// longestValue of a parameter in bytes: far above any title or address.
const longestValue = 4 << 10

// mostWords of a list or a search. Each is compared with every story, and each kind and country is a subject of its own.
const mostWords = 16

// query are the parameters of a request, checked.
type query struct {
	values map[string]string
	now    time.Time
}

// parseQuery checks what was asked against the parameters that there are. Its error is a *Problem that names the right form.
func parseQuery(raw string, known []Parameter, now time.Time) (query, error) {
	q := query{map[string]string{}, now}
	asked, err := url.ParseQuery(raw)
	if err != nil {
		return q, Failed(400, "the query cannot be read: %v", err).advise("write ?name=value&name=value, with %%26 for & and %%2B for + in a value")
	}
	for name, values := range asked {
		i := slices.IndexFunc(known, func(p Parameter) bool { return p.Name == name })
		if i < 0 {
			return q, unknownParameter(name, known)
		}
		if len(values) > 1 {
			return q, wrongField(name, nil, "%s stands %d times: give it once; several values go apart by commas", name, len(values))
		}
		if values[0] == "" {
			continue
		}
		if err := known[i].check(values[0], now); err != nil {
			return q, err
		}
		q.values[name] = values[0]
	}
	return q, nil
}

func unknownParameter(name string, known []Parameter) error {
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Name
	}
	if len(names) == 0 {
		return wrongField(name, nil, "there is no parameter %s: this address takes none", shown(name))
	}
	return wrongField(name, names, "there is no parameter %s; %s", shown(name), near.Suggestion(name, names))
}

// shown is a value of a request as it may stand in an error.
func shown(value string) string {
	const most = 80
	if utf8.RuneCountInString(value) > most {
		value = string([]rune(value)[:most]) + "…"
	}
	return strconv.QuoteToASCII(value)
}

func (p Parameter) check(value string, now time.Time) error {
	if len(value) > longestValue || !utf8.ValidString(value) {
		return wrongField(p.Name, nil, "%s: want UTF-8 text of at most %d bytes", p.Name, longestValue)
	}
	switch p.form {
	case formWord:
		if !slices.Contains(p.Known, value) {
			return p.unknown(value)
		}
	case formWords:
		return p.checkWords(value)
	case formNumber:
		if n, err := strconv.ParseUint(value, 10, 64); err != nil || n < 1 || n > p.most {
			return wrongField(p.Name, nil, "%s: %s is no number from 1 to %d, such as %s", p.Name, shown(value), p.most, p.Example)
		}
	case formTime:
		if _, err := moment.Parse(value, now.UTC()); err != nil {
			return wrongField(p.Name, nil, "%s: %s is neither a time (2026-11-20T08:00:00Z), nor a day (2026-11-20), nor how long ago (36h, 3d)", p.Name, shown(value))
		}
	case formText:
		if len(strings.Fields(value)) > mostWords {
			return p.tooMany()
		}
		return p.checkOne(value)
	}
	return nil
}

func (p Parameter) checkOne(value string) error {
	if p.wrong == nil {
		return nil
	}
	if err := p.wrong(value); err != nil {
		return wrongField(p.Name, nil, "%v", err)
	}
	return nil
}

func (p Parameter) tooMany() error {
	return wrongField(p.Name, nil, "%s: want at most %d words", p.Name, mostWords)
}

// unknown lists the known values: they are few.
func (p Parameter) unknown(value string) error {
	return wrongField(p.Name, p.Known, "%s: there is no %s, only %s", p.Name, shown(value), strings.Join(p.Known, ", "))
}

func (p Parameter) checkWords(value string) error {
	if strings.Count(value, ",") >= mostWords {
		return p.tooMany()
	}
	for word := range strings.SplitSeq(value, ",") {
		switch {
		case len(p.Known) > 0 && !slices.Contains(p.Known, word):
			return p.unknown(word)
		case strings.ToLower(word) != message.Token(strings.ToLower(word)):
			return wrongField(p.Name, nil, "%s: %s is no such name; want letters, digits, - and _, several apart by commas, such as %s", p.Name, shown(word), p.Example)
		}
		if err := p.checkOne(word); err != nil {
			return err
		}
	}
	return nil
}

// checkSources refuses a source that is neither configured nor has a report in a story: a list would be empty, and a stream silent for ever.
func (a *API) checkSources(q query) error {
	if _, loaded := a.view.ready(); !loaded || a.deps.Names == nil {
		return nil
	}
	for _, word := range q.words("source") {
		known := a.deps.Names()
		if !slices.Contains(known, word) && !a.view.tells(word) {
			return wrongField("source", nil, "%s", strings.TrimRight(fmt.Sprintf("there is no source %s; %s", shown(word), near.Nearest(word, known)), "; ")).advise("/v1/sources lists them")
		}
	}
	return nil
}

// text is the value of a parameter; empty where it was not given.
func (q query) text(name string) string { return q.values[name] }

// words are the values of a list, in lower case; none where it was not given.
func (q query) words(name string) []string {
	if q.values[name] == "" {
		return nil
	}
	return strings.Split(strings.ToLower(q.values[name]), ",")
}

// number is the value of a number, or another where it was not given.
func (q query) number(name string, without uint64) uint64 {
	n, err := strconv.ParseUint(q.values[name], 10, 64)
	if err != nil {
		return without
	}
	return n
}

// time is the value of a time; zero where it was not given.
func (q query) time(name string) time.Time {
	t, err := moment.Parse(q.values[name], q.now.UTC())
	if err != nil {
		return time.Time{}
	}
	return t
}

// with is the query once more with another value of one parameter, as the next page is asked for.
func (q query) with(name, value string) string {
	all := url.Values{}
	for n, v := range q.values {
		all.Set(n, v)
	}
	all.Set(name, value)
	return fmt.Sprint("?", all.Encode())
}
