package tsv_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"

	"rawi/stages/tsv"
)

func TestRowsAreNumberedLinesOfCells(t *testing.T) {
	const table = "# form\tvalue\nun\t1\n\n  \ndeux\r\n# trois\t3\n\t4\tIV\n"
	var got []string
	for n, row := range tsv.Rows(table, 2) {
		got = append(got, fmt.Sprintf("%d:%q", n, row))
	}
	want := `[2:["un" "1"] 5:["deux" ""] 7:["" "4" "IV"]]`
	if fmt.Sprint(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReadingMayStop(t *testing.T) {
	for n := range tsv.Rows("a\nb\n", 1) {
		if n > 1 {
			t.Error("went on after the first row")
		}
		break
	}
}

func TestTablesFollowEachOtherByName(t *testing.T) {
	files := fstest.MapFS{"data/b.tsv": {Data: []byte("deux\n")}, "data/a.tsv": {Data: []byte("un\n")}, "data/a.txt": {Data: []byte("non\n")}}
	tables, err := tsv.Open(files, "data/*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(tables); err != nil || string(got) != "un\ndeux\n" {
		t.Errorf("got %q (%v)", got, err)
	}
	if _, err := tsv.Open(files, "lost/*.tsv"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no table at all: %v", err)
	}
}
