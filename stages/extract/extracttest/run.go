// Package extracttest holds the laws that every language pack keeps, and runs its cases, which are files.
package extracttest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/text"
)

var update = flag.Bool("update", false, "rewrite the expectations of the case files from what the pack finds")

// Run checks a language pack: its laws, and every case file (*.txt) in dir. Any other file of dir is the pack's own business.
//
// A case is header lines, an empty line, and the body with empty lines between its blocks. The header lines title, lead, published (RFC 3339), zone and
// country are given to the pack; all others are what it must find, one fact a line, as Describe writes them.
func Run(t *testing.T, lang extract.Language, dir string) {
	t.Helper()
	t.Run("laws", func(t *testing.T) { laws(t, lang) })
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) { runCase(t, lang, name) })
	}
}

func laws(t *testing.T, lang extract.Language) {
	t.Helper()
	if lang.Tag == "" || lang.Version == "" || lang.Analyse == nil {
		t.Fatalf("got tag %q, version %q, Analyse set: %v; want all three", lang.Tag, lang.Version, lang.Analyse != nil)
	}
	for role, phrases := range map[string][]string{
		"cut": lang.Markers.Cut, "drop": lang.Markers.Drop, "read": lang.Markers.Read, "teaser": lang.Markers.Teaser,
	} {
		if len(phrases) == 0 {
			t.Errorf("marker list %q is empty", role)
		}
		for _, p := range phrases {
			fold := text.Fold(p)
			if fold == "" || text.Fold(fold) != fold {
				t.Errorf("marker %q (%+q) does not survive its own folding: %+q", p, p, fold)
			}
		}
	}
	if facts := lang.Analyse(extract.Document{}).Facts; !facts.Empty() {
		t.Errorf("an empty document has facts: %+v", facts)
	}
	lawsOfDocument(t, lang, extract.Document{Blocks: []message.Block{{Kind: message.BlockParagraph, Text: "\u200f"}}})
}

// lawsOfDocument are those that hold for any document.
func lawsOfDocument(t *testing.T, lang extract.Language, d extract.Document) extract.Analysis {
	t.Helper()
	got := lang.Analyse(d)
	if diff := cmp.Diff(got, lang.Analyse(d)); diff != "" {
		t.Errorf("two analyses of one document differ:\n%s", diff)
	}
	if len(got.Roles) != len(d.Blocks) {
		t.Errorf("got %d roles for %d blocks", len(got.Roles), len(d.Blocks))
	}
	for i, role := range got.Roles {
		if role != message.RoleMain && role != message.RoleBackground {
			t.Errorf("block %d: got role %q", i, role)
		}
	}
	for _, facts := range append([]message.Facts{got.Facts}, got.Recalled...) {
		for _, e := range facts.Evidence {
			checkEvidence(t, d, e)
		}
	}
	return got
}

func checkEvidence(t *testing.T, d extract.Document, e message.Evidence) {
	t.Helper()
	passage := d.Title
	if e.Block >= len(d.Blocks) || e.Block < -1 {
		t.Errorf("evidence of %s: block %d of %d", e.Fact, e.Block, len(d.Blocks))
		return
	}
	if e.Block >= 0 {
		passage = d.Blocks[e.Block].Text
	}
	if e.Start < 0 || e.End > len(passage) || e.Start >= e.End {
		t.Errorf("evidence of %s: %d to %d lies outside of block %d, which has %d bytes", e.Fact, e.Start, e.End, e.Block, len(passage))
	}
}

// testCase is one case file.
type testCase struct {
	given    []string // header lines for the pack
	want     []string // header lines of what it must find
	body     string
	document extract.Document
}

func runCase(t *testing.T, lang extract.Language, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCase(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	got := Describe(lawsOfDocument(t, lang, c.document))
	if *update {
		rewritten := strings.Join(append(c.given, got...), "\n") + "\n\n" + c.body
		if err := os.WriteFile(name, []byte(rewritten), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s\ngot in code points: %+q", filepath.Base(name), diff, got)
	}
}

func parseCase(data []byte) (testCase, error) {
	header, body, ok := bytes.Cut(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	if !ok {
		return testCase{}, fmt.Errorf("got no empty line, want header lines, an empty line and the text")
	}
	c := testCase{body: string(body)}
	zone := time.UTC
	for line := range strings.Lines(string(header)) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "title":
			c.document.Title = value
		case "lead":
			c.document.Lead = value
			c.document.Blocks = append(c.document.Blocks, message.Block{Kind: message.BlockLead, Text: value})
		case "country":
			c.document.Outlet.Country = value
		case "zone":
			loaded, err := time.LoadLocation(value)
			if err != nil {
				return testCase{}, fmt.Errorf("read zone: %w", err)
			}
			zone, c.document.Outlet.Zone = loaded, value
		case "published":
			published, err := time.Parse(time.RFC3339, value)
			if err != nil {
				return testCase{}, fmt.Errorf("read time of publication: %w", err)
			}
			c.document.Published, c.document.PublishedKnown = published, true
		default:
			c.want = append(c.want, line)
			continue
		}
		c.given = append(c.given, line)
	}
	c.document.Published = c.document.Published.In(zone)
	for block := range strings.SplitSeq(c.body, "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			c.document.Blocks = append(c.document.Blocks, message.Block{Kind: message.BlockParagraph, Text: block})
		}
	}
	return c, nil
}
