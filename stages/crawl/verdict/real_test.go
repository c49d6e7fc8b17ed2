package verdict

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestRealArticlesAreNotTakenForSomethingElse reads annotated pages of real outlets where they lie beside the checkout: under their own titles, and
// under those that a door or a challenge has and an article may have.
func TestRealArticlesAreNotTakenForSomethingElse(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for ; len(names) == 0 && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		names, _ = filepath.Glob(filepath.Join(filepath.Dir(dir), "shared", "pages", "*", "*.json"))
	}
	if len(names) == 0 {
		t.Skip("no annotated pages beside the checkout")
	}
	var titles []string
	for words, named := range rows().titles {
		if named.bare {
			titles = append(titles, words)
		}
	}
	for _, r := range rows().rows["start"] {
		titles = append(titles, r.text+" et la suite du titre")
	}
	excused := 0
	for _, name := range names {
		body, err := os.ReadFile(name[:len(name)-len("json")] + "html")
		if err != nil {
			t.Fatal(err)
		}
		u := at(t, addressIn(t, name))
		if got := Of(u, u, body); got != "" {
			t.Errorf("%s: taken for %s (title %+q)", filepath.Base(name), got, title(body))
		}
		seen := look(body)
		for _, words := range titles {
			if seen.excuses(byTitle(words)) {
				excused++
			}
		}
	}
	share := float64(excused) / float64(len(names)*len(titles))
	t.Logf("%d pages under %d titles: %.1f %% are known for articles", len(names), len(titles), 100*share)
	if share < 0.9 {
		t.Errorf("only %.1f %% of articles are known for such by their text", 100*share)
	}
}

func addressIn(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sample struct{ URL string }
	if err := json.Unmarshal(b, &sample); err != nil || sample.URL == "" {
		return article
	}
	return sample.URL
}
