package concept

import (
	"strings"
	"unicode/utf8"

	"rawi/stages/text"
)

// appendFrench adds a folded word and the words that it may be an inflection of, nearest first. Only endings that are regular and safe
// are taken off: "partie" is no form of "parti".
func appendFrench(readings []string, fold string) []string {
	readings = append(readings, fold)
	if len(fold) < 5 {
		return readings
	}
	bare := fold
	if before, ok := strings.CutSuffix(fold, "aux"); ok {
		readings = append(readings, before+"al")
	}
	if last := fold[len(fold)-1]; last == 's' || last == 'x' {
		bare = fold[:len(fold)-1]
		readings = append(readings, bare)
	}
	if last := bare[len(bare)-1]; last != 'e' {
		return readings
	}
	for _, f := range feminines {
		if stem, ok := strings.CutSuffix(bare, f.ending); ok {
			readings = append(readings, stem+f.masculine)
		}
	}
	return readings
}

// feminines are endings of the feminine, all in e, with those of the masculine.
var feminines = []struct{ ending, masculine string }{
	{"ee", "e"}, {"ue", "u"}, {"nte", "nt"}, {"enne", "en"}, {"trice", "teur"}, {"euse", "eur"}, {"iere", "ier"}, {"ale", "al"},
}

// The endings of regular verbs, for forms that the data marks with "*" after the infinitive.
var (
	firstGroup  = []string{"er", "e", "ent", "ant", "a", "ait", "aient", "erent", "era", "eront"}
	softened    = []string{"er", "e", "ent", "eant", "ea", "eait", "eaient", "erent", "era", "eront"}
	secondGroup = []string{"ir", "i", "ie", "it", "is", "issent", "issait", "issaient", "issant", "irent", "ira", "iront"}
)

// frenchForms are the forms that one cell entry stands for: "tirer* sur" for "tire sur", "tirent sur" and so on.
func frenchForms(listed string) []string {
	verb, rest, regular := strings.Cut(listed, "*")
	if !regular {
		return []string{listed}
	}
	endings, stem := firstGroup, strings.TrimSuffix(verb, "er")
	if before, ok := strings.CutSuffix(verb, "ir"); ok {
		endings, stem = secondGroup, before
	} else if strings.HasSuffix(stem, "g") {
		endings = softened // "neutralisa", but "envisagea"
	}
	forms := make([]string, 0, len(endings))
	for _, e := range endings {
		forms = append(forms, stem+e+rest)
	}
	return forms
}

// appendArabic adds a folded word and what is left of it without joined particles and article, then without joined pronouns and regular
// endings of number and gender, nearest first. Those before bare have their endings.
func appendArabic(readings []string, fold string) (all []string, bare int) {
	own := len(readings)
	readings = text.AppendClitics(readings, fold)
	bare = len(readings)
	for _, word := range readings[own:bare] {
		readings = appendUnsuffixed(readings, own, word)
	}
	return readings, bare
}

type suffix struct{ ending, instead string }

// suffixes are endings with what stands in their place in the listed form. A stem keeps three letters.
var suffixes = []suffix{
	{"هما", ""}, {"هم", ""}, {"ها", ""}, {"ه", ""}, {"تهم", "ه"}, {"تها", "ه"}, {"ته", "ه"}, // توقيفه, خليتهم
	{"تين", "ه"}, {"تان", "ه"}, {"ات", "ه"}, {"ات", ""}, {"ين", ""}, {"ون", ""}, {"ان", ""}, {"ا", ""}, {"يه", "ي"}, {"وا", ""}, // عبوتين, شاحنات, شخصا
	{"تا", "ت"}, {"ت", ""}, // اعتقلتا, اعتقلت
}

// suffixesIn are the suffixes by their last letter, in their order.
var suffixesIn = byLastLetter(suffixes)

func byLastLetter(suffixes []suffix) map[rune][]suffix {
	in := map[rune][]suffix{}
	for _, s := range suffixes {
		last, _ := utf8.DecodeLastRuneInString(s.ending)
		in[last] = append(in[last], s)
	}
	return in
}

// appendUnsuffixed adds word without its endings, unless that is one of the readings from own on already.
func appendUnsuffixed(readings []string, own int, word string) []string {
	last, _ := utf8.DecodeLastRuneInString(word)
	for _, s := range suffixesIn[last] {
		stem, ok := strings.CutSuffix(word, s.ending)
		if !ok || utf8.RuneCountInString(stem) < 3 {
			continue
		}
		if stem += s.instead; !contains(readings[own:], stem) {
			readings = append(readings, stem)
		}
	}
	return readings
}

// bareArabic takes the article off a word of a listed form, as the readings of a text's words have it off.
func bareArabic(word string) string {
	if bare, ok := strings.CutPrefix(word, "ال"); ok && utf8.RuneCountInString(bare) >= 2 {
		return bare
	}
	return word
}
