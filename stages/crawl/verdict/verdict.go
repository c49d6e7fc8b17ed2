// Package verdict names pages that are no articles although they were answered as if they were: challenges, consent walls, doors, the home
// page in place of what is gone.
package verdict

import (
	"bytes"
	_ "embed" // data
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

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
	shortBytes = 8 << 10  // a page that is no longer may be nothing but a script
	titleBytes = 300      // of a title that are looked at
)

//go:embed data/pages.tsv
var pagesTSV string

// row says what a page is by one of its features.
type row struct{ reason, text string }

// table is the rows by where their text is looked for; those of titles by the text itself, since titles are looked at in every page.
type table struct {
	rows   map[string][]row
	titles map[string]string
}

var rows = sync.OnceValue(func() table {
	t := table{rows: map[string][]row{}, titles: map[string]string{}}
	for _, cells := range tsv.Rows(pagesTSV, 3) {
		if cells[1] == "title" {
			t.titles[strings.Trim(cells[2], " !.")] = cells[0]
			continue
		}
		t.rows[cells[1]] = append(t.rows[cells[1]], row{cells[0], cells[2]})
	}
	return t
})

// Of returns what an answer is in place of an article, or nothing. Asked is the address that was asked for and answered the one that
// answered after redirects; body is the page as served.
func Of(asked, answered *url.URL, body []byte) string {
	if isHome(answered) && answered.RawQuery == "" {
		return HomePage
	}
	if reason := byAddress(asked, answered); reason != "" {
		return reason
	}
	if reason := byTitle(title(body)); reason != "" {
		return reason
	}
	if len(body) >= shortBytes || bytes.Count(body, []byte("<p")) > 2 {
		return ""
	}
	lower := bytes.ToLower(body)
	return first("body", func(text string) bool { return bytes.Contains(lower, []byte(text)) })
}

func first(where string, is func(text string) bool) string {
	for _, r := range rows().rows[where] {
		if is(r.text) {
			return r.reason
		}
	}
	return ""
}

// isHome reports whether an address is that of a site, or of one of its languages.
func isHome(u *url.URL) bool {
	switch p := strings.ToLower(strings.Trim(u.Path, "/")); p {
	case "", "index.html", "index.htm", "index.php", "default.aspx", "home", "accueil":
		return true
	default:
		return len(p) == 2 && p[0] >= 'a' && p[1] >= 'a' && p[0] <= 'z' && p[1] <= 'z'
	}
}

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
	before := segments(asked)
	after := slices.DeleteFunc(segments(answered), func(s string) bool { return slices.Contains(before, s) })
	return first("path", func(text string) bool { return slices.Contains(after, text) })
}

func segments(u *url.URL) []string {
	return strings.FieldsFunc(strings.ToLower(u.Path), func(r rune) bool { return r == '/' })
}

// title is the page's, in lower case and with single spaces.
func title(body []byte) string {
	head := body[:min(len(body), headBytes)]
	at := bytes.Index(head, []byte("<title"))
	if at < 0 {
		at = bytes.Index(head, []byte("<TITLE"))
	}
	if at < 0 {
		return ""
	}
	_, text, ok := bytes.Cut(head[at:], []byte(">"))
	if !ok {
		return ""
	}
	text, _, _ = bytes.Cut(text[:min(len(text), titleBytes)], []byte("<"))
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, nil)
	}
	plain := strings.ReplaceAll(html.UnescapeString(string(text)), "...", "…")
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(plain, "’", "'")), " "))
}

func byTitle(title string) string {
	if title == "" {
		return ""
	}
	if reason := first("start", func(text string) bool { return strings.HasPrefix(title, text) }); reason != "" {
		return reason
	}
	if reason := rows().titles[strings.Trim(title, " !.")]; reason != "" {
		return reason
	}
	parts := strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune("|-–—·»", r) })
	if len(parts) > 4 { // of more than a headline and a site's name
		return ""
	}
	for _, part := range parts {
		if reason := rows().titles[strings.Trim(part, " !.")]; reason != "" {
			return reason
		}
	}
	return ""
}
