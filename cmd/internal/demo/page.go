package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"time"
)

// page is what a layout may use.
type page struct {
	Outlet     *outlet
	Base       string
	URL        string
	Title      string
	Author     string
	Section    string
	Tags       []string
	Standfirst string
	Paragraphs []string
	Date       string // as the outlet's readers see it
	Modified   string
	ISO        string
	ISOUpdated string
	Related    []teaser // the outlet's other articles
	Teasers    []teaser // other matters: sidebar, most read, inside the text
	Comments   []comment
	Data       template.JS // JSON-LD
}

// articlePage renders an article in its outlet's layout, in UTF-8.
func (p *press) articlePage(o *outlet, base string, own []*article, at int) ([]byte, error) {
	a := own[at]
	local := a.published.In(o.location)
	updated := local.Add(37 * time.Minute)
	pg := page{
		Outlet: o, Base: base, URL: base + a.link(), Title: a.title, Author: a.author, Section: a.section, Tags: a.tags,
		Standfirst: a.paragraphs[0], Paragraphs: a.paragraphs[1:],
		Date: p.furniture.calendars[o.Calendar].write(local), Modified: p.furniture.calendars[o.Calendar].write(updated),
		ISO: local.Format(time.RFC3339), ISOUpdated: updated.Format(time.RFC3339),
		Related: related(own, at), Teasers: some(around(p.furniture.teasers, o), at, 6),
		Comments: some(around(p.furniture.comments, o), at, 3),
	}
	data, err := structured(o, base, a, pg)
	if err != nil {
		return nil, err
	}
	pg.Data = data
	layout := o.Layout
	if a.trap == trapVideo {
		layout = "video"
	}
	return p.render(layout+".html", pg)
}

// listPage renders a front or section page: links to the outlet's articles among those that are not.
func (p *press) listPage(o *outlet, base, section string, own []*article) ([]byte, error) {
	pg := page{
		Outlet: o, Base: base, URL: base + "/", Title: section,
		Related: related(own, -1), Teasers: some(around(p.furniture.teasers, o), 0, 6),
	}
	return p.render("list.html", pg)
}

func (p *press) render(layout string, pg page) ([]byte, error) {
	var b bytes.Buffer
	if err := p.furniture.layouts.ExecuteTemplate(&b, layout, pg); err != nil {
		return nil, fmt.Errorf("layout %s: %w", layout, err)
	}
	return b.Bytes(), nil
}

// related are the outlet's articles but the one at the given place.
func related(own []*article, but int) []teaser {
	var links []teaser
	for i, a := range own {
		if i != but {
			links = append(links, teaser{Title: a.title, Text: a.summary(), Link: a.link()})
		}
	}
	return links
}

// structured is the article as JSON-LD, the way the layouts that carry it write it.
func structured(o *outlet, base string, a *article, pg page) (template.JS, error) {
	type named struct {
		Type string `json:"@type"`
		Name string `json:"name"`
		Logo string `json:"logo,omitempty"`
	}
	data := struct {
		Context   string `json:"@context"`
		Type      string `json:"@type"`
		Headline  string `json:"headline"`
		Summary   string `json:"description"`
		URL       string `json:"mainEntityOfPage"`
		Published string `json:"datePublished"`
		Modified  string `json:"dateModified"`
		Section   string `json:"articleSection"`
		Language  string `json:"inLanguage"`
		Free      bool   `json:"isAccessibleForFree"`
		Author    named  `json:"author"`
		Publisher named  `json:"publisher"`
	}{
		"https://schema.org", "NewsArticle", a.title, a.summary(), pg.URL, pg.ISO, pg.ISOUpdated, a.section, a.lang, true,
		named{Type: "Person", Name: a.author},
		named{Type: "NewsMediaOrganization", Name: o.Title, Logo: base + "/logo.png"},
	}
	b, err := json.Marshal(data) // escapes <, > and &: nothing in it can end the script element
	return template.JS(b), err
}
