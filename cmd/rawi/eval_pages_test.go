package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEvalPagesPrintsResultsOrAScore(t *testing.T) {
	title, text, _ := strings.Cut(arrest, "\n\n")
	page := `<html lang="fr"><head><title>` + title + `</title></head><body><article><h1>` + title + `</h1><p>Publié le 17 décembre 2021</p><p>` +
		strings.ReplaceAll(strings.TrimSpace(text), "\n\n", "</p><p>") + `</p></article></body></html>`
	known, err := json.Marshal(map[string]any{"name": "sale", "lang": "fr", "url": nil, "title": title, "date": "2021-12-17", "text": text})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"sale.html": page, "sale.json": string(known)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, errs, code := command(t, "eval", "pages", dir)
	if code != 0 || strings.Count(out, "\n") != 1 || !strings.Contains(out, `"name":"sale"`) || !strings.Contains(out, `"published":"2021-12-17T`) || errs != "" {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	out, errs, code = command(t, "eval", "pages", "--score", "--times", "2", dir)
	if code != 0 || !strings.Contains(out, `"pages":1,"errors":0,`) || !strings.Contains(out, `"titles_right":1,`) || !strings.Contains(out, `"p99":`) {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if _, errs, code = command(t, "eval", "pages", t.TempDir()); code != exitUsage || !strings.Contains(errs, "holds no pages") {
		t.Errorf("an empty folder: %d %s", code, errs)
	}
}
