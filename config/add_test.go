package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"rawi/config"
)

func riverside() config.Source {
	return config.Source{
		Name: "riverside", Title: "ضفة النهر: 2", Country: "MA", Language: "ar", Kind: "portal", Family: "no", Zone: "Africa/Casablanca",
		Feeds:    []string{"https://riverside.example/feed?a=1&b=#2"},
		Sections: []config.Section{{URL: "https://riverside.example/x", Links: `^/x/\d+: 'a' "b"`, Interval: config.Duration(time.Hour), Budget: 5}},
		FullText: "never", Interval: config.Duration(30 * time.Minute), Budget: 20,
		Paused: true,
	}
}

func TestAddedSourceIsReadAsItWasAndLeavesTheFileAlone(t *testing.T) {
	text := "# mine\nsources: # of my own\n  - {name: courrier, feeds: ['https://courrier.example/feed']}\n"
	path := write(t, "rawi.yaml", text)
	file, err := config.Add(path, "riverside", []config.Source{riverside()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(path), "sources.d", "riverside.yaml"); file != want {
		t.Errorf("written to %s, want %s", file, want)
	}
	l, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Sources) != 2 || !reflect.DeepEqual(l.Sources[1], riverside()) {
		t.Errorf("read back as %+v", l.Sources)
	}
	if got := l.Summary(); !strings.Contains(got, filepath.Join("sources.d", "riverside.yaml")) {
		t.Errorf("summary %q does not name the file", got)
	}
	if kept, _ := os.ReadFile(path); string(kept) != text {
		t.Errorf("the configuration became\n%s", kept)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	added, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(added), "ضفة النهر") || !strings.Contains(string(added), "interval: 30m\n") {
		t.Errorf("the list cannot be read by people: %s (%v)", added, err)
	}
}

func TestWrongSourceIsNotAdded(t *testing.T) {
	path := write(t, "rawi.yaml", oneSource)
	if _, err := config.Add(path, "first", []config.Source{riverside()}, nil); err != nil {
		t.Fatal(err)
	}
	other := riverside()
	other.Name, other.Feeds, other.Sections = "other", []string{"https://other.example/feed"}, nil
	other.Budget = 0
	for _, tt := range []struct {
		name, file, want string
		change           func(*config.Source)
	}{
		{"name that is taken", "a", "stands twice", func(s *config.Source) { s.Name = "courrier" }},
		{"feed that is taken", "a", `one of source "courrier" too`, func(s *config.Source) { s.Paused, s.Feeds = false, []string{"https://courrier.example/feed/"} }},
		{"kind that does not exist", "a", `did you mean "weekly"?`, func(s *config.Source) { s.Kind = "weakly" }},
		{"file that is there", "first", "is there already", func(*config.Source) {}},
		{"file elsewhere", "../a", "cannot be named", func(*config.Source) {}},
		{"source that lies nowhere", "a", "neither feeds nor sections", func(s *config.Source) { s.Feeds = nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := other
			tt.change(&s)
			if file, err := config.Add(path, tt.file, []config.Source{s}, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %s, %v\nwant %s", file, err, tt.want)
			}
			files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), config.OwnDir, "*"))
			if len(files) != 1 {
				t.Errorf("files %v", files)
			}
		})
	}
}

func TestMistakesInOwnFilesNameTheirPlace(t *testing.T) {
	path := write(t, "rawi.yaml", "")
	dir := filepath.Join(filepath.Dir(path), config.OwnDir)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"b.yaml": "sources:\n  - {nam: x}\n", ".hidden.yaml": "no", "notes.txt": "no"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := config.Load(path, nil)
	if want := filepath.Join(dir, "b.yaml") + `:2:6: unknown key "nam"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func FuzzFormatIsReadBack(f *testing.F) {
	f.Add("كود: الخبر", "^/a: b # c", "https://a.example/é?x=%20")
	f.Add("no", "|", "0x10")
	f.Add(" a\n\tb ", "'\"", "~")
	f.Fuzz(func(t *testing.T, title, links, feed string) {
		s := config.Source{Name: "a", Title: title, Feeds: []string{feed}, Sections: []config.Section{{URL: feed, Links: links}}}
		_, _ = config.Format([]config.Source{s}) // fails or reads back; it must not panic
	})
}
