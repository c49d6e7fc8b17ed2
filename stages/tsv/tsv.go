// Package tsv reads the tables of the stages: lines of columns parted by tabs, and comments.
package tsv

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
)

// Open gives the tables whose names match a pattern, in the order of their names, one after another. A pattern that matches none is an error.
func Open(files fs.FS, pattern string) (io.Reader, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("tables %q: %d found: %w", pattern, len(names), cmp.Or(err, fs.ErrNotExist))
	}
	tables := make([]io.Reader, len(names))
	for i, name := range names {
		table, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		tables[i] = bytes.NewReader(table)
	}
	return io.MultiReader(tables...), nil
}

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
