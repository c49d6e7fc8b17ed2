package markup

import "bytes"

// Bounds of what a parser is given as it stands. It copies the namespaces in force for each element, the text of an element for each comment
// in it, and tries each date in a hundred ways: a few megabytes that are made for it would keep it busy for minutes.
const (
	maxSpaces = 128     // namespaces in force
	maxCopied = 1 << 30 // bytes
	datesEach = 8       // elements with a date for each item
)

// element is one that is open.
type element struct {
	name   []byte
	sum    uint32 // of the name
	spaces int    // namespaces that are in force within it
	text   int    // bytes of text directly in it
}

// push puts an element on the stack.
func (w *walk) push(t token) {
	e := element{name: t.name, sum: sumOf(t.name)}
	if n := len(w.stack); n > 0 {
		e.spaces = w.stack[n-1].spaces
	}
	if t.end-t.start > len(t.name)+len("<>") {
		e.spaces += bytes.Count(w.doc[t.start:t.end], []byte("xmlns"))
	}
	w.survey.Costly = w.survey.Costly || e.spaces > maxSpaces
	w.stack = append(w.stack, e)
}

// join counts what it costs to join a text to those that stand before it in the same element.
func (w *walk) join(t token) {
	if n := len(w.stack); n > 0 {
		w.stack[n-1].text += t.end - t.start
		w.copied += w.stack[n-1].text
	}
}

// sumOf tells most names apart, whatever their case, so that few have to be compared.
func sumOf(name []byte) uint32 {
	sum := uint32(2166136261) // FNV-1a
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		sum = (sum ^ uint32(c)) * 16777619
	}
	return sum
}

// dated reports whether an element of this name holds a date.
func dated(name []byte) bool {
	switch len(name) {
	case len("date"), len("issued"), len("pubdate"), len("modified"), len("published"), len("lastbuilddate"):
	default:
		return false
	}
	switch string(bytes.ToLower(name)) {
	case "date", "issued", "pubdate", "updated", "created", "modified", "published", "lastbuilddate":
		return true
	}
	return false
}
