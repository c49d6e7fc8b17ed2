package number

import (
	"strings"
	"unicode/utf8"
)

// Dual takes the ending of the dual off a folded Arabic noun: شخصين is two of شخص, خليتان two of خليه. Sound masculine plurals look the same
// (موقوفين), so that the caller must know the noun as one that makes no such plural. Number words and words of fewer than three letters
// without the ending are refused. Clitics are the caller's to take off.
func Dual(fold string) (stem string, ok bool) {
	if !strings.HasSuffix(fold, "ن") {
		return "", false // most words
	}
	if _, number := arabicWords[fold]; number {
		return "", false
	}
	for _, ending := range [...]string{"تين", "تان"} {
		if stem, ok = strings.CutSuffix(fold, ending); ok && utf8.RuneCountInString(stem) >= 2 {
			return stem + "ه", true
		}
	}
	for _, ending := range [...]string{"ين", "ان"} {
		if stem, ok = strings.CutSuffix(fold, ending); ok && utf8.RuneCountInString(stem) >= 3 {
			return stem, true
		}
	}
	return "", false
}
