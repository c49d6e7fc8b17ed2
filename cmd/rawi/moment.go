package main

import (
	"time"

	read "rawi/pipeline/moment"
)

// past is a flag that names a time gone by, in the forms of moment. Its zero value is that it was not given.
type past struct{ time.Time }

// UnmarshalText reads it.
func (p *past) UnmarshalText(text []byte) (err error) {
	p.Time, err = moment(string(text), time.Now())
	return err
}

// moment reads a time, a day in local time, or how long ago; "" is the zero time.
func moment(text string, now time.Time) (time.Time, error) { return read.Parse(text, now) }
