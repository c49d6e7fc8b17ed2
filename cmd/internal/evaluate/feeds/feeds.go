// Package feeds measures the reading of feeds against suites of feed files with their expectations.
package feeds

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rawi/stages/feed"
)

// longestLine bounds one line of a manifest in bytes.
const longestLine = 8 << 20

// shownItems is how many items of a feed stand in its result; suites expect nothing of those after them.
const shownItems = 60

// Case is a feed file of a suite: a line of its manifest.
type Case struct {
	ID          json.RawMessage `json:"id"`
	File        string          `json:"file"` // relative to the manifest
	Group       string          `json:"group"`
	SHA256      string          `json:"sha256"`
	ContentType string          `json:"http_content_type"` // as served; often empty
	Usable      bool            `json:"usable"`            // the reference parser gets a title or entries from it
	Reference   int             `json:"reference_entries"` // that the reference parser gets
	Expect      Expectation     `json:"expect"`
	Source      string          `json:"source"`
	ExpectedBy  string          `json:"expect_source"` // who says so: "assertion", "expected-file", "construction", or a weaker one
}

// Result is what was read of a case, in the form that the suites' scorer takes.
type Result struct {
	ID      json.RawMessage `json:"id"`
	Err     string          `json:"err,omitempty"`
	Damaged bool            `json:"damaged"`
	Entries int             `json:"entries"`
	Feed    Head            `json:"feed"`
	Items   []Item          `json:"items"`
}

// Head is what a feed says of itself.
type Head struct {
	Title       string `json:"title"`
	Link        string `json:"link"`
	Description string `json:"description"`
	Language    string `json:"language"`
}

// Item is one item of a feed; times are Unix seconds, nil where there is none.
type Item struct {
	Title     string `json:"title"`
	Link      string `json:"link"`
	ID        string `json:"id"`
	Published *int64 `json:"published"`
	Updated   *int64 `json:"updated"`
	Summary   string `json:"summary"`
	Content   string `json:"content"`
}

// Manifest reads the list of a suite's files. Its errors name the line.
func Manifest(path string) ([]Case, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	var cases []Case
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("read manifest: %s:%d: %w", path, n, err)
		}
		if len(c.ID) == 0 || !filepath.IsLocal(filepath.FromSlash(c.File)) {
			return nil, fmt.Errorf("read manifest: %s:%d: want an id, and a file below the manifest's folder, not %q", path, n, c.File)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read manifest: %s: %w", path, err)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("read manifest: %s lists no files", path)
	}
	return cases, nil
}

// Read reads each case's file below dir as a daemon reads a feed, and hands over its result, in order. It ends with the first error of a
// file that is not there or is not the one that the manifest means, of do, or of ctx.
func Read(ctx context.Context, dir string, cases []Case, do func(Case, Result) error) error {
	for _, c := range cases {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read feed files: %w", err)
		}
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.File)))
		if err != nil {
			return fmt.Errorf("read feed files: %w", err)
		}
		if sum := sha256.Sum256(body); c.SHA256 != "" && hex.EncodeToString(sum[:]) != c.SHA256 {
			return fmt.Errorf("read feed files: %s is not the file that the manifest means: its sha256 differs", c.File)
		}
		read, err := feed.Read(ctx, body, feed.Origin{ContentType: c.ContentType})
		if err := do(c, resultOf(c, read, err)); err != nil {
			return err
		}
	}
	return nil
}

func resultOf(c Case, read feed.Result, err error) Result {
	r := Result{
		ID: c.ID, Damaged: read.Damaged || read.Capped, Entries: len(read.Items), Items: []Item{},
		Feed: Head{Title: read.Title, Link: read.Link, Description: read.Description, Language: read.Language},
	}
	if err != nil {
		r.Err = err.Error()
	}
	for _, i := range read.Items[:min(len(read.Items), shownItems)] {
		r.Items = append(r.Items, Item{
			Title: i.Title, Link: i.Link, ID: i.GUID, Published: unix(i.Published), Updated: unix(i.Updated), Summary: i.Summary, Content: i.Content,
		})
	}
	return r
}

func unix(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	seconds := t.Unix()
	return &seconds
}
