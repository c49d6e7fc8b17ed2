package index

import (
	"reflect"
	"strconv"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// formVersion goes up where what Save writes is read otherwise, or where the same state comes to stand under other keys: a test holds both to what
// they were.
const formVersion = 2

// Form names the form of what Save writes. It changes with the fields of a state, and with the table of domains, by itself.
func Form() string {
	seen := map[reflect.Type]bool{}
	return strconv.Itoa(formVersion) + "/" + strconv.FormatUint(hash(layout(reflect.TypeFor[message.State](), seen)+match.DomainTable()), 36)
}

// layout writes a type down by the names and kinds of its fields.
func layout(t reflect.Type, seen map[reflect.Type]bool) string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return t.Kind().String() + " " + layout(t.Elem(), seen)
	case reflect.Map:
		return "map " + layout(t.Key(), seen) + layout(t.Elem(), seen)
	case reflect.Struct:
	default:
		return t.Kind().String()
	}
	if seen[t] {
		return t.Name()
	}
	seen[t] = true
	var out strings.Builder
	out.WriteString(t.Name() + "{")
	for field := range t.Fields() {
		out.WriteString(field.Name + " " + layout(field.Type, seen) + ";")
	}
	return out.String() + "}"
}

// Limits of what the index holds.
func (x *Index) Limits() Limits { return x.limits }

// Retain forgets all stories but those that are kept, by their ids.
func (x *Index) Retain(kept func(id string) bool) {
	for slot := range x.rows {
		if r := &x.rows[slot]; (r.entry != nil || r.record != "") && !kept(x.id(uint32(slot))) {
			x.forget(uint32(slot))
			x.Settle()
		}
	}
}
