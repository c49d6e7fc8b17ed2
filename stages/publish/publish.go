// Package publish turns the state of a story into what consumers see: the story on the subject of its kind and country, and a retraction
// on every subject that it left.
//
// It keeps no memory: the state says where the story was. The same state gives the same messages, with the same keys.
package publish

import (
	"context"

	"rawi/pipeline/message"
)

// Stage publishes states. It is safe for concurrent use.
type Stage struct{}

// New makes a stage.
func New() *Stage { return &Stage{} }

// Process returns the public messages of a state: the story, unless it was merged away, and before it a retraction on each subject that it has left, so that a
// consumer of both never sees it twice. Retractions are repeated with every state and carry the key of the first time: only the last state of
// a story is kept, and the one that moved may have been missed.
func (*Stage) Process(_ context.Context, s message.State) ([]message.Story, error) {
	var out []message.Story
	for _, left := range s.Former {
		out = append(out, retraction(s.Story, left))
	}
	if s.Story.MergedInto == "" {
		story := s.Story
		story.Type = message.StoryV1
		out = append(out, story)
	}
	return out, nil
}

// retraction says on a subject that the story is no longer there. It keeps titles and links, so that its reader can tell what went and
// where to; reports and facts stand in the story that holds them now.
func retraction(s message.Story, left message.Left) message.Story {
	s.Type, s.Change, s.Revision = message.StoryV1, message.ChangeRetract, left.Revision
	s.Kind, s.Country = left.Kind, left.Country
	s.Facts, s.Values, s.Reports, s.Independent = message.Facts{}, nil, nil, 0
	return s
}
