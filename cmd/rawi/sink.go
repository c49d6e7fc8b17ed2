package main

import (
	"fmt"
	"strings"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
)

// sinkLines are a table of the sinks, with what keeps each from delivering.
func sinkLines(sinks []pipeline.SinkStatus) string {
	if len(sinks) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-24s %-8s %8s %10s %8s %6s\n", "SINK", "TO", "PENDING", "DELIVERED", "RETRIED", "DEAD")
	for _, s := range sinks {
		fmt.Fprintf(&b, "%-24s %-8s %8d %10d %8d %6d\n", show.Line(s.Name), show.Line(s.Kind), s.Lag, s.Delivered, s.Retried, s.Dead)
		if s.Trouble != "" {
			fmt.Fprintf(&b, "  %s\n", show.Line(s.Trouble))
		}
	}
	return b.String()
}
