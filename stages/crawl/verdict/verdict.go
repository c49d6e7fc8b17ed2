// Package verdict names pages that are no articles although they were answered as if they were: challenges, consent walls, doors, the home
// page in place of what is gone.
package verdict

import (
	"bytes"
	_ "embed" // data
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"rawi/stages/charset"
	"rawi/stages/text"
	"rawi/stages/tsv"
)

// Reasons.
const (
	Blocked  = "blocked"   // a challenge: the outlet does not want machines
	Consent  = "consent"   // a wall that asks for consent
	Login    = "login"     // a door for subscribers, without the article behind it
	Soft404  = "soft_404"  // "not found" with a status that says otherwise
	HomePage = "home_page" // the outlet's first page
)

const (
	headBytes  = 64 << 10 // of a page in which its title stands
	shortBytes = 16 << 10 // a page that is no longer may be nothing but a script
	titleBytes = 300      // of a title that are looked at
)

//go:embed data/pages.tsv
var pagesTSV string

// row says what a page is by one of its features.
type row struct{ reason, text string }

// table is the rows by where their text is looked for; those of titles by the text itself, since titles are looked at in every page.
type table struct {
	rows   map[string][]row
	titles map[string]naming
}

// naming is what a title makes of a page.
type naming struct {
	reason string
	bare   bool // an article may have that title, too
}

var rows = sync.OnceValue(func() table {
	t := table{rows: map[string][]row{}, titles: map[string]naming{}}
	for _, cells := range tsv.Rows(pagesTSV, 3) {
		reason, where, words := cells[0], cells[1], text.Fold(cells[2])
		if where == "title" || where == "bare" {
			t.titles[trimmed(words)] = naming{reason, where == "bare"}
			continue
		}
		t.rows[where] = append(t.rows[where], row{reason, words})
	}
	return t
})

// Of returns what an answer is in place of an article, or nothing. Asked is the address that was asked for and answered the one that
// answered after redirects; body is the page as served. Where a title says so that an article may have, too, the page's text decides.
func Of(asked, answered *url.URL, body []byte) string {
	if home(asked, answered) {
		return HomePage
	}
	if reason := byAddress(asked, answered); reason != "" {
		return reason
	}
	if named := byTitle(title(body)); named.reason != "" && !look(body).excuses(named) {
		return named.reason
	}
	return byBody(body)
}

// byBody judges a page by what it runs in place of saying something. Most say something, and soon.
func byBody(body []byte) string {
	if len(body) >= shortBytes {
		return ""
	}
	seen := glance(body)
	if seen.speaks() {
		return ""
	}
	lower := bytes.ToLower(body)
	within := func(text string) bool { return bytes.Contains(lower, []byte(text)) }
	if sure := first("body", within); sure != "" {
		return sure
	}
	if seen.prose > 0 || seen.headline != "" {
		return ""
	}
	return first("script", within)
}

func first(where string, is func(text string) bool) string {
	for _, r := range rows().rows[where] {
		if is(r.text) {
			return r.reason
		}
	}
	return ""
}

// home reports whether a site's first page answers. One that is given a number is an article all the same.
func home(asked, answered *url.URL) bool {
	return isHome(answered) && (answered.RawQuery == "" || !isHome(asked) && !numbered(answered))
}

// isHome reports whether an address is that of a site, or of one of its languages.
func isHome(u *url.URL) bool {
	names, languages := 0, 0
	for _, s := range segments(u) {
		switch {
		case len(s) == 2 && s[0] >= 'a' && s[1] >= 'a' && s[0] <= 'z' && s[1] <= 'z':
			languages++
		case first("home", func(text string) bool { return s == text }) != "":
			names++
		default:
			return false
		}
	}
	return names <= 1 && languages <= 1
}

func numbered(u *url.URL) bool {
	for name, values := range u.Query() {
		name = strings.ToLower(name)
		if (name == "p" || strings.HasSuffix(name, "id") || strings.HasPrefix(name, "art")) && number.MatchString(values[0]) {
			return true
		}
	}
	return false
}

var number = regexp.MustCompile(`^\d{2,}$`)

// byAddress judges by where a redirect has led. An article at its own address is never judged by it: outlets write about consent, too.
func byAddress(asked, answered *url.URL) string {
	if asked.Host == answered.Host && asked.Path == answered.Path {
		return ""
	}
	label, _, _ := strings.Cut(strings.ToLower(answered.Hostname()), ".")
	if asked.Host != answered.Host {
		if reason := first("host", func(text string) bool { return label == text }); reason != "" {
			return reason
		}
	}
	before, after := segments(asked), segments(answered)
	if len(after) == 0 {
		return ""
	}
	last := after[len(after)-1]
	return first("path", func(text string) bool {
		return !slices.Contains(before, text) && (last == text || !slug(last) && slices.Contains(after, text))
	})
}

// slug reports whether a segment is the name of an article, in whatever section: a site may have one on consent.
func slug(segment string) bool {
	return strings.Count(segment, "-")+strings.Count(segment, "_") >= 3 || longNumber.MatchString(segment)
}

var longNumber = regexp.MustCompile(`\d{5,}`)

func segments(u *url.URL) []string {
	return strings.FieldsFunc(text.Fold(u.Path), func(r rune) bool { return r == '/' })
}

// title is the page's, folded and with single spaces.
func title(body []byte) string {
	head := body[:min(len(body), headBytes)]
	at := tag.FindIndex(head)
	if at == nil {
		return ""
	}
	words, _, _ := bytes.Cut(head[at[1]:min(len(head), at[1]+titleBytes)], []byte("<"))
	if !utf8.Valid(words) {
		return retitled(head)
	}
	return plain(words)
}

// tag opens a title.
var tag = regexp.MustCompile(`(?i)<title(?:\s[^>]*)?>`)

// retitled is the title of a page that is not in UTF-8.
func retitled(head []byte) string {
	decoded := charset.Decode(head, charset.Hint{Declaration: charset.HTML}).Text
	at := tag.FindIndex(decoded)
	if at == nil {
		return ""
	}
	words, _, _ := bytes.Cut(decoded[at[1]:min(len(decoded), at[1]+titleBytes)], []byte("<"))
	return plain(bytes.ToValidUTF8(words, nil))
}

func plain(words []byte) string {
	return strings.Join(strings.Fields(text.Fold(html.UnescapeString(string(words)))), " ")
}

func byTitle(title string) naming {
	if title == "" {
		return naming{}
	}
	if reason := first("start", func(text string) bool { return strings.HasPrefix(title, text) }); reason != "" {
		return naming{reason: reason}
	}
	if named := byPart(title); named.reason != "" {
		return named
	}
	parts := strings.FieldsFunc(strings.ReplaceAll(title, " - ", " | "), func(r rune) bool { return strings.ContainsRune("|–—·»", r) })
	if len(parts) > 4 { // of more than a headline and a site's name
		return naming{}
	}
	for _, part := range parts {
		if named := byPart(part); named.reason != "" {
			return named
		}
	}
	return naming{}
}

// byPart judges a part of a title, also behind a word of regret or a number.
func byPart(part string) naming {
	part = trimmed(part)
	if named := rows().titles[part]; named.reason != "" {
		return named
	}
	for _, before := range rows().rows["before"] {
		rest, ok := strings.CutPrefix(part, before.text)
		if words := trimmed(rest); ok && words != "" && words != rest {
			if named := rows().titles[words]; named.reason == Soft404 {
				return named
			}
		}
	}
	return naming{}
}

func trimmed(part string) string { return strings.Trim(part, " !.,:;?،؛؟") }
