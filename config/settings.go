package config

import (
	_ "embed"
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// sample is the sample configuration: what it says of each key is said nowhere else.
//
//go:embed rawi.yaml
var sample string

// Setting is one key of the configuration, as a reference has it.
type Setting struct {
	Key      string // "feed.workers"; "sources[].name" for a key of each element of a list
	Type     string // in words
	Default  string
	Variable string // environment variable that overrides it; empty for keys of elements
	Meaning  string // empty where the sample says nothing
}

// Settings lists every key in the order of the configuration, those of lists after the lists.
func Settings() []Setting {
	meanings := meaningsOf(sample)
	defaults := Default()
	var all []Setting
	for _, k := range leaves(reflect.TypeFor[Config](), "") {
		value := asWritten(reflect.ValueOf(defaults).FieldByIndex(k.index))
		if k.path == "dir" {
			value = "" // of whoever asks
		}
		all = append(all, Setting{k.path, typeName(k.kind), value, k.variable(), meanings[k.path]})
		all = append(all, elements(k.kind, k.path, meanings)...)
	}
	return all
}

// asWritten is a value as a file would have it; empty for nothing.
func asWritten(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case time.Duration:
		return Duration(value).String()
	case slog.Level:
		return strings.ToLower(value.String())
	}
	if v.Kind() != reflect.Slice {
		return fmt.Sprint(v.Interface())
	}
	items := make([]string, v.Len())
	for i := range items {
		items[i] = asWritten(v.Index(i))
	}
	if len(items) == 0 {
		return ""
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// elements are the keys of each element of a list.
func elements(t reflect.Type, path string, meanings map[string]string) []Setting {
	if t.Kind() != reflect.Slice || !isSection(indirect(t.Elem())) {
		return nil
	}
	var all []Setting
	for _, k := range leaves(indirect(t.Elem()), path+"[]") {
		all = append(all, Setting{Key: k.path, Type: typeName(k.kind), Meaning: meanings[strings.ReplaceAll(k.path, "[]", "")]})
		all = append(all, elements(k.kind, k.path, meanings)...)
	}
	return all
}

// typeName is a type as people know it.
func typeName(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Slice && isSection(indirect(t.Elem())):
		return "list of sections"
	case t.Kind() == reflect.Slice:
		return "list of " + plural(typeName(t.Elem()))
	case t == reflect.TypeFor[time.Duration](), t == reflect.TypeFor[Duration]():
		return "duration"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t == reflect.TypeFor[slog.Level]():
		return "level"
	case t == reflect.TypeFor[netip.Prefix]():
		return "address prefix"
	}
	return "number"
}

func plural(word string) string {
	if strings.HasSuffix(word, "x") {
		return word + "es"
	}
	return word + "s"
}

// meaningsOf reads what a sample says of its keys: behind each on its line, or above it. Keys that are commented out count.
func meaningsOf(text string) map[string]string {
	r := sampleReader{meanings: map[string]string{}}
	for line := range strings.Lines(text) {
		r.take(strings.TrimRight(line, "\n"))
	}
	return r.meanings
}

// sampleReader reads a sample line by line.
type sampleReader struct {
	meanings map[string]string
	path     []step
	above    []string // comments that stand above the next key
}

// step is a key that is open, with the column in which it stands.
type step struct {
	column int
	name   string
}

func (r *sampleReader) take(line string) {
	bare := line
	if text := strings.TrimLeft(line, " "); strings.HasPrefix(text, "#") { // as if it were none: columns stay what they are
		bare = strings.Repeat(" ", len(line)-len(text)+1) + text[1:]
	}
	column, key, rest, ok := keyIn(bare)
	if !ok || bare != line && !r.plausible(key, rest) {
		r.remark(line)
		return
	}
	for len(r.path) > 0 && r.path[len(r.path)-1].column >= column {
		r.path = r.path[:len(r.path)-1]
	}
	r.path = append(r.path, step{column, key})
	_, comment, _ := strings.Cut(rest, " # ")
	if rest = strings.TrimSpace(rest); strings.HasPrefix(rest, "# ") {
		comment = rest[2:]
	}
	if comment = strings.TrimSpace(comment); comment == "" {
		comment = strings.Join(r.above, " ")
	}
	if at := r.at(); r.meanings[at] == "" {
		r.meanings[at] = comment
	}
	r.above = nil
}

// remark keeps a comment that is no key for the key below it.
func (r *sampleReader) remark(line string) {
	text, comment := strings.CutPrefix(strings.TrimSpace(line), "#")
	if !comment || strings.HasPrefix(strings.TrimSpace(text), "----") {
		r.above = nil
		return
	}
	r.above = append(r.above, strings.TrimSpace(text))
}

// plausible tells keys that are commented out from prose with a colon in it.
func (r *sampleReader) plausible(key, rest string) bool {
	return !strings.Contains(key, " ") && strings.ToLower(key) == key && (rest == "" || strings.HasPrefix(rest, " "))
}

// at is the path of the key that was read last.
func (r *sampleReader) at() string {
	names := make([]string, len(r.path))
	for i, s := range r.path {
		names[i] = s.name
	}
	return strings.Join(names, ".")
}

// keyIn finds the key of a line, "- key:" of the first line of an element included.
func keyIn(line string) (column int, key, rest string, ok bool) {
	text := strings.TrimLeft(line, " ")
	column = len(line) - len(text)
	if after, first := strings.CutPrefix(text, "- "); first {
		text, column = after, column+2
	}
	key, rest, ok = strings.Cut(text, ":")
	return column, key, rest, ok && key != "" && !strings.ContainsAny(key, `#"'{[`)
}
