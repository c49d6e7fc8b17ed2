// Package pack writes plain data in few bytes and reads it back equal: for memory alone, since only the program that wrote it can read it.
//
// It knows structs of exported fields, pointers, slices, maps with text as keys, text, numbers, booleans and times. A field that is added to a type
// is written without a line here.
package pack

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

var timeType = reflect.TypeFor[time.Time]()

// writer writes one value.
type writer struct {
	out    []byte
	seen   map[string]uint64 // number of each text that was written
	next   uint64
	shared *Dictionary
}

// Dictionary are texts that many values share, the first that come, up to a number of them. It is not safe for concurrent use.
type Dictionary struct {
	most  int
	ids   map[string]uint64
	texts []string
}

// NewDictionary makes one that takes so many texts, and has some.
func NewDictionary(most int, texts ...string) *Dictionary {
	d := &Dictionary{most: most, ids: map[string]uint64{}, texts: texts}
	for i, text := range texts {
		d.ids[text] = uint64(i)
	}
	return d
}

// Texts are those that it has.
func (d *Dictionary) Texts() []string { return d.texts }

// longest is how many bytes a text of a dictionary has at most.
const longest = 32

// id of a text, which is taken in where there is room for it.
func (d *Dictionary) id(s string) (uint64, bool) {
	id, ok := d.ids[s]
	if !ok && len(d.texts) < d.most && len(s) <= longest {
		id, ok = uint64(len(d.texts)), true
		s = strings.Clone(s)
		d.ids[s], d.texts = id, append(d.texts, s)
	}
	return id, ok
}

// Append writes what v points to behind dst, as the function of that name, with texts of the dictionary as their numbers.
func (d *Dictionary) Append(dst []byte, v any) []byte {
	w := writer{out: dst, seen: map[string]uint64{}, shared: d}
	w.value(reflect.ValueOf(v).Elem())
	return w.out
}

// Append writes what v points to behind dst. It panics on a type that it does not know. Texts that the reader will have are written as their
// number.
func Append(dst []byte, v any, known ...string) []byte {
	w := writer{out: dst, seen: make(map[string]uint64, len(known)+32)}
	for i, text := range known {
		if _, ok := w.seen[text]; !ok && text != "" {
			w.seen[text] = uint64(i)
		}
	}
	w.next = uint64(len(known))
	w.value(reflect.ValueOf(v).Elem())
	return w.out
}

func (w *writer) number(n uint64) { w.out = binary.AppendUvarint(w.out, n) }

func (w *writer) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		w.text(v.String())
	case reflect.Int, reflect.Int32, reflect.Int64:
		w.out = binary.AppendVarint(w.out, v.Int())
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		w.number(v.Uint())
	case reflect.Bool:
		w.number(flag(v.Bool()))
	case reflect.Float64:
		w.float(v.Float())
	case reflect.Pointer:
		w.number(flag(!v.IsNil()))
		if !v.IsNil() {
			w.value(v.Elem())
		}
	case reflect.Slice:
		w.slice(v)
	case reflect.Map:
		w.table(v)
	case reflect.Struct:
		w.fields(v)
	default:
		panic(fmt.Sprintf("pack: %s is no plain data", v.Type()))
	}
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// text writes what was written before as its number, an even one where a dictionary has the odd ones.
func (w *writer) text(s string) {
	if s == "" {
		w.number(0)
		return
	}
	if w.shared != nil {
		if n, ok := w.shared.id(s); ok {
			w.number(2*n + 3)
			return
		}
	}
	w.own(s)
}

// own writes a text that no dictionary has.
func (w *writer) own(s string) {
	if n, ok := w.seen[s]; ok {
		if w.shared != nil {
			n *= 2
		}
		w.number(n + 2)
		return
	}
	w.seen[s] = w.next
	w.next++
	w.number(1)
	w.number(uint64(len(s)))
	w.out = append(w.out, s...)
}

// float writes two decimals as a whole number: weights and scores have no more.
func (w *writer) float(f float64) {
	if n := math.Round(f * 100); math.Abs(n) < 1<<40 && n/100 == f && (f != 0 || !math.Signbit(f)) {
		w.number(zigzag(int64(n)) << 1)
		return
	}
	w.number(1)
	w.out = binary.LittleEndian.AppendUint64(w.out, math.Float64bits(f))
}

func zigzag(n int64) uint64 { return uint64(n<<1) ^ uint64(n>>63) }

// slice writes its length and one, so that an empty one is not nil.
func (w *writer) slice(v reflect.Value) {
	if v.IsNil() {
		w.number(0)
		return
	}
	w.number(uint64(v.Len()) + 1)
	if list, ok := reflect.TypeAssert[[]string](v); ok && w.lines(list) {
		return
	}
	for i := range v.Len() {
		w.value(v.Index(i))
	}
}

// fewLines is how long a list of texts is that is written as lines of one text, which compresses better and is read sooner.
const fewLines = 4

// lines writes a list of new texts as one, and says whether it did.
func (w *writer) lines(list []string) bool {
	if len(list) < fewLines {
		return false
	}
	for _, s := range list {
		if _, ok := w.seen[s]; ok || strings.Contains(s, "\n") {
			w.number(0)
			return false
		}
	}
	text := strings.Join(list, "\n")
	w.number(uint64(len(text)) + 1)
	w.out = append(w.out, text...)
	return true
}

// table writes a map in the order of its keys.
func (w *writer) table(v reflect.Value) {
	if v.IsNil() {
		w.number(0)
		return
	}
	w.number(uint64(v.Len()) + 1)
	keys := make([]string, 0, v.Len())
	for _, k := range v.MapKeys() {
		keys = append(keys, k.String())
	}
	slices.Sort(keys)
	for _, k := range keys {
		w.text(k)
		w.value(v.MapIndex(reflect.ValueOf(k).Convert(v.Type().Key())))
	}
}

// fields writes which fields are not zero, and then those.
func (w *writer) fields(v reflect.Value) {
	if v.Type() == timeType {
		w.time(v.Interface().(time.Time))
		return
	}
	var set uint64
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() || f.Kind() == reflect.Float64 && math.Signbit(f.Float()) { // a score of -0 is written as such
			set |= 1 << i
		}
	}
	w.number(set)
	for i := range v.NumField() {
		if set&(1<<i) != 0 {
			w.value(v.Field(i))
		}
	}
}

// time writes seconds, nanoseconds and the distance from UTC, as a text: the same times come again and again.
func (w *writer) time(t time.Time) {
	_, offset := t.Zone()
	out := binary.AppendVarint(make([]byte, 0, 24), t.Unix())
	if t.Nanosecond() != 0 || offset != 0 {
		out = binary.AppendVarint(binary.AppendUvarint(out, uint64(t.Nanosecond())), int64(offset))
	}
	w.own(string(out))
}
