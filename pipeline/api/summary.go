package api

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unique"

	"golang.org/x/text/unicode/norm"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

// Summary is a story as listings show it; the story itself has its reports, the values of its facts and the decision.
type Summary struct {
	ID          string            `json:"id"`
	Link        string            `json:"href"`     // where the story itself is
	Sequence    uint64            `json:"sequence"` // of its last revision in the stream of stories, as the events of /v1/stories/stream count
	Revision    int               `json:"revision"`
	Change      string            `json:"change"`
	Kind        string            `json:"kind"`
	Country     string            `json:"country"`
	Phase       string            `json:"phase"` // now
	Titles      map[string]string `json:"titles"`
	Action      string            `json:"action,omitempty"`
	Day         *message.Days     `json:"day,omitempty"` // of the act
	Places      []string          `json:"places,omitempty"`
	Languages   []string          `json:"languages"`
	Sources     []string          `json:"sources"`
	Reports     int               `json:"reports"` // how many
	Independent int               `json:"independent_sources"`
	FirstSeen   time.Time         `json:"first_seen"`
	LastChanged time.Time         `json:"last_changed"`
	Aliases     []string          `json:"aliases,omitempty"`
}

// kept is what the view keeps of a story.
type kept struct {
	Summary

	titles   []string // language and title by turns: a map of two takes three times as much
	phase    string   // as of the revision
	closes   time.Time
	folded   string   // titles as they are searched
	articles []uint64 // hashes of the ids of its reports
	others   []uint64 // and of those that their addresses would give
	position int      // in the order of the view
}

// keep takes of a story what listings need. Each string was made by itself when the message was decoded, so that none holds the whole of it.
func keep(s *message.Story, sequence uint64) *kept {
	k := &kept{phase: word(s.Phase), closes: s.Closes, Summary: Summary{
		ID: s.ID, Sequence: sequence, Revision: s.Revision, Change: word(s.Change), Kind: word(s.Kind), Country: word(s.Country),
		Action: word(s.Facts.Action), Day: s.Facts.Day, Reports: len(s.Reports), Independent: s.Independent,
		FirstSeen: s.FirstSeen, LastChanged: s.LastChanged, Aliases: s.Aliases,
	}}
	for _, p := range s.Facts.Places {
		k.Places = append(k.Places, word(p.Name))
	}
	for _, r := range s.Reports {
		k.Languages, k.Sources = addedTo(k.Languages, r.Language), addedTo(k.Sources, r.Source)
	}
	folded := make([]string, 0, len(s.Titles))
	for language, title := range s.Titles {
		k.titles = append(k.titles, word(language), title)
		folded = append(folded, fold(title))
	}
	k.folded = strings.Join(folded, "\n")
	k.Places, k.Languages, k.Sources, k.titles = slices.Clip(k.Places), slices.Clip(k.Languages), slices.Clip(k.Sources), slices.Clip(k.titles)
	return k
}

// word is a text that many stories have, kept once.
func word(s string) string { return unique.Make(s).Value() }

func addedTo(all []string, s string) []string {
	if slices.Contains(all, s) {
		return all
	}
	return append(all, word(s))
}

// summary is what is shown at a time.
func (k *kept) summary(now time.Time) Summary {
	s := k.Summary
	s.Phase, s.Link = k.phaseAt(now), "/v1/stories/"+s.ID
	s.Titles = make(map[string]string, len(k.titles)/2)
	for pair := range slices.Chunk(k.titles, 2) {
		s.Titles[pair[0]] = pair[1]
	}
	if s.Languages == nil { // a list has to be one in JSON
		s.Languages, s.Sources = []string{}, []string{}
	}
	return s
}

func (k *kept) phaseAt(now time.Time) string {
	return message.Story{Phase: k.phase, Closes: k.closes, FirstSeen: k.FirstSeen}.PhaseAt(now)
}

// filter chooses stories; its zero value chooses all.
type filter struct {
	kinds, countries, languages, sources []string // in lower case
	phase                                string
	words                                []string // folded, all of them in the titles
	since, until                         time.Time
}

func filterOf(q query) filter {
	return filter{
		kinds: q.words("kind"), countries: q.words("country"), languages: q.words("language"), sources: q.words("source"),
		phase: q.text("phase"), words: strings.Fields(fold(q.text("q"))), since: q.time("since"), until: q.time("until"),
	}
}

func (f filter) wants(k *kept, now time.Time) bool {
	return f.wantsTopic(k) && f.wantsReports(k) && (f.phase == "" || f.phase == k.phaseAt(now)) &&
		!k.LastChanged.Before(f.since) && (f.until.IsZero() || k.LastChanged.Before(f.until))
}

// wantsTopic looks at what a retraction still has: it is told to whoever was told the story.
func (f filter) wantsTopic(k *kept) bool {
	country := strings.ToLower(k.Country)
	if country == "" {
		country = "xx"
	}
	return (f.kinds == nil || slices.Contains(f.kinds, k.Kind)) && (f.countries == nil || slices.Contains(f.countries, country)) &&
		!slices.ContainsFunc(f.words, func(w string) bool { return !strings.Contains(k.folded, w) })
}

func (f filter) wantsReports(k *kept) bool {
	return (f.languages == nil || f.speaks(k.Languages)) &&
		(f.sources == nil || slices.ContainsFunc(k.Sources, func(s string) bool { return slices.Contains(f.sources, strings.ToLower(s)) }))
}

func (f filter) speaks(tags []string) bool {
	return slices.ContainsFunc(f.languages, func(asked string) bool {
		return slices.ContainsFunc(tags, func(tag string) bool { return client.Covers(asked, tag) })
	})
}

// subjects are those of the stream on which stories of the filter's kinds and countries stand.
func (f filter) subjects() []string {
	kinds, countries := f.kinds, f.countries
	if kinds == nil {
		kinds = []string{"*"}
	}
	if countries == nil {
		countries = []string{"*"}
	}
	var all []string
	for _, kind := range kinds {
		for _, country := range countries {
			all = append(all, "news.story."+kind+"."+country+".*")
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// letters that are one in a search, beside those that differ by marks alone.
var letters = strings.NewReplacer("ة", "ه", "ى", "ي", "ـ", "", "œ", "oe", "æ", "ae", "’", "'")

// fold is text as it is searched: in lower case, without accents and vowel signs, with the letters alike that Arabic writers interchange.
func fold(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
	return letters.Replace(text)
}
