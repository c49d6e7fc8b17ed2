//go:build unix

package dedup_test

import (
	"encoding/json"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// BenchmarkRestore reads a story from its JSON and puts it into memory, as a daemon does at its start with each.
func BenchmarkRestore(b *testing.B) {
	const n = 4000
	var bodies [][]byte
	size := 0
	world(b, newPress(1), n, func(s message.State) {
		body, err := json.Marshal(s)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, body)
		size += len(body)
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(size / len(bodies)))
		for i := 0; b.Loop(); i++ {
			decoded(b, bodies[i%len(bodies)])
		}
	})
	b.Run("apply", func(b *testing.B) {
		var states []message.State
		for _, body := range bodies {
			states = append(states, decoded(b, body))
		}
		s := dedup.New(dedup.Default(), nil)
		for i := 0; b.Loop(); i++ {
			if i%len(states) == 0 {
				s.Reset()
			}
			s.Apply(states[i%len(states)])
		}
	})
}

func decoded(b *testing.B, body []byte) (s message.State) {
	b.Helper()
	if err := json.Unmarshal(body, &s); err != nil {
		b.Fatal(err)
	}
	return s
}
