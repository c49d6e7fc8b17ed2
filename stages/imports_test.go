package stages_test

import (
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"rawi/stages"
	"rawi/stages/places"
)

// The map of the layout: what each package may import of ours. A prefix that ends in "/" stands for everything below it, "." for
// everything below the stage that the package belongs to. The first row that matches a package decides.
var allowed = []struct {
	packages string
	imports  []string
}{
	{"rawi/pipeline/message", nil},
	{"rawi/pipeline/message/schema", nil},
	{"rawi/pipeline/fault", nil},
	{"rawi/pipeline/observe", []string{"rawi/pipeline/message"}},
	{"rawi/pipeline/moment", nil},
	{"rawi/pipeline/near", nil},
	{"rawi/pipeline/api", []string{"rawi/pipeline", "rawi/pipeline/client", "rawi/pipeline/message", "rawi/pipeline/message/schema", "rawi/pipeline/moment", "rawi/pipeline/near"}},
	{"rawi/pipeline/outbound", []string{"rawi/pipeline/fault"}},
	{"rawi/pipeline/client", []string{"rawi/pipeline/message"}},
	{"rawi/pipeline/sink", []string{"rawi/pipeline/message", "rawi/pipeline/client", "rawi/pipeline/outbound"}},
	{"rawi/pipeline", []string{"rawi/pipeline/message", "rawi/pipeline/fault", "rawi/pipeline/observe", "rawi/pipeline/client"}},
	{"rawi/stages/tsv", nil},
	{"rawi/stages/silence", nil},
	{"rawi/stages/text", []string{"rawi/stages/tsv"}},
	{"rawi/stages/charset", []string{"rawi/stages/tsv"}},
	{"rawi/stages/dates", []string{"rawi/stages/text", "rawi/stages/tsv", "rawi/pipeline/message"}},
	{"rawi/stages/places", []string{"rawi/stages/text", "rawi/stages/tsv"}},
	{"rawi/stages/extract/fr", stage("rawi/stages/extract", "rawi/stages/extract/")},
	{"rawi/stages/extract/ar", stage("rawi/stages/extract", "rawi/stages/extract/")},
	{"rawi/stages/extract/extracttest", stage("rawi/stages/extract", "rawi/stages/extract/")},
	{"rawi/stages/extract/", stage("rawi/stages/extract/")}, // not the packs: see TestEngineKnowsNoPack
	{"rawi/stages/extract", stage("rawi/stages/extract/")},
	{"rawi/stages/", stage(".")},
	{"rawi/stages", []string{"rawi/pipeline", "rawi/pipeline/message", "rawi/stages/"}},
	{"rawi/config", []string{
		"rawi/pipeline", "rawi/pipeline/api", "rawi/pipeline/message", "rawi/pipeline/near", "rawi/pipeline/observe", "rawi/pipeline/outbound",
		"rawi/pipeline/sink", "rawi/stages/",
	}},
	{"rawi/deployments/examples/", []string{"rawi/pipeline/client"}},
	{"rawi/cmd/", []string{"rawi/"}},
}

// stage is what every stage may import, and what else this one may.
func stage(more ...string) []string {
	return append([]string{
		"rawi/pipeline/message", "rawi/pipeline/fault", "rawi/stages/text", "rawi/stages/tsv", "rawi/stages/charset", "rawi/stages/dates",
		"rawi/stages/places", "rawi/stages/silence",
	}, more...)
}

// only says who alone may import a third party.
var only = map[string][]string{
	"github.com/nats-io/":             {"rawi/pipeline", "rawi/pipeline/client"},
	"github.com/prometheus/":          {"rawi/pipeline/observe"},
	"go.opentelemetry.io/":            {"rawi/pipeline/observe"},
	"github.com/pemistahl/lingua-go":  {"rawi/stages/language"},
	"github.com/mmcdole/gofeed":       {"rawi/stages/feed"},
	"github.com/gocolly/colly/v2":     {"rawi/stages/crawl"},
	"github.com/alecthomas/kong":      {"rawi/cmd/rawi"},
	"go.yaml.in/yaml/":                {"rawi/config", "rawi/cmd/internal/demo"},
	"codeberg.org/readeck/":           {"rawi/stages/extract/page"},
	"github.com/markusmobius/":        {"rawi/stages/extract/page"},
	"github.com/blevesearch/snowball": {"rawi/stages/text"},
}

func TestImportsFollowTheMap(t *testing.T) {
	for name, imports := range packages(t) {
		rule := slices.IndexFunc(allowed, func(row struct {
			packages string
			imports  []string
		},
		) bool {
			return covers(row.packages, name)
		})
		if rule < 0 {
			t.Errorf("%s stands outside the layout; see README.md", name)
			continue
		}
		for _, imported := range imports {
			if strings.HasPrefix(imported, "rawi/") && !permits(allowed[rule].imports, name, imported) {
				t.Errorf("%s imports %s: that arrow is not on the map; usually a message lacks a field", name, imported)
			}
			for party, users := range only {
				if strings.HasPrefix(imported, party) && !slices.Contains(users, name) {
					t.Errorf("%s imports %s, which is for %v alone", name, imported, users)
				}
			}
		}
	}
}

// TestEngineKnowsNoPack lets only the table of contents name the language packs, so that a language stays one folder and one line.
func TestEngineKnowsNoPack(t *testing.T) {
	packs := packFolders(t)
	for name, imports := range packages(t) {
		for _, imported := range imports {
			for _, pack := range packs {
				if covers(pack, imported) && name != "rawi/stages" && !strings.HasPrefix(name, pack) {
					t.Errorf("%s imports the language pack %s", name, imported)
				}
			}
		}
	}
}

// TestEveryPackIsListed notices a folder that nobody registered: its articles would pile up unread.
func TestEveryPackIsListed(t *testing.T) {
	var listed []string
	for _, l := range stages.Languages(places.Default()) {
		listed = append(listed, "rawi/stages/extract/"+l.Tag)
	}
	for _, pack := range packFolders(t) {
		if !slices.Contains(listed, pack) {
			t.Errorf("%s is missing in stages.Languages(places.Default())", pack)
		}
	}
}

// packFolders are the folders under stages/extract that are named after a language: two letters.
func packFolders(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("extract")
	if err != nil {
		t.Fatal(err)
	}
	var packs []string
	for _, e := range entries {
		if e.IsDir() && len(e.Name()) == 2 {
			packs = append(packs, "rawi/stages/extract/"+e.Name())
		}
	}
	if len(packs) < 2 {
		t.Fatalf("found only %v", packs)
	}
	return packs
}

func TestContractUsesTheStandardLibraryOnly(t *testing.T) {
	all := packages(t)
	for _, name := range []string{"rawi/pipeline/message", "rawi/pipeline/fault"} {
		for _, imported := range all[name] {
			if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// TestTopLevelIsFixed keeps the root to what the layout names and what tools demand.
func TestTopLevelIsFixed(t *testing.T) {
	fixed := []string{
		"cmd", "pipeline", "stages", "config", "deployments", "go.mod", "go.sum", "README.md", "LICENSE", "CHANGELOG.md",
		".ci", ".git", ".gitignore", ".golangci.yml",
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(fixed, e.Name()) && !ignored(t, e.Name()) {
			t.Errorf("%s stands at the top level; the layout is fixed: %v", e.Name(), fixed)
		}
	}
}

func ignored(t *testing.T, name string) bool {
	t.Helper()
	patterns, err := os.ReadFile("../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	for pattern := range strings.Lines(string(patterns)) {
		if ok, _ := path.Match(strings.Trim(pattern, "/\n"), name); ok {
			return true
		}
	}
	return false
}

// packages lists every package of ours with what it imports, tests left out: a test may look further than its package.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "rawi/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		found[fields[0]] = fields[1:]
	}
	if len(found) < 10 {
		t.Fatalf("go list found only %d packages: the check would pass on nothing", len(found))
	}
	return found
}

func permits(rules []string, importer, imported string) bool {
	return slices.ContainsFunc(rules, func(rule string) bool {
		if rule == "." {
			rule = strings.Join(strings.Split(importer, "/")[:3], "/") + "/"
		}
		return covers(rule, imported)
	})
}

func covers(rule, name string) bool {
	if strings.HasSuffix(rule, "/") {
		return strings.HasPrefix(name, rule)
	}
	return rule == name
}
