package message

import (
	"strings"
	"time"
)

// Kinds of block.
const (
	BlockLead      = "lead" // the standfirst
	BlockParagraph = "paragraph"
	BlockSubhead   = "subhead"
	BlockQuote     = "quote"
	BlockList      = "list"
)

// Roles of a block or sentence: does it tell the report's own happening, or recall another?
const (
	RoleMain       = "main"
	RoleBackground = "background"
)

// Access to the page.
const (
	AccessFree     = "free"
	AccessPaywall  = "paywall"
	AccessLiveBlog = "live"
)

// Precision of a time.
const (
	PrecisionSecond = "second"
	PrecisionMinute = "minute"
	PrecisionDay    = "day"
	PrecisionMonth  = "month"
	PrecisionYear   = "year"
)

// Block is one paragraph, subhead, quotation or list item of an article.
type Block struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Role string `json:"role"` // RoleMain, or RoleBackground where every sentence of it recalls
}

// Moment is a time with its precision and where it came from. A zero Time means unknown: a missing date is better than a wrong one.
type Moment struct {
	Time      time.Time `json:"time,omitzero"`
	Precision string    `json:"precision,omitempty"`
	Origin    string    `json:"origin,omitempty"` // "feed", "json-ld", "meta", "time", "text", "url", "header"; "fetched" where nothing said it
}

// Quality holds signals about how well the page was read.
type Quality struct {
	Agreement   float64 `json:"agreement,omitempty"`   // 0..1: share of blocks on which both extractors agree
	Description float64 `json:"description,omitempty"` // 0..1: share of the page's own description found in the text
	Words       int     `json:"words"`
	Damaged     float64 `json:"damaged,omitempty"` // 0..1: share of letters that look like a wrong charset
}

// Signature is what makes texts comparable without reading them again.
type Signature struct {
	MinHash  []uint32 `json:"minhash,omitempty"`  // 128 minima over word 4-shingles of the folded text, for near copies
	Shingles int      `json:"shingles,omitempty"` // how many distinct shingles the text has
	Words    []string `json:"words,omitempty"`    // stems of content words of title and main sentences, "<lang>:<stem>", by first appearance
	Concepts []string `json:"concepts,omitempty"` // language-neutral concepts of main sentences: "act:arrest", "obj:cannabis"
	Names    []string `json:"names,omitempty"`    // cross-script keys of proper names in main sentences; "~" before one that may be no name
	Numbers  []string `json:"numbers,omitempty"`  // numbers above 2 in main sentences, with unit where one is given: "1240kg", "37"
}

// Article is what the extractor made of one outlet's report.
type Article struct {
	Type      string    `json:"type"` // ArticleV1
	ID        string    `json:"id"`   // as Raw
	Digest    string    `json:"digest"`
	Outlet    Outlet    `json:"outlet"`
	URL       string    `json:"url"`
	Canonical string    `json:"canonical,omitempty"` // what the page says of itself
	Language  string    `json:"language"`
	Title     string    `json:"title"`
	Lead      string    `json:"lead,omitempty"`
	Blocks    []Block   `json:"blocks"`
	Authors   []string  `json:"authors,omitempty"`
	Published Moment    `json:"published,omitzero"`
	Modified  Moment    `json:"modified,omitzero"`
	Credit    string    `json:"credit,omitempty"` // news agency named as the origin: "MAP", "AFP"
	Access    string    `json:"access,omitempty"`
	Quality   Quality   `json:"quality"`
	Facts     Facts     `json:"facts"`              // of the main happening
	Recalled  []Facts   `json:"recalled,omitempty"` // happenings that the report only recalls
	Signature Signature `json:"signature"`
	Found     Found     `json:"found"`
	Fetched   time.Time `json:"fetched"`
	Extractor string    `json:"extractor"` // version of the extractor and its language pack: "fr/1"
}

// Text is the article's text, blocks apart by an empty line.
func (a Article) Text() string {
	texts := make([]string, len(a.Blocks))
	for i, b := range a.Blocks {
		texts[i] = b.Text
	}
	return strings.Join(texts, "\n\n")
}

// Subject is news.article.<lang>.<source>.
func (a Article) Subject() string {
	return "news.article." + Token(a.Language) + "." + Token(a.Outlet.Name)
}

// Key is the same for the same bytes read by the same extractor.
func (a Article) Key() string { return "x:" + a.ID + ":" + a.Digest + ":" + a.Extractor }

// Schema is ArticleV1.
func (Article) Schema() string { return ArticleV1 }
