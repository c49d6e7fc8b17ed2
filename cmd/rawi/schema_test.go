package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSchemaPrintsTheContract(t *testing.T) {
	var out, errs strings.Builder
	env := environment{out: &out, err: &errs}
	if code := run([]string{"schema"}, env); code != 0 || !strings.Contains(out.String(), "story.v1\n") {
		t.Fatalf("exit %d, listed %q, said %q", code, out.String(), errs.String())
	}
	for name := range strings.FieldsSeq(out.String()) {
		var one strings.Builder
		if code := run([]string{"schema", name}, environment{out: &one, err: &errs}); code != 0 || !json.Valid([]byte(one.String())) {
			t.Errorf("%s: exit %d, %q", name, code, errs.String())
		}
	}
	errs.Reset()
	if code := run([]string{"schema", "story.v9"}, env); code != exitUsage || !strings.Contains(errs.String(), "story.v1") {
		t.Errorf("exit %d, said %q", code, errs.String())
	}
}
