package pipeline

import "time"

// Kept is what a stream keeps of the messages on its subjects.
type Kept struct {
	Stream     string
	Subjects   []string
	Age        time.Duration
	PerSubject int64 // latest messages of each subject; 0 means all of that age
}

// Streams lists the streams in the order in which data flows, as every daemon makes them.
func Streams() []Kept {
	var all []Kept
	for _, l := range layouts() {
		all = append(all, Kept{Stream: l.name, Subjects: l.subjects, Age: l.age, PerSubject: l.perSubject})
	}
	return all
}
