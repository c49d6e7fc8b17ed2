package site_test

import (
	"strings"
	"testing"
	"time"

	"rawi/stages/extract/site"
)

var march = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

func rule(change func(*site.Rule)) site.Rule {
	r := site.Rule{Host: "courrier.example", From: "2026-03-01", Body: "div.texte", Page: site.Example{
		File: "courrier.html", URL: "https://courrier.example/1", Language: "fr", Fetched: "2026-03-10", Begins: "La",
	}}
	change(&r)
	return r
}

func TestMistakesAreNamed(t *testing.T) {
	for want, change := range map[string]func(*site.Rule){
		`body: "div[" is no CSS selector`:    func(r *site.Rule) { r.Body = "div[" },
		`remove: "p:nth" is no CSS selector`: func(r *site.Rule) { r.Remove = []string{"p:nth"} },
		`host wants the name of a host`:      func(r *site.Rule) { r.Host = "https://courrier.example/" },
		`from: "mars" wants a day`:           func(r *site.Rule) { r.From = "mars" },
		`is not after from`:                  func(r *site.Rule) { r.Until = "2026-03-01" },
		`selects nothing`:                    func(r *site.Rule) { r.Body = "" },
		`wants file, url, language`:          func(r *site.Rule) { r.Page.File = "" },
		`says nothing of what`:               func(r *site.Rule) { r.Page.Begins = "" },
		`when the rule does not hold`:        func(r *site.Rule) { r.Page.Fetched = "2026-02-10" },
		`fetched: "hier" wants a day`:        func(r *site.Rule) { r.Page.Fetched = "hier" },
	} {
		if _, err := site.Compile([]site.Rule{rule(change)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	twice := []site.Rule{rule(func(*site.Rule) {}), rule(func(r *site.Rule) { r.Host = "www.Courrier.example"; r.From = "" })}
	if _, err := site.Compile(twice); err == nil || !strings.Contains(err.Error(), "same days") {
		t.Errorf("two rules for one day: got %v", err)
	}
}

func book(t *testing.T, rules ...site.Rule) *site.Book {
	t.Helper()
	compiled, err := site.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	b := &site.Book{}
	b.Set(compiled)
	return b
}

func TestTheRuleOfTheDayAndTheNearestHostIsTaken(t *testing.T) {
	b := book(t,
		rule(func(r *site.Rule) { r.Until, r.Title = "2026-04-01", "h1" }),
		rule(func(r *site.Rule) { r.From, r.Page.Fetched, r.Title = "2026-04-01", "2026-04-02", "h2" }),
		rule(func(r *site.Rule) { r.Host, r.Title = "sport.courrier.example", "h3" }),
	)
	page := "<h1>un</h1><h2>deux</h2><h3>trois</h3>"
	for _, tt := range []struct {
		host  string
		at    time.Time
		title string
		ok    bool
	}{
		{"courrier.example", march, "un", true},
		{"www.courrier.example", march, "un", true},
		{"m.courrier.example", march, "un", true},
		{"courrier.example", march.AddDate(0, 1, 0), "deux", true},
		{"courrier.example", time.Time{}, "deux", true},
		{"courrier.example", march.AddDate(0, -1, 0), "", false},
		{"sport.courrier.example", march, "trois", true},
		{"autre.example", march, "", false},
		{"notcourrier.example", march, "", false},
	} {
		found, ok := b.Apply(tt.host, tt.at, page)
		if ok != tt.ok || found.Title != tt.title {
			t.Errorf("%s on %s: got %q, %v", tt.host, tt.at, found.Title, ok)
		}
	}
	if _, ok := (&site.Book{}).Apply("courrier.example", march, page); ok {
		t.Error("a book without rules has one")
	}
}

func TestARuleSelects(t *testing.T) {
	b := book(t, rule(func(r *site.Rule) {
		r.Body, r.Title, r.Date, r.Author, r.Remove = "div.texte, p.chapo, div.texte p", "h1.titre", "time", ".signature a", []string{".pub", "aside"}
	}))
	found, _ := b.Apply("courrier.example", march, `<h1>Le Courrier</h1><h1 class=titre> Une réunion
 au nord</h1><p class=chapo>La commune.</p><div class=signature><a>Samia Test</a> et <a>Ali Essai</a></div><time datetime="2026-03-09T10:00:00Z">hier</time>
<div class=texte><p>Le texte.</p><div class=pub>Achetez</div><aside>Lire</aside></div><script type="application/ld+json">{"a":1}</script>`)
	body, page := string(found.Body), string(found.Page)
	if found.Title != "Une réunion au nord" || found.Date != "2026-03-09T10:00:00Z" || strings.Join(found.Authors, "; ") != "Samia Test; Ali Essai" || found.Missed {
		t.Errorf("got %+v", found)
	}
	if strings.Count(body, "Le texte.") != 1 || !strings.Contains(body, "La commune.") || strings.Contains(body+page, "Achetez") || !strings.Contains(page, `{"a":1}`) {
		t.Errorf("got body %s of page %s", body, page)
	}
	if found, ok := b.Apply("courrier.example", march, "<div class=autre>La commune.</div>"); !ok || !found.Missed || found.Body != nil {
		t.Errorf("another layout: got %+v", found)
	}
	if _, ok := b.Apply("courrier.example", march, strings.Repeat("<p>", 60_000)); ok {
		t.Error("a page of too many elements was read by the rule")
	}
}

func FuzzApply(f *testing.F) {
	f.Add("<div class=texte>a<p>b</div>")
	f.Fuzz(func(t *testing.T, markup string) {
		b := book(t, rule(func(r *site.Rule) {
			r.Title, r.Date, r.Author, r.Remove = "h1, title", "time, meta", "a", []string{"p, html"}
		}))
		b.Apply("courrier.example", march, markup)
	})
}
