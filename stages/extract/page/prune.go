package page

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// embeds are class names of posts from elsewhere that an article shows: their words are not its own.
var embeds = []string{"twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "fb-post", "fb-video", "fb-xfbml-parse-ignore", "telegram-post"}

// prune takes out of the tree what no extractor needs once the structured data is read: two thirds of the nodes of many pages.
func prune(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if useless(c) {
			n.RemoveChild(c)
		} else {
			clipNames(c)
			prune(c)
		}
		c = next
	}
}

// clipNames shortens classes of any length to what is read of them: readability matches them again and again.
func clipNames(n *html.Node) {
	for i := range n.Attr {
		if a := &n.Attr[i]; len(a.Val) > longestName && (a.Key == "class" || a.Key == "id") {
			a.Val = strings.ToValidUTF8(a.Val[:longestName], "")
		}
	}
}

func useless(n *html.Node) bool {
	switch n.Type {
	case html.CommentNode:
		return true
	case html.ElementNode:
	default:
		return false
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Link, atom.Meta, atom.Iframe, atom.Object:
		return true
	case atom.Blockquote, atom.Div:
		return hasClass(n, embeds)
	}
	return false
}

// hasClass reports whether n has one of the classes.
func hasClass(n *html.Node, classes []string) bool {
	for have := range strings.FieldsSeq(attr(n, "class")) {
		if slices.Contains(classes, have) {
			return true
		}
	}
	return false
}
