package discover

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// zoneWords says what the dates of feeds tell of the outlet's time zone, which was guessed by its country where that is known.
func zoneWords(guess string, feeds []Feed) string {
	var offsets []string
	for _, f := range feeds {
		for _, o := range f.Offsets {
			if !slices.Contains(offsets, o) {
				offsets = append(offsets, o)
			}
		}
	}
	named := strings.Join(offsets, ", ")
	switch {
	case guess == "" && named == "":
		return "not known, and the dates name none: set zone"
	case guess == "":
		return fmt.Sprintf("not known; the dates name theirs (%s)", named)
	case named == "":
		return guess + ", by its country; the dates name none"
	}
	location, err := time.LoadLocation(guess)
	if err != nil {
		return ""
	}
	agree, some := fits(feeds, location)
	words := fmt.Sprintf("%s, by its country; the dates name theirs (%s)", guess, named)
	switch {
	case some && agree:
		return words + ", which agrees"
	case some:
		return words + ", which does not agree: look whether the country is right"
	}
	return words
}

// fits reports whether every date that names an offset names that of the zone, and whether any does.
func fits(feeds []Feed, location *time.Location) (agree, some bool) {
	for _, f := range feeds {
		for _, item := range f.result.Items {
			o := offsetOf(item.DateText)
			if item.Published.IsZero() || !strings.HasPrefix(o, "+") && !strings.HasPrefix(o, "-") || o == "+00:00" {
				continue // many systems write all their dates in UTC
			}
			if item.Published.In(location).Format("-07:00") != o {
				return false, true
			}
			some = true
		}
	}
	return some, some
}
