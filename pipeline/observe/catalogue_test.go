package observe_test

import (
	"strings"
	"testing"

	"rawi/pipeline/observe"
)

func TestTheCatalogueHasEveryMetricWithItsType(t *testing.T) {
	m := observe.New("test")
	m.Stage("language")
	found := map[string]observe.Described{}
	for _, d := range m.Catalogue() {
		found[d.Name] = d
		if d.Type == "" || d.Help == "" {
			t.Errorf("%+v is not described", d)
		}
	}
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	shown := 0
	for line := range strings.Lines(body) {
		words := strings.Fields(line)
		if len(words) < 4 || words[1] != "TYPE" || !strings.HasPrefix(words[2], "rawi_") {
			continue
		}
		shown++
		if found[words[2]].Type != words[3] {
			t.Errorf("%s is a %s, the catalogue has %+v", words[2], words[3], found[words[2]])
		}
	}
	if shown < 10 || len(found) <= shown {
		t.Errorf("%d metrics shown, %d in the catalogue: it has those without series too", shown, len(found))
	}
}
