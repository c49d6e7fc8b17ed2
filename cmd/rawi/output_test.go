package main

import (
	"strings"
	"testing"
	"time"

	"rawi/config"
)

func TestLogsGiveTimeSpansWithTheirUnit(t *testing.T) {
	for _, format := range []string{config.FormatJSON, config.FormatText} {
		var b strings.Builder
		newLogger(&b, config.Log{Format: format}).Info("stopped", "took", 1500*time.Millisecond)
		if !strings.Contains(b.String(), "1.5s") {
			t.Errorf("%s: %s", format, b.String())
		}
	}
}
