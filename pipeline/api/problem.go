package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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

// wrongField is a problem with one parameter or field, and the values it may have where they are few.
func wrongField(name string, known []string, format string, args ...any) *Problem {
	p := Failed(http.StatusBadRequest, format, args...)
	p.Title, p.Field = "Wrong parameter", name
	for _, k := range known {
		p.Known = append(p.Known, k)
	}
	return p
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
