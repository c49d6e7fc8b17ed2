package page

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	mostScripts  = 20        // JSON-LD scripts read of one page
	mostScript   = 256 << 10 // bytes of each
	mostJSON     = 1 << 20   // bytes of all
	mostMeta     = 300
	mostTimes    = 6
	mostBylines  = 3
	mostNames    = 5    // headlines and authors of microdata
	bylineReach  = 100  // elements
	longestField = 2000 // bytes of a title, name or date; an article body has the bound of all text
)

// data is what a page says of itself in machine-readable form.
type data struct {
	ld        ldArticle
	meta      map[string][]string // by lower-case name or property
	canonical string
	language  string
	titles    []string // <title>
	h1        []string
	times     []Date // <time> elements and microdata
	headline  []string
	authors   []string // microdata
	bylines   []string // elements whose class says author, close below the headline: further down they sign teasers
	below     int      // elements since the headline
	body      string   // articleBody of JSON-LD
}

// structured walks the tree once for everything that is not running text.
func structured(doc *html.Node) *data {
	d := &data{meta: map[string][]string{}}
	var scripts []string
	size := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if s := d.element(n); s != "" && len(scripts) < mostScripts && size+len(s) <= mostJSON {
			size += len(s)
			scripts = append(scripts, s)
		}
	}
	d.ld = readLD(scripts, slices.Concat(d.h1, []string{d.first("og:title")}, d.titles))
	d.body = d.ld.body
	return d
}

// element takes what one element says; the text of a JSON-LD script is returned.
func (d *data) element(n *html.Node) (script string) {
	switch n.DataAtom {
	case atom.Html:
		d.language = attr(n, "lang")
	case atom.Script:
		if strings.HasPrefix(strings.ToLower(attr(n, "type")), "application/ld+json") {
			return textOf(n, mostScript)
		}
	case atom.Meta:
		d.addMeta(n)
	case atom.Link:
		if strings.EqualFold(attr(n, "rel"), "canonical") && d.canonical == "" {
			d.canonical = attr(n, "href")
		}
	case atom.Title:
		if n.Parent != nil && n.Parent.DataAtom == atom.Head {
			d.titles = append(d.titles, textOf(n, longestField))
		}
	case atom.H1:
		if len(d.h1) < 3 {
			d.h1 = append(d.h1, textOf(n, longestField))
		}
	case atom.Time:
		d.addTime(n)
	}
	if len(d.h1) > 0 {
		d.below++
	}
	if d.below > 0 && d.below < bylineReach && len(d.bylines) < mostBylines && signed(n) {
		if name := textOf(n, 200); name != "" && len(strings.Fields(name)) <= 8 {
			d.bylines = append(d.bylines, name)
		}
	}
	d.microdata(n)
	return ""
}

func (d *data) addMeta(n *html.Node) {
	if len(d.meta) >= mostMeta {
		return
	}
	content := attr(n, "content")
	if content == "" {
		return
	}
	for _, key := range []string{"property", "name"} {
		if name := strings.ToLower(attr(n, key)); name != "" {
			d.meta[name] = append(d.meta[name], clip(content))
			return
		}
	}
}

func (d *data) addTime(n *html.Node) {
	if len(d.times) >= mostTimes {
		return
	}
	stamp := attr(n, "datetime")
	if stamp == "" {
		stamp = textOf(n, longestField)
	}
	d.times = append(d.times, Date{clip(stamp), "time", marksChange(attr(n, "class")) || attr(n, "itemprop") == "dateModified"})
}

// marksChange reports whether a class name says that its element holds the time of a change.
func marksChange(class string) bool {
	class = strings.ToLower(class)
	for _, word := range []string{"modif", "updat", "maj"} {
		if strings.Contains(class, word) {
			return true
		}
	}
	return false
}

// microdata reads the few properties that articles carry; the tree of items is not rebuilt.
func (d *data) microdata(n *html.Node) {
	d.rdfa(n)
	prop := attr(n, "itemprop")
	if prop == "" || n.DataAtom == atom.Time {
		return
	}
	value := attr(n, "content")
	if value == "" {
		value = attr(n, "datetime")
	}
	switch prop {
	case "datePublished", "dateCreated", "dateModified":
		if value == "" {
			value = textOf(n, longestField)
		}
		if len(d.times) < mostTimes {
			d.times = append([]Date{{clip(value), "meta", prop == "dateModified"}}, d.times...)
		}
	case "headline":
		if len(d.headline) == mostNames {
			return
		}
		if value == "" {
			value = textOf(n, longestField)
		}
		d.headline = append(d.headline, clip(value))
	case "author":
		if len(d.authors) == mostNames {
			return
		}
		if value == "" {
			value = textOf(n, 200)
		}
		d.authors = append(d.authors, clip(value))
	}
}

// rdfa reads the dates that Drupal and others write beside the text: <span property="dc:date dc:created" content="2021-12-17T20:15:00+01:00">.
func (d *data) rdfa(n *html.Node) {
	if n.DataAtom == atom.Meta || len(d.times) >= mostTimes {
		return
	}
	stamp := attr(n, "content")
	if stamp == "" {
		return
	}
	for prop := range strings.FieldsSeq(attr(n, "property")) {
		switch prop {
		case "dc:date", "dc:created", "dcterms:created", "dcterms:issued", "schema:datePublished", "schema:dateCreated", "datePublished":
			d.times = append([]Date{{clip(stamp), "meta", false}}, d.times...)
			return
		case "dc:modified", "dcterms:modified", "schema:dateModified", "dateModified":
			d.times = append(d.times, Date{clip(stamp), "meta", true})
			return
		}
	}
}

// first is the first value of the first name that has one.
func (d *data) first(names ...string) string {
	for _, name := range names {
		if values := d.meta[name]; len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// page puts together what the page says of itself, most trusted first.
func (d *data) page(base *url.URL, j *judge) *Page {
	p := &Page{
		Language: collapse(d.language), Site: collapse(d.first("og:site_name", "application-name")),
		Live: d.ld.live, Paid: d.ld.paid, WordCount: d.ld.words,
		Video: strings.HasPrefix(strings.ToLower(d.first("og:type")), "video") && !d.ld.declared,
	}
	if p.Site == "" {
		p.Site = collapse(d.ld.site)
	}
	p.Canonical = d.canonicalURL(base)
	p.Above, p.Visible = j.aroundHeadline()
	p.addHeadlines(FromData, append([]string{d.ld.headline}, d.headline...)...)
	p.addHeadlines(FromMeta, d.first("og:title"), d.first("twitter:title"), d.first("dc.title", "title"))
	p.addHeadlines(FromH1, d.h1...)
	p.addHeadlines(FromTitle, d.titles...)
	p.addHeadlines(FromText, j.repeated(d.claims())...)
	for _, name := range []string{"og:description", "description", "twitter:description"} {
		if v := collapse(html.UnescapeString(d.first(name))); v != "" {
			p.Descriptions = append(p.Descriptions, v)
		}
	}
	if v := collapse(d.ld.description); v != "" {
		p.Descriptions = append(p.Descriptions, v)
	}
	p.Authors, p.AuthorsFrom = d.names()
	p.Dates = d.dates()
	return p
}

// addHeadlines decodes entities a second time: content systems escape twice.
func (p *Page) addHeadlines(origin string, candidates ...string) {
	for _, c := range candidates {
		if c = collapse(html.UnescapeString(c)); c != "" {
			p.Headlines = append(p.Headlines, Headline{c, origin})
		}
	}
}

func (d *data) canonicalURL(base *url.URL) string {
	for _, c := range []string{d.canonical, d.first("og:url")} {
		u, err := base.Parse(strings.TrimSpace(c))
		if c != "" && err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			return u.String()
		}
	}
	return ""
}

// dates by trust. A name that only says "date" comes after those that say of what.
func (d *data) dates() (dates []Date) {
	add := func(origin string, modified bool, values ...string) {
		for _, v := range values {
			if v = collapse(v); v != "" {
				dates = append(dates, Date{v, origin, modified})
			}
		}
	}
	add("json-ld", false, d.ld.published)
	add("json-ld", true, d.ld.modified)
	add("meta", false, d.first("article:published_time", "og:published_time", "article:published"), d.first("datepublished", "pubdate", "publishdate",
		"parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "date-publication"))
	add("meta", true, d.first("article:modified_time", "og:updated_time", "article:modified", "datemodified", "dcterms.modified", "last-modified"))
	for _, t := range d.times {
		add(t.Origin, t.Modified, t.Text)
	}
	add("meta", false, d.first("date", "dc.date", "dcterms.date", "publication_date", "publish-date"))
	return dates
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textOf is the text below n, at most about most bytes of it.
func textOf(n *html.Node, most int) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if b.Len() >= most {
			break
		}
		if c.Type == html.TextNode {
			b.WriteString(c.Data[:min(len(c.Data), most)])
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), longestField)], "") }

// claims are the titles that the page gives itself, outside of its text.
func (d *data) claims() []string {
	return slices.Concat([]string{d.ld.headline, d.first("og:title")}, d.titles)
}
