package config

import (
	"fmt"
	"strings"
	"time"
)

// Duration is a time span that is written as people write it: "30m", "1h30m".
type Duration time.Duration

// String is the shortest form that UnmarshalText reads back.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if cut, ok := strings.CutSuffix(text, "m0s"); ok {
		text = cut + "m"
	}
	if cut, ok := strings.CutSuffix(text, "h0m"); ok {
		text = cut + "h"
	}
	return text
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	is, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q wants a duration, such as 30m", text)
	}
	*d = Duration(is)
	return nil
}
