// Package tsv reads the tables of the stages: lines of columns parted by tabs, and comments.
package tsv

import (
	"iter"
	"strings"
)

// Rows goes over the lines of a table that are neither empty nor comments, which begin with "#". It gives the number of each line, from 1,
// and its cells as they stand there. Cells missing at the end of a line are empty, so that there are always at least as many as columns.
func Rows(table string, columns int) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		n := 0
		for line := range strings.Lines(table) {
			n++
			line = strings.TrimRight(line, "\r\n")
			if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
				continue
			}
			cells := strings.Split(line, "\t")
			for len(cells) < columns {
				cells = append(cells, "")
			}
			if !yield(n, cells) {
				return
			}
		}
	}
}
