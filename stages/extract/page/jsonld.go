package page

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	ldDepth = 12   // nesting of objects that is followed
	ldNodes = 3000 // objects and list items looked at
)

// ldArticle is what JSON-LD says of the article.
type ldArticle struct {
	declared                                               bool // of a type that is an article
	headline, description, published, modified, body, site string
	authors                                                []string
	signed                                                 []string // ids of authors that are described elsewhere
	live, paid, listed                                     bool
	words                                                  int
}

// readLD reads the scripts and returns the article among their objects: the one with a title that the page has elsewhere, else the first that is no
// item of a list. A page that describes itself only as WebPage still gives dates.
func readLD(scripts, titles []string) ldArticle {
	r := ldReader{left: ldNodes, people: map[string]string{}}
	for _, s := range scripts {
		for _, v := range jsonValues(s) {
			r.visit(v, 0, false)
		}
	}
	best, found := r.choose(titles)
	if !found {
		best = r.web
	}
	for _, id := range best.signed {
		if name := r.people[id]; name != "" {
			best.authors = append(best.authors, name)
		}
	}
	best.live = best.live || r.live
	best.paid = best.paid || r.paid
	best.declared = found
	return best
}

type ldReader struct {
	left       int
	articles   []ldArticle
	web        ldArticle
	people     map[string]string // names by id
	live, paid bool
}

// choose finds the article of the page among those that its data speak of.
func (r *ldReader) choose(titles []string) (ldArticle, bool) {
	for _, a := range r.articles {
		for _, t := range titles {
			if Same(a.headline, html.UnescapeString(t)) {
				return a, true
			}
		}
	}
	for _, a := range r.articles {
		if !a.listed {
			return a, true
		}
	}
	return ldArticle{}, false
}

func (r *ldReader) visit(v any, depth int, listed bool) {
	if r.left--; r.left < 0 || depth > ldDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			r.visit(item, depth+1, listed)
		}
	case map[string]any:
		r.object(v, listed)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"} {
			if inner, ok := v[key]; ok {
				r.visit(inner, depth+1, listed || key == "itemListElement" || key == "hasPart")
			}
		}
	}
}

const mostArticles = 20 // that the data of one page may speak of

func (r *ldReader) object(o map[string]any, listed bool) {
	article, web, live := false, false, false
	for _, name := range names(o["@type"]) {
		switch {
		case strings.Contains(name, "LiveBlog"):
			live, article = true, true
		case strings.HasSuffix(name, "Article"), strings.HasSuffix(name, "BlogPosting"), name == "Report", name == "VideoObject" && o["articleBody"] != nil:
			article = true
		case name == "WebPage":
			web = true
		case name == "Person", strings.HasSuffix(name, "Organization"):
			r.people[str(o["@id"])] = str(o["name"])
		}
	}
	if !listed && (article || web) && deniesFree(o["isAccessibleForFree"]) {
		r.paid = true
	}
	r.live = r.live || live && !listed
	switch {
	case article && len(r.articles) < mostArticles:
		a := newArticle(o)
		a.listed = listed
		r.articles = append(r.articles, a)
	case web && r.web.published == "" && !listed:
		r.web = newArticle(o)
		r.web.headline = "" // the name of a WebPage carries the site's
	}
}

func newArticle(o map[string]any) ldArticle {
	a := ldArticle{
		headline: str(o["headline"]), description: str(o["description"]), published: str(o["datePublished"]), modified: str(o["dateModified"]),
		body: plainText(cmp.Or(str(o["articleBody"]), str(o["articlebody"]))), authors: names(o["author"]), signed: ids(o["author"]),
	}
	if a.headline == "" {
		a.headline = str(o["name"])
	}
	if publisher := names(o["publisher"]); len(publisher) > 0 {
		a.site = publisher[0]
	}
	switch n := o["wordCount"].(type) {
	case float64:
		a.words = int(max(0, min(n, 1e6)))
	case string:
		a.words, _ = strconv.Atoi(strings.TrimSpace(n))
	}
	return a
}

// plainText takes the tags out of an articleBody that holds markup.
func plainText(s string) string {
	s = html.UnescapeString(s[:min(len(s), mostText)])
	if !strings.Contains(s, "</") {
		return s
	}
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return ""
	}
	var b strings.Builder
	renderLines(&b, doc)
	return b.String()
}

func renderLines(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		renderLines(b, c)
	}
	if n.Type == html.ElementNode && !inline(n.DataAtom) {
		b.WriteByte('\n')
	}
}

func str(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		if len(v) > 0 {
			return str(v[0])
		}
	case map[string]any:
		return str(v["@value"])
	}
	return ""
}

// names reads what may be one name, an object with a name, or a list of either.
func names(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case map[string]any:
		if name := str(v["name"]); name != "" {
			return []string{name}
		}
	case []any:
		var all []string
		for _, item := range v[:min(len(v), 20)] {
			if _, nested := item.([]any); !nested {
				all = append(all, names(item)...)
			}
		}
		return all
	}
	return nil
}

// ids are those of what is only referred to.
func ids(v any) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		if id := str(v["@id"]); id != "" && str(v["name"]) == "" {
			return []string{id}
		}
	case []any:
		for _, item := range v[:min(len(v), 20)] {
			if _, nested := item.([]any); !nested {
				all = append(all, ids(item)...)
			}
		}
	}
	return all
}

func deniesFree(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		return strings.EqualFold(v, "false")
	}
	return false
}
