package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestStoriesNamesTheFormOfAWrongFilter(t *testing.T) {
	for _, tt := range []struct{ flag, value, want string }{
		{"--kind", "operations", "operation, incident, disaster"},
		{"--country", "Maroc", "two letters of ISO 3166-1, such as MA"},
		{"--country", "QQ", "two letters of ISO 3166-1, such as MA"},
		{"--language", "arabic", "a BCP 47 tag, such as fr or ar"},
	} {
		var errs bytes.Buffer
		code := run([]string{"stories", "--server", "nats://127.0.0.1:1", tt.flag, tt.value}, environment{out: &errs, err: &errs})
		if code != exitUsage || !strings.Contains(errs.String(), tt.want) {
			t.Errorf("%s %s: exit code %d, %s", tt.flag, tt.value, code, errs.String())
		}
	}
}
