package config

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"rawi/pipeline/sink"
	"rawi/stages/extract/site"
)

// Value is one effective value of the configuration and where it came from.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"` // "default", file and line, or the environment variable
}

// Explain lists every value in the order of the sample configuration. Sources are counted, not listed, and passwords and
// tokens in addresses are left out.
func (l *Loaded) Explain() []Value {
	var all []Value
	for _, k := range leaves(reflect.TypeFor[Config](), "") {
		field := reflect.ValueOf(l.Config).FieldByIndex(k.index)
		value := Value{Key: k.path, Value: text(field), Origin: l.Origin[k.path]}
		if k.path == "nats.url" {
			value.Value = withoutSecrets(value.Value)
		}
		all = append(all, value)
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
	case []site.Rule:
		return amount(len(value), "rule")
	case []sink.Config:
		return amount(len(value), "sink")
	default:
		return fmt.Sprint(value)
	}
}

// withoutSecrets hides what stands before an @ in each of a list of addresses, also where it is not escaped as it should be.
func withoutSecrets(addresses string) string {
	parts := strings.Split(addresses, "://") // a comma may belong to a password
	for i, part := range parts {
		if at := strings.LastIndex(part, "@"); at >= 0 {
			parts[i] = "***" + part[at:]
		}
	}
	return strings.Join(parts, "://")
}

// shown is the address of a source as it may stand in an error.
func shown(address string) string {
	if u, err := url.Parse(address); err == nil && u.User == nil {
		return address
	}
	return withoutSecrets(address)
}

// Summary counts what would be fetched: "41 sources from bundled:maghreb: 55 feeds, 3 section pages, 2 paused".
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
	summary := amount(len(l.Sources), "source")
	if len(l.lists) > 0 {
		summary += " from " + strings.Join(l.lists, ", ")
	}
	summary += ": " + amount(feeds, "feed") + ", " + amount(sections, "section page")
	if paused > 0 {
		summary += fmt.Sprintf(", %d paused", paused)
	}
	return summary
}

func amount(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
