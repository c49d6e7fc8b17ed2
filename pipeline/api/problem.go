package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"rawi/pipeline"
)

// Problem is an error as a client sees it, in the form of RFC 9457.
type Problem struct {
	Title  string `json:"title"`            // what went wrong, in a few words that do not vary
	Status int    `json:"status"`           // HTTP status
	Detail string `json:"detail"`           // what was wrong here, and the right form
	Field  string `json:"field,omitempty"`  // parameter or field of the body that is wrong
	Known  []any  `json:"known,omitempty"`  // values that it may have
	Advice string `json:"advice,omitempty"` // what to do
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// Failed makes a problem of a status; its title is what HTTP calls it.
func Failed(status int, format string, args ...any) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// Refused makes a problem of an error that commands print, too: where it names a command, the problem names the path that does the same.
func Refused(status int, err error) *Problem {
	detail := err.Error()
	for _, c := range commands {
		detail = c.form.ReplaceAllString(detail, c.path)
	}
	return Failed(status, "%s", detail)
}

// commands that errors of the runtime name, the longer forms first.
var commands = []struct {
	form *regexp.Regexp
	path string
}{
	{regexp.MustCompile(`\brawi story merge (\w+) (\w+)`), `POST /v1/stories/$1/merge with other: $2`},
	{regexp.MustCompile(`\brawi story ID\b`), `/v1/stories/{id}`},
	{regexp.MustCompile(`\brawi stories\b`), `/v1/stories`},
	{regexp.MustCompile(`\brawi sources (resume|pause|poll) ([\w.-]+)`), `POST /v1/sources/$2/$1`},
	{regexp.MustCompile(`\brawi sources list\b`), `/v1/sources`},
	{regexp.MustCompile(`\brawi status\b`), `/v1/stages`},
}

// wrongField is a problem with one parameter or field, and the values it may have where they are few.
func wrongField(name string, known []string, format string, args ...any) *Problem {
	p := Failed(http.StatusBadRequest, format, args...)
	p.Title, p.Field = "Wrong parameter", name
	for _, k := range known {
		p.Known = append(p.Known, k)
	}
	return p
}

// Wrong makes a problem of an error of one parameter, with the values that it may have where they are few.
func Wrong(parameter string, known []string, err error) *Problem {
	return wrongField(parameter, known, "%v", err)
}

func (p *Problem) advise(format string, args ...any) *Problem {
	p.Advice = fmt.Sprintf(format, args...)
	return p
}

// problemOf is what an error of the runtime means for a client.
func problemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	switch {
	case errors.Is(err, pipeline.ErrNotKept), errors.Is(err, pipeline.ErrNoDeadLetter):
		return Failed(http.StatusNotFound, "%v", err)
	case errors.Is(err, context.DeadlineExceeded):
		return Failed(http.StatusServiceUnavailable, "the server of the messages did not answer in time").advise("ask again; /readyz?verbose says what is wrong")
	}
	return Failed(http.StatusInternalServerError, "%v", err)
}
