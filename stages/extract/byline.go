package extract

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

//go:embed data/bylines.tsv
var bylineTable string

const (
	mostAuthors = 10
	nameWords   = 6 // of the longest name
)

// bylines are the words around the names of authors, folded.
type bylines struct{ by, and, nobody, photo, end []string }

func parseBylines(table string) bylines {
	var b bylines
	for _, row := range tsv.Rows(table, 2) {
		switch role, word := row[0], row[1]; role {
		case "by":
			b.by = append(b.by, strings.ToLower(word))
		case "and":
			b.and = append(b.and, strings.ToLower(word))
		case "end":
			b.end = append(b.end, strings.ToLower(word))
		case "photo":
			b.photo = append(b.photo, foldLine(word))
		case "nobody":
			b.nobody = append(b.nobody, foldLine(word))
		}
	}
	return b
}

// name takes off what stands around a name: words before it, a place in brackets behind it.
func (b bylines) name(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), " :", ":")
	for _, word := range b.by {
		whole := len(s) > len(word) && (strings.IndexByte(" :", s[len(word)]) >= 0 || strings.HasSuffix(word, ":"))
		if whole && strings.EqualFold(s[:len(word)], word) {
			s = strings.TrimLeft(s[len(word):], " :")
		}
	}
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	return strings.TrimRight(strings.TrimSpace(strings.TrimLeft(s, ":-– ")), ".,")
}

// ends reports whether a name is over before a word of the line: that is no name, or a number.
func (b bylines) ends(word string) bool {
	return strings.ContainsAny(word, "0123456789") || slices.Contains(b.end, strings.ToLower(strings.TrimRight(word, ".,:")))
}

// names splits a field that may hold several.
func (b bylines) names(field string) []string {
	var names []string
	var name []string
	flush := func() {
		if len(name) > 0 {
			names = append(names, b.name(strings.Join(name, " ")))
			name = nil
		}
	}
	for part := range strings.FieldsFuncSeq(text.Clean(field), func(r rune) bool { return strings.ContainsRune(";|،,", r) }) {
		for word := range strings.FieldsSeq(part) {
			if b.ends(word) {
				break
			}
			if slices.Contains(b.and, strings.ToLower(word)) {
				flush()
				continue
			}
			name = append(name, word)
		}
		flush()
	}
	return names
}

// signature reports whether a line says "by" and then names: words that begin with capitals, joined by small ones.
func (b bylines) signature(line string) bool {
	rest := b.name(line)
	if rest == line || rest == "" || sentence(line) {
		return false
	}
	for word := range strings.FieldsSeq(rest) {
		if b.ends(word) {
			break
		}
		if i := strings.IndexAny(word, "'’"); i == 1 { // d'Enquête
			word = strings.TrimLeft(word[i:], "'’")
		}
		r, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLower(r) && utf8.RuneCountInString(word) > 3 {
			return false
		}
	}
	return true
}

const (
	captionWords      = 30 // of the longest caption that stands as a line of the text
	photographerWords = 6
)

// caption reports whether a line is that of a picture: it ends with whose picture it is, "Le ministre, photo : Agence", "... (Photo AFP)", "© AFP".
func (b bylines) caption(line string) bool {
	if countWords(line) > captionWords {
		return false
	}
	if i := strings.LastIndex(line, "©"); i >= 0 && countWords(line[i:]) <= photographerWords {
		return true
	}
	for i, r := range line {
		if strings.ContainsRune(",(/|.–-", r) && b.photographer(line[i+utf8.RuneLen(r):], r == '(') {
			return true
		}
	}
	return false
}

// photographer reports whether the end of a line says whose picture it is; the colon may only be missing in brackets.
func (b bylines) photographer(end string, bracket bool) bool {
	if countWords(end) > photographerWords || !bracket && !strings.Contains(end, ":") {
		return false
	}
	fold := foldLine(end)
	return slices.ContainsFunc(b.photo, func(word string) bool { return begins(fold, word) && fold != word })
}

// signers are the lines near the headline that are nothing but a byline.
func (b bylines) signers(lines []string) (signed []string) {
	for _, line := range lines {
		if countWords(line) <= bylineWords && b.signature(line) {
			signed = append(signed, line)
		}
	}
	return signed
}

// isNobody reports whether what stands in a field for authors is not a name.
func (b bylines) isNobody(name string) bool {
	fold := foldLine(name)
	for _, words := range b.nobody {
		if begins(fold, words) {
			return true
		}
	}
	return false
}

// authors are the names of the first list that holds any; an agency signs where no person does.
func (s *Stage) authors(lists [][]string, sites []string) []string {
	for _, written := range lists {
		if names := s.people(written, sites); len(names) > 0 {
			return names
		}
	}
	for _, written := range lists {
		for _, name := range written {
			if s.agencies.is(s.bylines.name(name)) != "" {
				return []string{text.Clean(s.bylines.name(name))}
			}
		}
	}
	return nil
}

// people makes names of what stands in fields for authors: agencies and the site go.
func (s *Stage) people(written, sites []string) (names []string) {
	for _, field := range written {
		for _, name := range s.bylines.names(field) {
			n := countWords(name)
			if n == 0 || n > nameWords || len(names) == mostAuthors || strings.ContainsAny(name, "@<{()\"«»“”") || s.agencies.is(name) != "" ||
				s.bylines.isNobody(name) || sameAsAny(name, names) || namesSite(name, sites) {
				continue
			}
			names = append(names, name)
		}
	}
	return names
}
