package page

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestVoteKeepsWhatBothHaveAndWhatOneHasInside(t *testing.T) {
	long := strings.Repeat("mot ", standfirst)
	tests := []struct {
		name    string
		t, r    []string
		leads   int
		want    []string
		comment string
	}{
		{"agreed in the first one's wording", []string{"A, b.", "c d"}, []string{"a b", "C D!"}, 0, []string{"A, b.", "c d"}, ""},
		{"first only, inside", []string{"a", "x", "b"}, []string{"a", "b"}, 0, []string{"a", "x", "b"}, ""},
		{"first only, at the ends", []string{"x", "a", "b", "y"}, []string{"a", "b"}, 0, []string{"a", "b"}, ""},
		{"second only, long and before", []string{"a", "b"}, []string{long, "a", "b"}, 0, []string{long, "a", "b"}, "a standfirst"},
		{"second only, short and before", []string{"a", "b"}, []string{"menu", "a", "b"}, 0, []string{"a", "b"}, ""},
		{"second only, inside or after", []string{"a", "b"}, []string{"a", long, "b", long}, 0, []string{"a", "b"}, ""},
		{"first only, a standfirst", []string{"x", "a", "b"}, []string{"a", "b"}, 1, []string{"x", "a", "b"}, ""},
		{"nothing in common", []string{"a"}, []string{"b"}, 0, []string{"a"}, ""},
	}
	for _, tt := range tests {
		if got := merge(tt.t, tt.r, tt.leads).lines; !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNormalFormSparesVowelMarks(t *testing.T) {
	form, tokens := normal("  قَالَتِ، الشُّرْطَةُ! ")
	if form != "قالت الشرطة" || tokens != 2 {
		t.Errorf("got %s (%+q) of %d words", form, form, tokens)
	}
}

// TestWordsAreThoseOfUnicode holds the shortcuts of the normal form to what they stand for.
func TestWordsAreThoseOfUnicode(t *testing.T) {
	for r := range rune(0x3000) {
		if want := unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'; isWord(r) != want {
			t.Errorf("%c (%U): got %v, want %v", r, r, isWord(r), want)
		}
		if isWord(r) && lower(r) != unicode.ToLower(r) {
			t.Errorf("%c (%U): got %c in lower case, want %c", r, r, lower(r), unicode.ToLower(r))
		}
	}
}
