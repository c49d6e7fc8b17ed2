package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestEverySettingHasItsMeaningInTheSample(t *testing.T) {
	all := Settings()
	seen := map[string]Setting{}
	for _, s := range all {
		seen[s.Key] = s
		if s.Meaning == "" || s.Type == "" {
			t.Errorf("%s: what does it mean? rawi.yaml says it behind the key, or above it: %+v", s.Key, s)
		}
	}
	for _, k := range leaves(reflect.TypeFor[Config](), "") {
		if seen[k.path].Variable != k.variable() {
			t.Errorf("%s is left out", k.path)
		}
	}
	for key, want := range map[string]Setting{
		"feed.workers":  {Default: "8", Type: "number", Variable: "RAWI_FEED_WORKERS", Meaning: "polls at once"},
		"crawl.revisit": {Default: "[1h, 6h, 24h]", Type: "list of durations"},
		"log.level":     {Default: "info", Type: "level"},
		"sources[].sections[].budget": {
			Type: "number", Meaning: "new links that are taken from one visit; left out: that of the source",
		},
		"outbound.exceptions[].prefixes": {Type: "list of address prefixes"},
		"sites[].page.begins":            {Type: "text", Meaning: "how the text begins"},
	} {
		got := seen[key]
		if got.Default != want.Default || got.Type != want.Type || want.Variable != "" && got.Variable != want.Variable ||
			want.Meaning != "" && got.Meaning != want.Meaning {
			t.Errorf("%s is %+v, want %+v", key, got, want)
		}
	}
}

func TestMeaningsAreReadFromBesideAndAboveKeys(t *testing.T) {
	got := meaningsOf(strings.Join([]string{
		"# a sample: nothing of this is a key", "", "# ---- part", "", "# Said above, in", "# two lines.", "#dir: /var", "feed:   # of feeds",
		"  workers: 8   # at once", "  url: http://a#b", "  list: []", "  #  - host: x   # beside", "  #    ports: [1]", "top: 1",
	}, "\n"))
	want := map[string]string{
		"dir": "Said above, in two lines.", "feed": "of feeds", "feed.workers": "at once", "feed.url": "", "feed.list": "",
		"feed.list.host": "beside", "feed.list.ports": "", "top": "",
	}
	for key, meaning := range want {
		if said, ok := got[key]; !ok || said != meaning {
			t.Errorf("%s means %q (%v), want %q", key, said, ok, meaning)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}
