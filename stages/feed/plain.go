package feed

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// plain is a text without tags, references, control characters and marks that turn the direction of what follows; white space becomes one
// space. Scripts and styles are no text.
func plain(s string) string {
	if strings.ContainsAny(s, "<&") {
		s = stripped(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func stripped(s string) string {
	var b strings.Builder
	hidden := ""
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == "" {
				b.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := string(name)
			if kind == html.StartTagToken && (tag == "script" || tag == "style") {
				hidden = tag
			} else if kind == html.EndTagToken && tag == hidden {
				hidden = ""
			}
			if !inline(tag) {
				b.WriteByte(' ')
			}
		}
	}
}

// inline reports whether an element may stand within a word.
func inline(tag string) bool {
	switch tag {
	case "b", "i", "em", "strong", "span", "a", "u", "sup", "sub", "font", "mark", "bdi", "abbr":
		return true
	}
	return false
}
