package dedup

import (
	"fmt"
	"io"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// Shape names what the memory is made by beside the states: the settings of how long stories are remembered, and the form in which it is written.
// Rules and tables are asked when a report is decided on, and leave nothing in it.
func (s *Stage) Shape() string {
	l := s.index.Limits()
	return fmt.Sprintf("dedup %s, live %s, known %s", index.Form(), l.Live, l.Known)
}

// Save writes the memory. It is as large as the memory is.
func (s *Stage) Save(w io.Writer) error { return s.index.Save(w) }

// Load puts what Save wrote in place of the memory. After an error Reset is to follow.
func (s *Stage) Load(r io.Reader) error { return s.index.Restore(r) }

// Retain forgets the stories whose states are not kept any more, by the subjects of those.
func (s *Stage) Retain(kept func(subject string) bool) {
	s.index.Retain(func(id string) bool { return kept(message.State{Story: message.Story{ID: id}}.Subject()) })
}
