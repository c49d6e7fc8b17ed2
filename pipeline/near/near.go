// Package near finds the word that was meant by one that is not known.
package near

import (
	"fmt"
	"strings"
)

// Suggestion names the known word nearest to what was written, or all of them where none is near.
func Suggestion(got string, known []string) string {
	if nearest := Nearest(got, known); nearest != "" {
		return nearest
	}
	return "known here: " + strings.Join(known, ", ")
}

// Nearest names the known word nearest to what was written; it is empty where none is near.
func Nearest(got string, known []string) string {
	best, least := "", 1+len(got)/2
	for _, k := range known {
		if d := distance(got, k); d < least || d == least && best == "" {
			best, least = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return ""
}

// distance is the Levenshtein distance in bytes; keys are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
