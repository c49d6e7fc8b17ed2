package facts

import (
	"strings"
)

// MustLexicon is ParseLexicon for tables that are part of the program; it panics where they are wrong.
func MustLexicon(table string) *Lexicon {
	l, err := ParseLexicon(strings.NewReader(table))
	if err != nil {
		panic(err)
	}
	return l
}

// ParseStop reads folded words parted by space; lines that begin with "#" are comments.
func ParseStop(table string) map[string]bool {
	stop := map[string]bool{}
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			stop[word] = true
		}
	}
	return stop
}
