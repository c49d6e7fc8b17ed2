package page

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// names are the lists of authors by trust, and where each was found.
func (d *data) names() (lists [][]string, origins []string) {
	for _, from := range []struct {
		origin string
		names  []string
	}{
		{FromData, d.ld.authors},
		{FromMeta, d.meta["author"]},
		{FromMeta, d.meta["article:author"]},
		{FromMeta, d.meta["parsely-author"]},
		{FromMeta, d.meta["dc.creator"]},
		{"microdata", d.authors},
		{"byline", d.bylines},
	} {
		var names []string
		for _, name := range from.names[:min(len(from.names), 20)] {
			name = collapse(html.UnescapeString(name))
			if name != "" && !strings.Contains(name, "://") {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			lists, origins = append(lists, names), append(origins, from.origin)
		}
	}
	return lists, origins
}

// signed reports whether an element is marked as the name of the author: rel="author", or a class that says so.
func signed(n *html.Node) bool {
	if strings.EqualFold(attr(n, "rel"), "author") || n.DataAtom == atom.A && authorPage(attr(n, "href")) {
		return true
	}
	for class := range strings.FieldsSeq(strings.ToLower(attr(n, "class"))) {
		for part := range strings.FieldsFuncSeq(class, func(r rune) bool { return r == '-' || r == '_' }) {
			switch part {
			case "author", "byline", "auteur", "signature", "writer":
				return true
			}
		}
	}
	return false
}

// authorPage reports whether an address is that of an author's own page.
func authorPage(href string) bool {
	for _, part := range []string{"/auteur/", "/auteurs/", "/author/", "/authors/", "/journaliste/", "/journalistes/", "/writer/", "/writers/"} {
		if strings.Contains(href, part) {
			return true
		}
	}
	return false
}
