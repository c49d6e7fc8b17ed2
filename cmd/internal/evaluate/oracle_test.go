package evaluate

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"testing"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"rawi/pipeline/message"
	"rawi/stages/extract/concept"
	"rawi/stages/places"
	"rawi/stages/text"
)

// goldFacts are the facts of a labelled report.
type goldFacts struct {
	Action   string   `json:"action"`
	Date     string   `json:"date"`
	DateFrom string   `json:"date_from"`
	DateTo   string   `json:"date_to"`
	Places   []string `json:"places"`
	Country  string   `json:"country"`
	Arrested int      `json:"arrested"`
	Killed   int      `json:"killed"`
	Wounded  int      `json:"wounded"`
	Age      int      `json:"age"`
	Ages     []int    `json:"ages"`
	Agencies []string `json:"agencies"`
	Partners []string `json:"partners"`
	Group    string   `json:"group"`
}

// oracle makes articles of labelled reports with the facts that their labels give: the decision is measured apart from the extraction.
type oracle struct {
	places   *places.Table
	concepts *concept.Lexicon
	facts    map[string]goldFacts // by article
	kind     map[string]string
	mentions map[string][]string
	story    map[string]goldFacts
	label    map[string]string
}

func newOracle(t *testing.T, files ...string) *oracle {
	t.Helper()
	o := &oracle{
		places: places.Default(), concepts: concept.Default(), facts: map[string]goldFacts{}, kind: map[string]string{},
		mentions: map[string][]string{}, story: map[string]goldFacts{}, label: map[string]string{},
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, longestLine)
		for lines.Scan() {
			var r struct {
				Labelled
				Facts goldFacts `json:"facts"`
			}
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			id := raw(r.Labelled).ID
			o.facts[id], o.kind[id], o.mentions[id], o.label[id] = r.Facts, r.Kind, r.Mentions, r.Story
			if _, ok := o.story[r.Story]; !ok {
				o.story[r.Story] = r.Facts
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *oracle) Process(_ context.Context, d message.Detected) ([]message.Article, error) {
	r := d.Raw
	a := message.Article{
		Type: message.ArticleV1, ID: r.ID, Digest: r.Digest, Outlet: r.Outlet, URL: r.URL, Language: d.Language, Title: r.Found.Entry.Title,
		Published: message.Moment{Time: r.Found.Entry.Published}, Fetched: r.Fetched, Extractor: "oracle",
	}
	a.Facts = o.read(o.facts[r.ID], d.Language)
	if k := o.kind[r.ID]; k != "other" {
		a.Facts.Kind = k
	}
	for _, story := range o.mentions[r.ID] {
		a.Recalled = append(a.Recalled, o.read(o.story[story], d.Language))
	}
	a.Signature = o.signature(a.Title+"\n"+string(r.Body), d.Language)
	return []message.Article{a}, nil
}

func (o *oracle) read(g goldFacts, lang string) message.Facts {
	f := message.Facts{Action: g.Action, Country: g.Country, Agencies: g.Agencies, Partners: g.Partners, Group: g.Group}
	switch {
	case g.Date != "":
		f.Day = &message.Days{From: g.Date, To: g.Date, Precision: message.PrecisionDay}
	case g.DateFrom != "":
		f.Day = &message.Days{From: g.DateFrom, To: g.DateTo, Precision: message.PrecisionDay}
	}
	number := func(n int) *message.Count {
		if n == 0 {
			return nil
		}
		return &message.Count{N: n}
	}
	f.Arrested, f.Killed, f.Wounded = number(g.Arrested), number(g.Killed), number(g.Wounded)
	switch {
	case g.Age > 0:
		f.Ages = &message.Range{Min: g.Age, Max: g.Age}
	case len(g.Ages) == 2:
		f.Ages = &message.Range{Min: g.Ages[0], Max: g.Ages[1]}
	}
	for _, name := range g.Places {
		f.Places = append(f.Places, o.place(name, lang))
	}
	return f
}

func (o *oracle) place(name, lang string) message.Place {
	for _, m := range o.places.Find(text.Tokens(name), lang) {
		p := m.Place
		return message.Place{ID: p.ID, Name: name, Kind: p.Kind, Country: p.Country, Lat: p.Lat, Lon: p.Lon}
	}
	return message.Place{Name: name, Kind: "city", Key: text.NameKey(name)}
}

func (o *oracle) signature(s, lang string) message.Signature {
	var sig message.Signature
	seen := map[string]bool{}
	add := func(list *[]string, v string) {
		if v != "" && !seen[v] {
			seen[v] = true
			*list = append(*list, v)
		}
	}
	tokens := text.Tokens(s)
	var folds []string
	for _, t := range tokens {
		folds = append(folds, t.Fold)
		switch t.Script {
		case text.Latin, text.Arabic:
			if utf8.RuneCountInString(t.Fold) > 3 {
				add(&sig.Words, lang+":"+text.Stem(lang, t.Fold))
			}
			if t.Script == text.Latin && !t.First && t.Text[0] >= 'A' && t.Text[0] <= 'Z' {
				add(&sig.Names, text.NameKey(t.Text))
			}
		case text.Number:
			if len(t.Fold) > 1 {
				add(&sig.Numbers, t.Fold)
			}
		}
	}
	for _, h := range o.concepts.Find(tokens, lang) {
		add(&sig.Concepts, h.ID)
	}
	sig.MinHash, sig.Shingles = minHash(folds)
	return sig
}

func minHash(words []string) ([]uint32, int) {
	out := make([]uint32, 128)
	for i := range out {
		out[i] = ^uint32(0)
	}
	distinct := map[uint64]bool{}
	for i := 0; i+4 <= len(words); i++ {
		h := xxhash.Sum64String(words[i] + " " + words[i+1] + " " + words[i+2] + " " + words[i+3])
		distinct[h] = true
		for j := range out {
			out[j] = min(out[j], uint32((h*uint64(2*j+1)+uint64(j)*0x9E3779B97F4A7C15)>>32))
		}
	}
	return out, len(distinct)
}

type known struct{ languages map[string]string }

func (k known) Process(_ context.Context, r message.Raw) ([]message.Detected, error) {
	return []message.Detected{{Type: message.DetectedV1, Raw: r, Language: k.languages[r.ID]}}, nil
}
