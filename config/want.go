package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"time"

	"github.com/mattn/go-runewidth"
	"go.yaml.in/yaml/v4"
)

// written is a value as its author sees it in the file.
func written(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Kind == yaml.MappingNode:
		return "keys"
	case node.Tag == "!!str":
		return fmt.Sprintf("%q", runewidth.Truncate(node.Value, 60, "…"))
	}
	return runewidth.Truncate(node.Value, 60, "…")
}

// wanted says in words what values a type takes, with one of them.
func wanted(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration](), reflect.TypeFor[Duration]():
		return "a duration, such as 5s"
	case reflect.TypeFor[slog.Level]():
		return "debug, info, warn or error"
	case reflect.TypeFor[netip.Prefix]():
		return "an address prefix, such as 10.0.0.0/8"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "a list, such as [a, b]"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Uint16:
		return "a number up to 65535, such as 8080"
	case reflect.Float64, reflect.Float32:
		return "a number, such as 0.5"
	}
	return "a number, such as 8"
}
