package verdict

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"rawi/stages/text"
)

const (
	// enough is how much text, in bytes, no challenge, door or message has that stands in the place of an article.
	enough = 600
	// leastParagraph is the number of bytes above which a paragraph counts; leastText the same for text that is in no paragraph.
	leastParagraph, leastText = 60, 200
	// leastWall is how often a wall that asks for consent names what it asks for.
	leastWall = 3
)

// evidence is what speaks for a page that looks as if it were no article.
type evidence struct {
	dated    bool   // it says when it was published, as articles do
	prose    int    // bytes of text that is no link
	consent  int    // times that cookies and consent are named in it
	headline string // folded
}

// excuses reports whether the page may be an article all the same.
func (e evidence) excuses(named naming) bool {
	switch {
	case e.dated:
		return true
	case named.reason == Soft404 && !named.bare:
		return false // whatever it shows below
	case named.reason == Soft404:
		return e.prose >= enough && byPart(e.headline).reason == ""
	case named.reason == Consent:
		return e.prose >= enough && e.consent < leastWall
	}
	return e.prose >= enough
}

// look reads a page that is under suspicion.
func look(body []byte) evidence {
	r := reader{tokens: html.NewTokenizer(bytes.NewReader(body)), consents: true}
	return r.until(func(evidence) bool { return false })
}

// speaks reports whether a page says enough of its own that it stands for nothing else, whatever it runs.
func (e evidence) speaks() bool { return e.dated || e.prose >= enough }

// glance is look as far as it takes to see that a page speaks, without counting how often it asks for consent.
func glance(body []byte) evidence {
	r := reader{tokens: html.NewTokenizer(bytes.NewReader(body))}
	return r.until(evidence.speaks)
}

func (r *reader) until(settled func(evidence) bool) evidence {
	for {
		if settled(r.evidence) {
			return r.evidence
		}
		switch r.tokens.Next() {
		case html.ErrorToken:
			r.end()
			return r.evidence
		case html.StartTagToken:
			r.open()
		case html.SelfClosingTagToken: // which opens nothing
			if name, _ := r.tokens.TagName(); atom.Lookup(name) == atom.Meta {
				r.meta()
			}
		case html.EndTagToken:
			r.shut()
		case html.TextToken:
			r.text()
		}
	}
}

// reader is where look is in a page.
type reader struct {
	evidence

	tokens    *html.Tokenizer
	consents  bool // whether to count what asks for consent
	paragraph bool
	heading   bool
	links     int // that are open
	silent    int // elements that are open whose text is not read
	words     []byte
}

func (r *reader) open() {
	name, _ := r.tokens.TagName()
	switch tag := atom.Lookup(name); tag {
	case atom.Meta:
		r.meta()
	case atom.P:
		r.end()
		r.paragraph = true
	case atom.H1:
		r.end()
		r.heading = r.headline == ""
	case atom.A, atom.Button:
		r.links++
	case atom.Script, atom.Style, atom.Noscript, atom.Title, atom.Svg, atom.Select:
		r.silent++
	}
}

func (r *reader) shut() {
	name, _ := r.tokens.TagName()
	switch tag := atom.Lookup(name); tag {
	case atom.P, atom.H1, atom.Div:
		r.end()
	case atom.A, atom.Button:
		r.links = max(r.links-1, 0)
	case atom.Script, atom.Style, atom.Noscript, atom.Title, atom.Svg, atom.Select:
		r.silent = max(r.silent-1, 0)
	}
}

// end counts the text that was read up to here.
func (r *reader) end() {
	words := bytes.TrimSpace(r.words)
	switch {
	case r.heading:
		r.headline = text.Fold(string(words))
	case r.paragraph && len(words) >= leastParagraph, len(words) >= leastText:
		r.prose += len(words)
	}
	r.paragraph, r.heading, r.words = false, false, r.words[:0]
}

func (r *reader) text() {
	if r.silent > 0 || r.links > 0 && !r.heading {
		return
	}
	words := r.tokens.Text()
	r.words = append(r.words, words...)
	if !r.consents {
		return
	}
	folded := text.Fold(string(words))
	for _, word := range []string{"cookie", "consent", text.Fold("ملفات تعريف الارتباط")} {
		r.consent += strings.Count(folded, word)
	}
}

// meta notes the time of publication.
func (r *reader) meta() {
	dated, value := false, ""
	for {
		name, v, more := r.tokens.TagAttr()
		switch string(name) {
		case "property", "name", "itemprop":
			dated = dated || string(v) == "article:published_time" || string(v) == "datePublished"
		case "content":
			value = string(v)
		}
		if !more {
			break
		}
	}
	r.dated = r.dated || dated && value != ""
}
