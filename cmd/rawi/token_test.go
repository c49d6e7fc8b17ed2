package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATokenIsPrintedOnceAndItsHashKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	secret, _, code := command(t, "token", "desk", "--file", path)
	if code != 0 || !strings.HasPrefix(secret, "rawi_") || strings.Count(secret, "\n") != 1 {
		t.Fatalf("printed %q, exit %d", secret, code)
	}
	if _, errs, code := command(t, "token", "wall", "--file", path, "--read"); code != 0 {
		t.Fatal(errs)
	}
	kept, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(kept), strings.TrimSpace(secret)) {
		t.Errorf("kept is %s, %v", kept, err)
	}
	lines := strings.Split(strings.TrimSpace(string(kept)), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "desk:") || !strings.HasSuffix(lines[1], ":read") {
		t.Errorf("kept is %q", lines)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if _, errs, code := command(t, "token", "desk", "--file", path); code != 2 || !strings.Contains(errs, "has a token of desk already") {
		t.Errorf("a second token of the name: exit %d, %s", code, errs)
	}
	if _, errs, code := command(t, "token", "a:b"); code != 2 || !strings.Contains(errs, "such as desk") {
		t.Errorf("a wrong name: exit %d, %s", code, errs)
	}
	config := filepath.Join(t.TempDir(), "rawi.yaml")
	write := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("admin: {listen: 0.0.0.0:8420, tokens_file: " + path + "}\n")
	if out, errs, code := command(t, "check", "-c", config); code != 0 || strings.Contains(errs, "there is none") || !strings.Contains(out, "reading the HTTP API needs a token") {
		t.Errorf("check with tokens: exit %d, %s%s", code, out, errs)
	}
	write("admin: {listen: 0.0.0.0:8420, open: true, hosts: ['https://rawi.example']}\n")
	if _, errs, code := command(t, "check", "-c", config); code != 2 || !strings.Contains(errs, "a name alone, such as rawi.example") {
		t.Errorf("check of a host that is none: exit %d, %s", code, errs)
	}
	write("admin: {listen: 0.0.0.0:8420, open: true, hosts: [rawi.example]}\n")
	if _, errs, code := command(t, "check", "-c", config); code != 0 || !strings.Contains(errs, "everybody who reaches") {
		t.Errorf("check of an API that is open: exit %d, %s", code, errs)
	}
	write("admin: {listen: 0.0.0.0:8420}\n")
	if _, errs, code := command(t, "check", "-c", config); code != 0 || !strings.Contains(errs, "admin.open: true") {
		t.Errorf("check of an open port without tokens: exit %d, %s", code, errs)
	}
	write("admin: {tokens_file: /nowhere/tokens}\n")
	if _, errs, code := command(t, "check", "-c", config); code != 2 || !strings.Contains(errs, "admin.tokens_file") {
		t.Errorf("check without the file: exit %d, %s", code, errs)
	}
}
