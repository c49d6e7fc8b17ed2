package pack_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/stages/dedup/pack"
)

type inner struct {
	Text  string
	Count *int
	At    time.Time
}

type outer struct {
	Inner   inner
	List    []inner
	Words   []string
	By      map[string]string
	Hashes  []uint32
	Weight  float64
	Weights []float64
	On      bool
	N       int
}

func TestWhatIsPackedIsReadBackEqual(t *testing.T) {
	rabat := time.Date(2021, 12, 17, 20, 12, 3, 45, time.FixedZone("", 3600))
	for name, v := range map[string]outer{
		"nothing": {},
		"empty":   {List: []inner{}, Words: []string{}, By: map[string]string{}, Hashes: []uint32{}},
		"all": {
			Inner: inner{"سلا", new(0), rabat}, List: []inner{{Text: "سلا"}, {Count: new(-3)}}, Words: []string{"a", "", "b", "a"},
			By: map[string]string{"x": "a", "": "z", "y": ""}, Hashes: []uint32{0, 1, math.MaxUint32}, Weight: -1.48,
			Weights: []float64{0.1 + 0.2, 0.29, 1e300, -0.01, math.Copysign(0, -1), math.Inf(1), 0}, On: true, N: math.MinInt,
		},
		"less than nothing":      {Weight: math.Copysign(0, -1)},
		"many words":             {Words: []string{"سلا", "", "b", "a", "d"}},
		"words of many lines":    {Words: []string{"a\nb", "c", "d", "e"}},
		"words that came before": {Inner: inner{Text: "d"}, Words: []string{"a", "b", "c", "d"}, List: []inner{{Text: "a"}, {Text: "d"}}},
		"year one":               {Inner: inner{At: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC)}},
	} {
		var got outer
		if err := pack.Read(string(pack.Append(nil, &v)), &got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(v, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if w, g := math.Signbit(last(v.Weights)), math.Signbit(last(got.Weights)); w != g || math.Signbit(v.Weight) != math.Signbit(got.Weight) {
			t.Errorf("%s: the sign of zero was lost", name)
		}
	}
}

func last(list []float64) float64 {
	if len(list) < 3 {
		return 0
	}
	return list[len(list)-3]
}

func TestWhatWasCutOffIsAnError(t *testing.T) {
	v := outer{Inner: inner{Text: "abc"}, Words: []string{"a", "b"}, Weight: math.Pi}
	packed := string(pack.Append(nil, &v))
	for n := range len(packed) {
		if err := pack.Read(packed[:n], new(outer)); err == nil {
			t.Errorf("%d bytes of %d were read without an error", n, len(packed))
		}
	}
	if err := pack.Read(packed+"x", new(outer)); err == nil {
		t.Error("a byte too many was read without an error")
	}
}

func FuzzRead(f *testing.F) {
	v := outer{Inner: inner{"a", new(7), time.Unix(5, 6)}, Words: []string{"a", "b"}, By: map[string]string{"k": "v"}, Weight: 0.5}
	f.Add(string(pack.Append(nil, &v)))
	f.Fuzz(func(_ *testing.T, in string) {
		_ = pack.Read(in, new(outer)) // whatever it says, it neither panics nor takes the memory of the machine
	})
}

func TestKnownTextsAreNotWrittenAgain(t *testing.T) {
	v, known := outer{Inner: inner{Text: "ma-sale"}, Words: []string{"new", "ma-sale", "new"}}, []string{"", "x", "ma-sale", "x"}
	packed := string(pack.Append(nil, &v, known...))
	var got outer
	if err := pack.Read(packed, &got, known...); err != nil || cmp.Diff(v, got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(v, got))
	}
	if strings.Contains(packed, "sale") {
		t.Errorf("%q holds a text that the reader knows", packed)
	}
}
