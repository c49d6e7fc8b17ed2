package dedup

import (
	"time"

	"rawi/pipeline/message"
)

// aged says of each state in which phase of its life the story is, and when it closes if nothing happens until then. Days count whole: the index
// lets go of stories a day at a time.
func (s *Stage) aged(states []message.State) []message.State {
	for i := range states {
		st := &states[i].Story
		st.Phase, st.Closes = message.PhaseClosed, time.Time{}
		if st.MergedInto != "" || len(states[i].Members) == 0 {
			continue
		}
		const day = 24 * time.Hour
		st.Closes = st.Decision.At.UTC().Truncate(day).Add(day + s.live)
		st.Phase = ""
		st.Phase = st.PhaseAt(st.LastChanged)
	}
	return states
}
