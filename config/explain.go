package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Value is one effective value of the configuration and where it came from.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"` // "default", file and line, or the environment variable
}

// Explain lists every value in the order of the sample configuration. Sources are counted, not listed.
func (l *Loaded) Explain() []Value {
	var all []Value
	for _, k := range leaves(reflect.TypeFor[Config](), "") {
		field := reflect.ValueOf(l.Config).FieldByIndex(k.index)
		all = append(all, Value{Key: k.path, Value: text(field), Origin: l.Origin[k.path]})
	}
	return all
}

func text(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case time.Duration:
		return value.String()
	case []string:
		return strings.Join(value, ", ")
	case []Source:
		return fmt.Sprintf("%d sources", len(value))
	default:
		return fmt.Sprint(value)
	}
}

// Summary counts what would be fetched: "41 sources: 55 feeds and 3 section pages, 2 paused".
func (l *Loaded) Summary() string {
	feeds, sections, paused := 0, 0, 0
	for _, s := range l.Sources {
		if s.Paused {
			paused++
			continue
		}
		feeds += len(s.Feeds)
		sections += len(s.Sections)
	}
	summary := fmt.Sprintf("%d sources: %d feeds and %d section pages", len(l.Sources), feeds, sections)
	if paused > 0 {
		summary += fmt.Sprintf(", %d paused", paused)
	}
	return summary
}
