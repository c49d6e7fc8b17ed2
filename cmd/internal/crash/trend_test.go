package crash

import (
	"strings"
	"testing"
	"time"
)

// series is an hour of samples of a process that grows by so much in it, with a tooth of noise.
func series(length time.Duration, goroutines, descriptors int, live int64) []Sample {
	all := make([]Sample, 100)
	for i := range all {
		all[i] = Sample{
			At: length * time.Duration(i) / 99, Goroutines: 150 + goroutines*i/99 + i%3, Descriptors: 30 + descriptors*i/99 + i%2,
			Live: 100e6 + live*int64(i)/99,
		}
	}
	return all
}

func TestWhatGrowsIsFound(t *testing.T) {
	for _, tt := range []struct {
		name     string
		load     []Sample
		old, new int64 // bytes at rest
		want     string
	}{
		{"nothing grows", series(time.Hour, 0, 0, 0), 100e6, 100e6, ""},
		{"memory that a fresh process needs as well", series(time.Hour, 0, 0, 900e6), 1000e6, 1001e6, ""},
		{"memory that a fresh process does not need", series(time.Hour, 0, 0, 900e6), 1000e6, 980e6, "memory"},
		{"a goroutine every five minutes", series(time.Hour, 12, 0, 0), 100e6, 100e6, "goroutines"},
		{"a descriptor every ten minutes", series(time.Hour, 0, 6, 0), 100e6, 100e6, "descriptors"},
		{"pools that fill in a short run", series(16*time.Second, 10, 5, 20e6), 120e6, 110e6, ""},
		{"a goroutine for every article in a short run", series(16*time.Second, 400, 0, 0), 100e6, 100e6, "goroutines"},
	} {
		got := Grown(tt.load, []Sample{{Live: tt.old + 9e6}, {Live: tt.old}}, []Sample{{Live: tt.new}, {Live: tt.new + 5e6}})
		switch {
		case tt.want == "" && len(got) > 0:
			t.Errorf("%s: found %v", tt.name, got)
		case tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0].Detail, tt.want)):
			t.Errorf("%s: found %v, want %s", tt.name, got, tt.want)
		}
	}
	if got := Grown(nil, nil, nil); len(got) != 1 {
		t.Errorf("no samples: found %v", got)
	}
}

func TestSlopeIgnoresOutliers(t *testing.T) {
	samples := series(time.Hour, 60, 0, 0)
	samples[10].Goroutines, samples[50].Goroutines = 9000, 0
	if got := Slope(samples, goroutines); got < 55 || got > 65 {
		t.Errorf("slope %f an hour, want 60", got)
	}
}
