package extract

import (
	"net/url"
	"slices"
	"strings"

	"rawi/stages/extract/page"
	"rawi/stages/text"
)

// separators stand between a title and the name of its site.
var separators = []string{" - ", " | ", " – ", " — ", " » ", " « ", " ‹ ", " › ", " • ", " :: ", " · ", "|", " : "}

// title chooses among the headlines of a page. The one the outlet's own readers see wins where another confirms it; a feed's title is the last resort,
// for feeds shorten.
func title(p *page.Page, entry, pageURL string) string {
	names := siteNames(p, pageURL)
	var candidates []page.Headline
	for _, h := range p.Headlines {
		h.Text = withoutSite(h.Text, names)
		if h.Text != "" {
			candidates = append(candidates, h)
		}
	}
	telling := slices.DeleteFunc(slices.Clone(candidates), func(h page.Headline) bool { return namesSite(h.Text, names) })
	if t := confirmed(telling); t != "" {
		return t
	}
	if t := shared(telling); t != "" {
		return t
	}
	for _, origin := range []string{page.FromH1, page.FromData, page.FromMeta, page.FromText, page.FromTitle} {
		for _, c := range candidates {
			if origin == page.FromTitle {
				c.Text = withoutHead(withoutTail(c.Text))
			}
			if c.Origin == origin && countWords(c.Text) >= 2 && !sameAsAny(c.Text, names) {
				return c.Text
			}
		}
	}
	return text.Clean(strings.Join(strings.Fields(entry), " "))
}

// confirmed is the first candidate that another origin repeats, word for word, or else with something after it.
func confirmed(candidates []page.Headline) string {
	for _, repeats := range []func(other, text string) bool{page.Same, func(other, text string) bool {
		return strings.HasPrefix(foldLine(other), foldLine(text)+" ")
	}} {
		for _, origin := range []string{page.FromH1, page.FromData, page.FromMeta, page.FromText} {
			if t := confirmedBy(candidates, origin, repeats); t != "" {
				return t
			}
		}
	}
	return ""
}

func confirmedBy(candidates []page.Headline, origin string, repeats func(other, text string) bool) string {
	for _, c := range candidates {
		if c.Origin != origin || countWords(c.Text) < 2 {
			continue
		}
		for _, other := range candidates {
			if other.Origin != c.Origin && repeats(other.Text, c.Text) {
				return c.Text
			}
		}
	}
	return ""
}

const partWords = 3 // of the shortest part that is a title

// shared is a part that candidates of two origins have in common: "Site :: Title" and "Title | Site".
func shared(candidates []page.Headline) string {
	for _, c := range candidates {
		for _, part := range parts(c.Text) {
			for _, other := range candidates {
				if other.Origin != c.Origin && countWords(part) >= partWords && sameAsAny(part, parts(other.Text)) {
					return part
				}
			}
		}
	}
	return ""
}

// parts splits a title at the signs between the names of site and section, but not at its colon.
func parts(s string) []string {
	all := []string{s}
	for _, sep := range separators {
		if sep == " : " {
			continue
		}
		var next []string
		for _, part := range all {
			next = append(next, strings.Split(part, sep)...)
		}
		all = next
	}
	return all
}

// siteNames is how the site may call itself at the end of its titles.
func siteNames(p *page.Page, pageURL string) []string {
	var names []string
	if p.Site != "" {
		names = append(names, p.Site)
	}
	if u, err := url.Parse(pageURL); err == nil {
		host := strings.TrimPrefix(u.Hostname(), "www.")
		names = append(names, host)
		for label := range strings.SplitSeq(host, ".") {
			if len(label) > 4 {
				names = append(names, label)
			}
		}
	}
	return names
}

// withoutSite takes the site's name off the end of a title, or its beginning.
func withoutSite(s string, names []string) string {
	for _, sep := range separators {
		if i := strings.LastIndex(s, sep); i > 0 && namesSite(s[i+len(sep):], names) {
			return withoutSite(strings.TrimSpace(s[:i]), names)
		}
		if i := strings.Index(s, sep); i > 0 && sep != " : " && namesSite(s[:i], names) {
			return withoutSite(strings.TrimSpace(s[i+len(sep):]), names)
		}
	}
	return s
}

// withoutTail takes a short last part off a title of the page's head where nothing else says which part is the site's name.
func withoutTail(s string) string {
	for _, sep := range separators {
		i := strings.LastIndex(s, sep)
		if i > 0 && sep != " : " && countWords(s[i:]) <= 4 && countWords(s[:i]) >= 4 {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// withoutHead takes short first parts off such a title: the names of site and section stand there, too.
func withoutHead(s string) string {
	for _, sep := range separators {
		i := strings.Index(s, sep)
		if i > 0 && sep != " : " && countWords(s[:i]) <= 3 && countWords(s[i:]) >= 4 {
			return withoutHead(strings.TrimSpace(s[i+len(sep):]))
		}
	}
	return s
}

func namesSite(part string, names []string) bool {
	squeezed := strings.ReplaceAll(foldLine(part), " ", "")
	for _, n := range names {
		name := strings.ReplaceAll(foldLine(n), " ", "")
		if squeezed != "" && name != "" && (squeezed == name || alike(squeezed, name) || alike(name, squeezed)) {
			return true
		}
	}
	return false
}

// alike reports whether a name is another with something short behind it: "Radio-Canada" and "Radio-Canada.ca".
func alike(long, short string) bool {
	return len(short) >= 5 && len(long) < 2*len(short) && strings.HasPrefix(long, short)
}
