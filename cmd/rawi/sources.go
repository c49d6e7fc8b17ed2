package main

import (
	"rawi/cmd/internal/evaluate"
	"rawi/config"
	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/places"
)

type sourcesCommand struct {
	List   sourcesListCommand   `cmd:"" help:"List the outlets, and how each is doing."`
	Show   sourcesShowCommand   `cmd:"" help:"Show everything about one outlet: how it is doing, what is wrong, what to do."`
	Check  sourcesCheckCommand  `cmd:"" help:"Try an outlet: find its feeds, read them, and propose its configuration."`
	Add    sourcesAddCommand    `cmd:"" help:"Try an outlet and add it to a configuration."`
	Import sourcesImportCommand `cmd:"" help:"Add the feeds of an OPML list to a configuration."`
	Export sourcesExportCommand `cmd:"" help:"Write the sources of a configuration as OPML."`
	Pause  sourcesPauseCommand  `cmd:"" help:"Leave outlets alone until they are resumed, without touching the configuration."`
	Resume sourcesResumeCommand `cmd:"" help:"Read paused outlets again."`
	Poll   sourcesPollCommand   `cmd:"" help:"Look at outlets now instead of when it is their time."`
}

// extractors are those of the daemon, by language.
func extractors() map[string]evaluate.Stage[message.Detected, message.Article] {
	all := map[string]evaluate.Stage[message.Detected, message.Article]{}
	languages := stages.Languages(places.Default())
	for _, lang := range languages {
		all[lang.Tag] = extract.New(lang, languages...)
	}
	return all
}

// loadFor reads a configuration for a command that works on sources.
func loadFor(path string, env environment) (config.Loaded, error) {
	loaded, err := config.Load(path, env.environ)
	if err != nil {
		return loaded, usageError{err}
	}
	return loaded, nil
}
