package facts

import (
	"strings"
)

// MustLexicon reads a table that is part of the program, under a user's own rows, which ParseLexicon has accepted; it panics where one is wrong.
func MustLexicon(table string, own ...string) *Lexicon {
	l := &Lexicon{}
	for _, rows := range own {
		if err := l.read(strings.NewReader(rows), true); err != nil {
			panic(err)
		}
	}
	if err := l.read(strings.NewReader(table), false); err != nil {
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
