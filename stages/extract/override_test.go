package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/host"
	"rawi/stages/extract/site"
)

// hostile is a layout in which the extractors lose their way: teasers in paragraphs longer than those of the article, the date in a corner.
func hostile(title string, paragraphs []string) string {
	teasers := "<p>" + strings.Repeat("Une autre affaire, plus longue que toutes, occupe la ville depuis des mois et personne n'en voit la fin. ", 8) + "</p>"
	return "<html><head><title>Ville</title></head><body><div class=main>" + strings.Repeat(teasers, 4) + "</div><h2 class=t>" + title +
		"</h2><span class=d>12 décembre 2021</span><b class=a>Samia Test</b><div class=x><p>" + strings.Join(paragraphs, "</p><p>") +
		"</p><p class=pub>Abonnez tous vos amis au journal.</p></div></body></html>"
}

func villeRule(body []byte, o *outlet) site.Rule {
	return site.Rule{
		Host: "ville.example", From: "2021-12-01", Until: "2022-01-01", Title: "h2.t", Body: "div.x", Date: ".d", Author: ".a", Remove: []string{".pub"},
		Page: site.Example{
			File: "ville.html", URL: "https://ville.example/1", Language: "fr", Fetched: "2021-12-18T13:00:00Z", Published: "2021-12-12", Authors: []string{"Samia Test"},
			Begins: o.paragraph(1, 0), Ends: o.paragraph(1, 2), Without: []string{"autre affaire", "Abonnez"}, Body: body,
		},
	}
}

func TestARuleForASiteDecides(t *testing.T) {
	o := newOutlet(t, "fr", "ville", &host.Memory{})
	in := o.page(1, hostile)
	rule := villeRule(in.Raw.Body, o)
	if err := extract.CheckSites(t.Context(), []site.Rule{rule}, []extract.Language{{Tag: "fr"}}); err != nil {
		t.Fatal(err)
	}
	compiled, err := site.Compile([]site.Rule{rule})
	if err != nil {
		t.Fatal(err)
	}
	book := &site.Book{}
	ruled := packs(t)["fr"].With(extract.Parts{Sites: book})
	read := func(in message.Detected) message.Article {
		out, err := ruled.Process(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	if a := read(in); strings.Contains(a.Text(), o.paragraph(1, 0)) && !strings.Contains(a.Text(), "autre affaire") {
		t.Fatal("the layout is not hostile enough to prove anything")
	}
	book.Set(compiled)
	a := read(in)
	if !strings.HasPrefix(a.Text(), o.paragraph(1, 0)) || strings.Contains(a.Text(), "autre affaire") || a.Published.Time.Format("2006-01-02") != "2021-12-12" {
		t.Errorf("got %+v", a)
	}
	later := o.page(1, hostile)
	later.Raw.Fetched = fetched.AddDate(0, 2, 0)
	if a := read(later); strings.HasPrefix(a.Text(), o.paragraph(1, 0)) {
		t.Error("the rule holds after its end")
	}
	if a := read(o.page(2, old)); !strings.Contains(a.Text(), o.paragraph(2, 1)) {
		t.Errorf("a page in another layout: got\n%s", a.Text())
	}
}

func TestAPageThatARuleReadsOtherwiseIsNamed(t *testing.T) {
	o := newOutlet(t, "fr", "ville", &host.Memory{})
	body := o.page(1, hostile).Raw.Body
	for want, change := range map[string]func(*site.Rule){
		"title is":                   func(r *site.Rule) { r.Page.Title = "Un autre titre" },
		"published is":               func(r *site.Rule) { r.Page.Published = "2021-12-13" },
		"authors is":                 func(r *site.Rule) { r.Page.Authors = []string{"Personne"} },
		"begins is":                  func(r *site.Rule) { r.Page.Begins = "Hier" },
		"ends is":                    func(r *site.Rule) { r.Page.Ends = "Fin." },
		"must be without":            func(r *site.Rule) { r.Page.Without = []string{"1 2."} },
		"body selects nothing":       func(r *site.Rule) { r.Body = ".entry" },
		`in language "xx"`:           func(r *site.Rule) { r.Page.Language = "xx" },
		"is no address of that site": func(r *site.Rule) { r.Page.URL = "https://autre.example/" },
		"no_article":                 func(r *site.Rule) { r.Body = ".d" },
	} {
		rule := villeRule(body, o)
		change(&rule)
		err := extract.CheckSites(t.Context(), []site.Rule{rule}, []extract.Language{{Tag: "fr"}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `site "ville.example": page ville.html`) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestARuleThatFindsNothingAnyMoreIsTold(t *testing.T) {
	o := newOutlet(t, "fr", "ville", &host.Memory{})
	compiled, err := site.Compile([]site.Rule{villeRule(nil, o)})
	if err != nil {
		t.Fatal(err)
	}
	book := &site.Book{}
	book.Set(compiled)
	o.stage = packs(t)["fr"].With(extract.Parts{Sites: book, Hosts: host.NewBook(&host.Memory{}), Told: func(n extract.Notice) { o.told = append(o.told, n) }})
	for n := range 25 {
		layout := hostile
		if n >= 15 {
			layout = old
		}
		in := o.page(n, layout)
		in.Raw.Fetched = fetched
		o.read(in)
	}
	var signs []string
	for _, n := range o.told {
		if n.Change != nil {
			signs = append(signs, fmt.Sprint(n.Change.State, n.Change.Signs))
		}
	}
	if len(signs) != 1 || !strings.Contains(signs[0], host.SignRules) {
		t.Errorf("got %q, want the rule named once", signs)
	}
}
