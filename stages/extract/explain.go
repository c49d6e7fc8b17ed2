package extract

import (
	"context"
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/extract/page"
)

// Explanation says how an article was found in its page.
type Explanation struct {
	Kind      string    `json:"kind"` // one of the kinds of page below
	Charset   string    `json:"charset,omitempty"`
	Declared  string    `json:"declared_language,omitempty"` // by the page itself
	Rule      bool      `json:"rule,omitempty"`              // a rule for the site was in force
	Titles    []Said    `json:"titles,omitempty"`            // candidates, by trust
	Dates     []Said    `json:"dates,omitempty"`             // by trust
	Authors   []Said    `json:"authors,omitempty"`           // by trust
	Described []string  `json:"described,omitempty"`         // descriptions of itself
	Blocks    []Verdict `json:"blocks"`                      // of the whole page, in order
	Quality   *Readings `json:"quality,omitempty"`
	Lines     []string  `json:"lines,omitempty"` // short lines about the headline that were looked at for a date
}

// Said is what a page says of itself somewhere.
type Said struct {
	Text   string `json:"text"`
	Origin string `json:"origin"`
}

// Readings are the signals of how well the page was read.
type Readings struct {
	message.Quality

	Length float64 `json:"length,omitempty"` // words against the median of the host; 0 where that is not known
}

// Verdict is what became of one block of a page.
type Verdict struct {
	Text  string   `json:"text"`
	Path  string   `json:"path,omitempty"` // where it stands, innermost element last
	Kind  string   `json:"kind"`
	Words int      `json:"words"`
	Kept  bool     `json:"kept"`
	Role  string   `json:"role,omitempty"` // of a block that stays
	Why   []string `json:"why,omitempty"`  // who voted for it, then the rules that decided, in their order
}

// Kinds of page.
const (
	PageArticle = "article"
	PageTeaser  = "teaser" // only the beginning of an article can be read
	PageLive    = "live"   // a live blog: many happenings in one text
	PageVideo   = "video"
	PageIndex   = "index" // no article: a list of links, a menu, or what scripts fill later
)

// Explain reads one article as Process does and says how it was found. Where there is none the explanation comes with the error.
func (s *Stage) Explain(ctx context.Context, in message.Detected) (message.Article, Explanation, error) {
	r, err := s.read(ctx, in, true)
	if r.page == nil {
		return message.Article{}, Explanation{}, err
	}
	return r.article, s.explain(r), err
}

func (s *Stage) explain(r *reading) Explanation {
	p := r.page
	e := Explanation{Kind: kindOf(r), Charset: p.Charset, Declared: p.Language, Rule: r.rule != nil, Described: p.Descriptions, Lines: p.Visible}
	for _, h := range p.Headlines {
		e.Titles = append(e.Titles, Said{h.Text, h.Origin})
	}
	for _, d := range p.Dates {
		origin := d.Origin
		if d.Modified {
			origin += ", of a change"
		}
		e.Dates = append(e.Dates, Said{d.Text, origin})
	}
	for i, names := range p.Authors {
		for _, name := range names {
			said := Said{Text: name}
			if i < len(p.AuthorsFrom) {
				said.Origin = p.AuthorsFrom[i]
			}
			e.Authors = append(e.Authors, said)
		}
	}
	e.Quality = &Readings{Quality: quality(p, r.edited), Length: hundredths(r.lesson.Length)}
	e.Blocks = r.verdicts()
	return e
}

func kindOf(r *reading) string {
	switch {
	case r.article.ID == "" && r.page.Video:
		return PageVideo
	case r.article.ID == "" && len(r.article.Blocks) == 0:
		return PageIndex
	case r.article.Access == message.AccessLiveBlog:
		return PageLive
	case r.article.Access == message.AccessPaywall:
		return PageTeaser
	}
	return PageArticle
}

// verdicts joins what the reader of the page and the editor of the article have decided about each block.
func (r *reading) verdicts() []Verdict {
	removed := map[string]string{}
	for _, block := range r.edited.removed {
		removed[block.block.Text] = block.why
	}
	roles := map[string]message.Block{}
	for _, b := range r.article.Blocks {
		roles[b.Text] = b
	}
	var all []Verdict
	judged := r.page.Judged
	if len(judged) == 0 { // a text without markup has nothing but what it says
		for _, b := range r.page.Blocks {
			judged = append(judged, page.Judged{Text: b.Text, Kind: b.Kind, Kept: true, Linked: b.Linked, Words: countWords(b.Text)})
		}
	}
	for _, j := range judged {
		v := Verdict{Text: j.Text, Path: j.Path, Kind: j.Kind, Words: j.Words, Kept: j.Kept, Why: slices.Clip(j.Why)}
		if block, stays := roles[j.Text]; v.Kept && stays {
			v.Role, v.Kind = block.Role, block.Kind
			if r.again[j.Text] {
				v.Why = append(v.Why, "repeated-on-site")
			}
			delete(roles, j.Text)
		} else if v.Kept {
			v.Kept = false
			if why := removed[j.Text]; why != "" {
				v.Why = append(v.Why, why)
			}
		}
		all = append(all, v)
	}
	return all
}
