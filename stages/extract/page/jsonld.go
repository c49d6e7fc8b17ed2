package page

import (
	"encoding/json"
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
	live, paid                                             bool
	words                                                  int
}

// readLD reads the scripts and returns the first article among their objects. A page that describes itself only as WebPage still gives dates.
func readLD(scripts []string) ldArticle {
	r := ldReader{left: ldNodes}
	for _, s := range scripts {
		var v any
		if json.Unmarshal([]byte(s), &v) == nil || json.Unmarshal([]byte(repair(s)), &v) == nil {
			r.visit(v, 0)
		}
	}
	best := r.article
	if !r.found {
		best = r.web
	}
	best.live = best.live || r.live
	best.paid = best.paid || r.paid
	best.declared = r.found
	return best
}

// repair undoes the two common ways to break JSON-LD: raw line ends and tabs inside of strings, and what a template leaves around the object.
func repair(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 {
			return ' '
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	for _, junk := range []string{"<!--", "//<![CDATA[", "<![CDATA["} {
		s = strings.TrimSpace(strings.TrimPrefix(s, junk))
	}
	for _, junk := range []string{"-->", "//]]>", "]]>"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, junk))
	}
	s = strings.TrimRight(s, "; ")
	return strings.NewReplacer(",}", "}", ", }", "}", ",]", "]", ", ]", "]").Replace(s)
}

type ldReader struct {
	left       int
	found      bool
	article    ldArticle
	web        ldArticle
	live, paid bool
}

func (r *ldReader) visit(v any, depth int) {
	if r.left--; r.left < 0 || depth > ldDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			r.visit(item, depth+1)
		}
	case map[string]any:
		r.object(v)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"} {
			if inner, ok := v[key]; ok {
				r.visit(inner, depth+1)
			}
		}
	}
}

func (r *ldReader) object(o map[string]any) {
	article, web := false, false
	for _, name := range names(o["@type"]) {
		switch {
		case strings.Contains(name, "LiveBlog"):
			r.live, article = true, true
		case strings.HasSuffix(name, "Article"), strings.HasSuffix(name, "BlogPosting"), name == "Report", name == "VideoObject" && o["articleBody"] != nil:
			article = true
		case name == "WebPage":
			web = true
		}
	}
	if (article || web) && deniesFree(o["isAccessibleForFree"]) {
		r.paid = true
	}
	switch {
	case article && !r.found:
		r.article, r.found = newArticle(o), true
	case web && r.web.published == "":
		r.web = newArticle(o)
		r.web.headline = "" // the name of a WebPage carries the site's
	}
}

func newArticle(o map[string]any) ldArticle {
	a := ldArticle{
		headline: str(o["headline"]), description: str(o["description"]), published: str(o["datePublished"]), modified: str(o["dateModified"]),
		body: plainText(str(o["articleBody"])), authors: names(o["author"]),
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

func deniesFree(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		return strings.EqualFold(v, "false")
	}
	return false
}
