// Package stages is the table of contents: what reads which subject, and the list of languages.
package stages

import (
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/stages/crawl"
	"rawi/stages/dedup"
	"rawi/stages/extract"
	"rawi/stages/extract/ar"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/fr"
	"rawi/stages/extract/tables"
	"rawi/stages/feed"
	"rawi/stages/language"
	"rawi/stages/places"
	"rawi/stages/publish"
)

// Languages lists every language that has an extractor, all reading the same places. Adding one is its folder under stages/extract and its
// line here.
func Languages(table *places.Table) []extract.Language {
	return languagesOf(&tables.Set{Places: table, Concepts: concept.Default()})
}

func languagesOf(t *tables.Set) []extract.Language {
	return []extract.Language{
		fr.Language(t.Places, t.Concepts, t.Words["fr"]),
		ar.Language(t.Places, t.Concepts, t.Words["ar"]),
	}
}

// Parts are the sources and stages that need something of the world outside: a way to the web, a store, settings.
type Parts struct {
	Feeds    *feed.Poller
	Sections *crawl.Watcher
	Revisits *crawl.Revisiter
	Pages    *crawl.Pages
	Language *language.Stage
	Dedup    *dedup.Stage
	Extract  extract.Parts
	Tables   *Live
}

// Workers at once. Pages wait for the web; extraction waits for a processor; what is published keeps its order.
const (
	pageWorkers     = 16
	languageWorkers = 2
	extractWorkers  = 2
	publishWorkers  = 1
)

// Sources are the names of those that Add adds.
func Sources() []string { return []string{"feed", "sections", "revisits"} }

// Add puts every source and stage into p, in the order in which data flows.
func Add(p *pipeline.Pipeline, parts Parts) {
	pipeline.AddSource(p, "feed", parts.Feeds)
	pipeline.AddSource(p, "sections", parts.Sections)
	pipeline.AddSource(p, "revisits", parts.Revisits)
	pipeline.AddStage(p, pipeline.Spec{
		Name: "crawl", Subjects: []string{message.FetchSubjects}, Workers: pageWorkers, Deadline: 2 * time.Minute,
	}, parts.Pages)
	pipeline.AddStage(p, pipeline.Spec{Name: "language", Subjects: []string{message.RawSubjects}, Workers: languageWorkers}, parts.Language)
	languages := parts.Tables.Languages()
	for _, l := range languages {
		pipeline.AddStage(p, pipeline.Spec{
			Name: "extract-" + l.Tag, Subjects: []string{message.LangSubject(l.Tag)}, Workers: extractWorkers,
		}, extract.New(l, languages...).With(parts.Extract))
	}
	pipeline.AddFold(p, pipeline.Spec{Name: "dedup", Subjects: []string{message.ArticleSubjects, message.RulingSubjects}}, parts.Dedup)
	pipeline.AddStage(p, pipeline.Spec{Name: "publish", Subjects: []string{message.StateSubjects}, Workers: publishWorkers}, publish.New())
}
