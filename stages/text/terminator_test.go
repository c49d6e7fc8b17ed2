package text

import (
	"testing"

	"github.com/clipperhouse/uax29/v2/sentences"
)

func TestNoEndOfASentenceIsOverlooked(t *testing.T) {
	for r := range rune(0x10000) {
		if r == '\n' {
			continue // no line has one
		}
		line := "a" + string(r) + " Bc"
		if terminator(line) < len(line) {
			continue
		}
		cuts := 0
		for it := sentences.FromString(line); it.Next(); {
			cuts++
		}
		if cuts > 1 {
			t.Errorf("%U ends a sentence, and is passed over", r)
		}
	}
	if line := "قال إن «اليوم» أفضل – l’été."; terminator(line) < len(line) {
		t.Errorf("%q is not seen to be one sentence", line)
	}
}
