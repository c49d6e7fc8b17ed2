package text

import (
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/french"
)

// Stem joins the inflected forms of a folded word: French by the Snowball algorithm, Arabic by light stripping that leaves at least
// three letters, any other language not at all. lang is a BCP 47 tag without region.
func Stem(lang, fold string) string {
	switch lang {
	case "fr":
		return stemFrench(fold)
	case "ar":
		return stemArabic(fold)
	}
	return fold
}

// longestWord is more than any French word has, and keeps the stemmer from walking through garbage.
const longestWord = 60

func stemFrench(fold string) string {
	if len(fold) < 3 || len(fold) > longestWord || !utf8.ValidString(fold) {
		return fold
	}
	env := snowballstem.NewEnv(fold)
	french.Stem(env)
	return env.Current()
}

// stemArabic takes off a conjunction, an article with what leans on it, and one ending. A single ب ل ك stays: too many words begin so.
func stemArabic(fold string) string {
	word := fold
	for _, conjunction := range []string{"و", "ف"} {
		if rest, ok := strings.CutPrefix(word, conjunction); ok && (letters(rest) >= 4 || strings.HasPrefix(rest, "ال") && letters(rest) >= 5) {
			word = rest
			break
		}
	}
	for _, article := range []string{"بال", "كال", "فال", "ال", "لل"} {
		if rest, ok := strings.CutPrefix(word, article); ok && letters(rest) >= 3 {
			word = rest
			break
		}
	}
	switch last, _ := utf8.DecodeLastRuneInString(word); last {
	case 'م', 'ا', 'ن', 'ت', 'ه', 'ي': // the last letters of all endings
	default:
		return word
	}
	for _, ending := range []string{"اتهم", "اتها", "هما", "تها", "يات", "يون", "يين", "ها", "هم", "نا", "ات", "ان", "ون", "ين", "يه", "ته", "ه", "ي"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && letters(rest) >= 3 {
			return rest
		}
	}
	return word
}

func letters(s string) int { return utf8.RuneCountInString(s) }
