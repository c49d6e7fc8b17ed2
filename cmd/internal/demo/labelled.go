package demo

import (
	"strings"

	"rawi/cmd/internal/evaluate"
)

// Labelled are the bundled articles that can be read, as reports with the happening that each tells of: what the daemon should make of them.
func Labelled() ([]evaluate.Labelled, error) {
	p, err := loadPress()
	if err != nil {
		return nil, err
	}
	var reports []evaluate.Labelled
	for _, a := range p.articles {
		if a.trap != "" {
			continue
		}
		story := a.story
		if story == "" {
			story = a.path // told by nobody else
		}
		reports = append(reports, evaluate.Labelled{
			ID: a.outlet + a.path, Outlet: a.outlet, Language: a.lang, Published: a.published.Format("2006-01-02T15:04:05Z07:00"),
			URL: "https://" + a.outlet + ".example" + a.path, Title: a.title, Text: strings.Join(a.paragraphs, "\n\n"), Story: story,
		})
	}
	return reports, nil
}
