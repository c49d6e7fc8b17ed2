package tsv_test

import (
	"fmt"
	"testing"

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
