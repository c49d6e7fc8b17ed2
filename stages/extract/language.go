package extract

import (
	"time"

	"rawi/pipeline/message"
)

// Language is one language pack: what the engine needs to know of a language, as one value.
type Language struct {
	Tag     string // BCP 47 tag of the articles it reads
	Version string // raised with every change that could change an article
	Markers Markers

	// Tables tells the user's own tables that the language reads with at the time, by a short hash; "" without any. It may be nil.
	Tables func() string

	// Analyse finds the facts of one article. It is called from several goroutines at once, must be pure and must not panic whatever the text.
	Analyse func(Document) Analysis

	// Date reads the publication time from a line such as "منذ 3 ساعات" that holds no whole date, given when the page was fetched (in the outlet's
	// zone). It may be nil; dates with day, month and year are read by the engine in every language.
	Date func(line string, fetched time.Time) (t time.Time, precision string, ok bool)
}

// extractor names the pack, its version and the user's own tables: "fr/4", "fr/4+1f3a9c20".
func (l Language) extractor() string {
	name := l.Tag + "/" + l.Version
	if l.Tables != nil {
		if own := l.Tables(); own != "" {
			name += "+" + own
		}
	}
	return name
}

// Document is an article as a language pack sees it: clean text, furniture gone.
type Document struct {
	Title          string
	Lead           string          // text of the block of kind message.BlockLead, which is among Blocks; "" where there is none
	Blocks         []message.Block // without roles
	Published      time.Time       // in the outlet's zone; time of the fetch where PublishedKnown is false
	PublishedKnown bool
	Outlet         message.Outlet
}

// Analysis is what a language pack found.
type Analysis struct {
	Facts     message.Facts
	Recalled  []message.Facts
	Roles     []string          // one for each block of the document: message.RoleMain or message.RoleBackground
	Signature message.Signature // Words, Concepts, Names, Numbers; the engine adds the rest
}
