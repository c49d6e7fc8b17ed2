package crawl

import (
	"encoding/json"
	"fmt"
	"time"
)

// HealthOf reads what a schedule keeps of a section: its name, which is the configured URL, when it is due and its state, nil where it was not
// visited yet. It needs no running watcher, and does not know the outlet.
func HealthOf(name string, due time.Time, kept []byte) (SectionHealth, error) {
	h := SectionHealth{URL: shown(name), Next: due}
	if len(kept) == 0 {
		return h, nil
	}
	var s state
	if err := json.Unmarshal(kept, &s); err != nil {
		return h, fmt.Errorf("read state of section: %w", err)
	}
	h.Last, h.Error, h.Failures, h.Links, h.Documents = s.Last, s.Error, s.Failures, s.Links, len(s.Docs)
	return h, nil
}
