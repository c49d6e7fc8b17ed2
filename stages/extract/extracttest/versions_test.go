package extracttest

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tableDirs hold the tables that articles and their languages, times and facts are read with.
var tableDirs = []string{
	"charset", "dates", "extract", "extract/ar", "extract/concept", "extract/facts", "extract/fr", "extract/number", "extract/page", "extract/when",
	"language", "places", "text",
}

const versions = "testdata/versions.tsv"

var (
	stated = regexp.MustCompile(`(?m)^# Version: ([1-9][0-9]*)\.$`)
	origin = regexp.MustCompile(`Origin: |[Ww]ritten for (rawi|the project|this project)`)
)

// TestTablesStateVersionAndOrigin also notices a table that changed while its version did not: raise it, and run the test with -update.
func TestTablesStateVersionAndOrigin(t *testing.T) {
	var lines []string
	for _, file := range tableFiles(t) {
		table, err := os.ReadFile(filepath.Join("../..", file))
		if err != nil {
			t.Fatal(err)
		}
		head := header(table)
		version := stated.FindSubmatch(head)
		if version == nil {
			t.Errorf(`%s: its header states no version, want a line "# Version: 1."`, file)
			continue
		}
		if !origin.Match(head) {
			t.Errorf("%s: its header does not say where its rows come from", file)
		}
		sum := fnv.New64a()
		sum.Write(table)
		lines = append(lines, fmt.Sprintf("%s\t%s\t%016x\n", file, version[1], sum.Sum64()))
	}
	noted, err := os.ReadFile(versions)
	if err != nil {
		t.Fatal(err)
	}
	raised := true
	for _, line := range lines {
		name := line[:strings.LastIndexByte(line, '\t')+1] // with the version
		switch same := bytes.Contains(noted, []byte(line)); {
		case !same && bytes.Contains(noted, []byte(name)):
			raised = false
			t.Errorf("%s: changed since its version was noted: raise the version in its header, then run this test with -update", name)
		case !same && !*update:
			t.Errorf("%s: not noted yet: run this test with -update", name)
		}
	}
	if *update && raised {
		if err := os.WriteFile(versions, []byte(strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// header is the comment lines that a table begins with.
func header(table []byte) []byte {
	end := 0
	for line := range bytes.Lines(table) {
		if !bytes.HasPrefix(line, []byte("#")) {
			break
		}
		end += len(line)
	}
	return table[:end]
}

func tableFiles(t *testing.T) []string {
	t.Helper()
	root := os.DirFS("../..")
	var files []string
	for _, dir := range tableDirs {
		err := fs.WalkDir(root, dir+"/data", func(path string, _ fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".tsv" {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(files)
	return files
}
