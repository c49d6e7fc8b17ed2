package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"strings"
	"time"
)

var errShort = errors.New("packed data ends too early")

// reader reads one value. Text that it gives out shares the memory of what is read.
type reader struct {
	in   string
	seen []string
	err  error

	shared *Dictionary
}

// Read reads into what v points to, which is zero, what Append of the dictionary wrote.
func (d *Dictionary) Read(in string, v any) error {
	r := reader{in: in, shared: d}
	return r.whole(v)
}

// Read reads into what v points to, which is zero, what Append wrote with the same texts known. It fails on what Append did not write.
func Read(in string, v any, known ...string) error {
	r := reader{in: in, seen: append(make([]string, 0, len(known)+32), known...)}
	return r.whole(v)
}

func (r *reader) whole(v any) error {
	r.value(reflect.ValueOf(v).Elem())
	if r.err == nil && r.in != "" {
		r.err = fmt.Errorf("%d bytes follow the packed data", len(r.in))
	}
	return r.err
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.in = ""
}

func (r *reader) number() uint64 {
	var n uint64
	for i := 0; i < len(r.in) && i < binary.MaxVarintLen64; i++ {
		b := r.in[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.in = r.in[i+1:]
			return n
		}
	}
	r.fail(errShort)
	return 0
}

func (r *reader) signed() int64 { return zagzig(r.number()) }

func zagzig(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }

// length of what follows: no more elements than there are bytes.
func (r *reader) length(n uint64) int {
	if n > uint64(len(r.in)) {
		r.fail(errShort)
		return 0
	}
	return int(n)
}

func (r *reader) bytes(n int) string {
	if n > len(r.in) {
		r.fail(errShort)
		return ""
	}
	s := r.in[:n]
	r.in = r.in[n:]
	return s
}

func (r *reader) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(r.signed())
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.number())
	case reflect.Bool:
		v.SetBool(r.number() == 1)
	case reflect.Float64:
		v.SetFloat(r.float())
	case reflect.Pointer:
		if r.number() == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			r.value(v.Elem())
		}
	case reflect.Slice:
		r.slice(v)
	case reflect.Map:
		r.table(v)
	case reflect.Struct:
		r.fields(v)
	default:
		panic(fmt.Sprintf("pack: %s is no plain data", v.Type()))
	}
}

func (r *reader) text() string {
	n := r.number()
	switch {
	case n == 0:
		return ""
	case n == 1:
		s := r.bytes(r.length(r.number()))
		r.seen = append(r.seen, s)
		return s
	case r.shared != nil && n&1 == 1:
		if n = (n - 3) / 2; n < uint64(len(r.shared.texts)) {
			return r.shared.texts[n]
		}
	case r.shared != nil && (n-2)/2 < uint64(len(r.seen)):
		return r.seen[(n-2)/2]
	case r.shared == nil && n-2 < uint64(len(r.seen)):
		return r.seen[n-2]
	}
	r.fail(fmt.Errorf("text %d of %d is not there", n, len(r.seen)))
	return ""
}

func (r *reader) float() float64 {
	n := r.number()
	if n&1 == 0 {
		return float64(zagzig(n>>1)) / 100
	}
	b := r.bytes(8)
	if r.err != nil {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64([]byte(b)))
}

func (r *reader) slice(v reflect.Value) {
	n := r.number()
	if n == 0 {
		return
	}
	if v.Type() == textsType {
		*v.Addr().Interface().(*[]string) = r.texts(n - 1)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), r.length(n-1), r.length(n-1)))
	for i := 0; i < v.Len() && r.err == nil; i++ {
		r.value(v.Index(i))
	}
}

var textsType = reflect.TypeFor[[]string]()

// texts reads a list of n texts, which may be written as one.
func (r *reader) texts(n uint64) []string {
	if n >= fewLines {
		if lines := r.number(); lines > 0 {
			return r.lines(n, r.length(lines-1))
		}
	}
	list := make([]string, r.length(n))
	for i := range list {
		list[i] = r.text()
	}
	return list
}

// lines reads n texts out of one.
func (r *reader) lines(n uint64, length int) []string {
	list := strings.Split(r.bytes(length), "\n")
	if uint64(len(list)) != n {
		r.fail(fmt.Errorf("%d texts, want %d", len(list), n))
	}
	return list
}

func (r *reader) table(v reflect.Value) {
	n := r.number()
	if n == 0 {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), r.length(n-1)))
	for i := uint64(1); i < n && r.err == nil; i++ {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.SetString(r.text())
		r.value(value)
		v.SetMapIndex(key, value)
	}
}

func (r *reader) fields(v reflect.Value) {
	if v.Type() == timeType {
		*v.Addr().Interface().(*time.Time) = r.time() // a value of its own would be copied to the heap first
		return
	}
	for set := r.number() & (1<<v.NumField() - 1); set != 0 && r.err == nil; set &= set - 1 {
		r.value(v.Field(bits.TrailingZeros64(set)))
	}
}

func (r *reader) time() time.Time {
	in := reader{in: r.text()}
	seconds, nanoseconds, offset := in.signed(), uint64(0), int64(0)
	if in.in != "" {
		nanoseconds, offset = in.number(), in.signed()
	}
	if in.err != nil {
		r.fail(in.err)
	}
	t := time.Unix(seconds, int64(nanoseconds))
	if offset == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", int(offset)))
}
