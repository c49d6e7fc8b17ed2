package index_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// fill gives every field of a value something, other things each time: a field that is added to a state is filled too.
func fill(r *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"", "سلا", "words", fmt.Sprint(r.IntN(1000))}[r.IntN(4)])
	case reflect.Int:
		v.SetInt(int64(r.IntN(1000) - 100))
	case reflect.Uint32:
		v.SetUint(uint64(r.Uint32() >> r.IntN(32)))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Float64:
		v.SetFloat([]float64{0, -1.48, r.NormFloat64()}[r.IntN(3)])
	case reflect.Pointer:
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case reflect.Slice:
		if n := r.IntN(5) - 1; n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Map:
		if n := r.IntN(4) - 1; n >= 0 {
			v.Set(reflect.ValueOf(map[string]string{"fr": "a", fmt.Sprint(n): "سلا"}))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			at := start.Add(time.Duration(r.IntN(1e9)) * time.Microsecond)
			v.Set(reflect.ValueOf([]time.Time{{}, at, at.In(time.FixedZone("", 3600))}[r.IntN(3)]))
			return
		}
		for _, field := range v.Fields() {
			fill(r, field)
		}
	default:
		panic(fmt.Sprintf("nothing fills a %s", v.Type()))
	}
}

// A story that nobody asks for is kept in few bytes, and nothing of it is lost.
func TestEveryFieldOfAStateIsRemembered(t *testing.T) {
	const n = 600 // several times what is kept at hand
	x, r := index.New(limits()), rand.New(rand.NewPCG(1, 2))
	want := map[string]message.State{}
	for i := range n {
		var s message.State
		fill(r, reflect.ValueOf(&s).Elem())
		s.Story.ID, s.Story.Aliases, s.Story.MergedInto = fmt.Sprint("s", i), nil, ""
		s.Story.Revision, s.Story.Decision.At = 1, start
		want[s.Story.ID] = s
		x.Apply(s)
	}
	for range 2 { // from its few bytes, and put away and taken out again
		for id, s := range want {
			e, ok := x.Exact(id)
			if !ok {
				t.Fatalf("story %s is forgotten", id)
			}
			if d := cmp.Diff(s, e.State); d != "" {
				t.Fatalf("story %s (-want +got):\n%s", id, d)
			}
			x.Settle()
		}
	}
}
