package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sitesBeside copies the sample of rules for sites beside a new configuration, whose path it returns.
func sitesBeside(t *testing.T) (config string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "sites.d"), os.DirFS("../../deployments/sites.d")); err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(dir, "rawi.yaml")
	if err := os.WriteFile(config, []byte("sources: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// retype replaces words of a file.
func retype(t *testing.T, path, before, after string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), before) {
		t.Fatalf("%s does not hold %q", path, before)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), before, after)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckReadsThePageOfEveryRule(t *testing.T) {
	out, errs, code := command(t, "check", "-c", sitesBeside(t))
	if code != 0 || !strings.Contains(out, "1 rule") {
		t.Fatalf("the sample: %d %s%s", code, out, errs)
	}
	for _, tt := range []struct{ name, before, after, want string }{
		{"courrier.yaml", "div.texte", "div[", `body: "div.chapo, div[" is no CSS selector`},
		{"courrier.yaml", "remove: [.encart]", "remove: [.rien]", `the text holds "essayez notre lettre"`},
		{"courrier.yaml", "remove:", "removes:", `did you mean "remove"?`},
		{"courrier.yaml", "file: courrier.html", "file: autre.html", "autre.html"},
		{"courrier.html", `class="texte"`, `class="corps"`, "ends is"},
		{"courrier.html", "1er mars", "2 mars", "published is"},
	} {
		config := sitesBeside(t)
		retype(t, filepath.Join(filepath.Dir(config), "sites.d", tt.name), tt.before, tt.after)
		_, errs, code := command(t, "check", "-c", config)
		if code != exitUsage || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s instead of %s: %d, got %s, want one line with %q", tt.after, tt.before, code, errs, tt.want)
		}
	}
}
