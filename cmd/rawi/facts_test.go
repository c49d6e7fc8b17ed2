package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/cmd/internal/annotate"
)

const arrest = "Salé : deux hommes arrêtés\n\nLa police a arrêté jeudi à Salé deux hommes âgés de 19 et 25 ans, selon la DGSN.\n" +
	"\nPour rappel, une cellule de quatre personnes avait été démantelée à Nador en mars 2021.\n"

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readings(t *testing.T, args ...string) annotate.Reading {
	t.Helper()
	out, errs, code := command(t, append([]string{"facts", "--json"}, args...)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var r annotate.Reading
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFactsOfAText(t *testing.T) {
	r := readings(t, file(t, "report.txt", arrest), "--published", "2021-12-17")
	f := r.Main.Facts
	if f.Day == nil || f.Day.From != "2021-12-16" || f.Arrested == nil || f.Arrested.N != 2 || r.Published.Origin != "given" {
		t.Errorf("facts %+v, published %+v", f, r.Published)
	}
	if len(r.Recalled) != 1 || r.Recalled[0].Facts.Places[0].ID != "ma-nador" || len(r.Recalled[0].Passages) == 0 {
		t.Errorf("recalled %+v", r.Recalled)
	}
}

func TestFactsAreShownMarked(t *testing.T) {
	out, errs, code := command(t, "facts", file(t, "report.txt", arrest), "--published", "2021-12-17T18:00:00Z")
	if code != 0 || !strings.Contains(out, "[jeudi]") || !strings.Contains(out, "RECALLED 1") || strings.Contains(out, "\x1b") {
		t.Errorf("exit code %d, %s, printed:\n%s", code, errs, out)
	}
}

// TestFactsOfAnAddressKeepTheRules fetches past the guard: a loopback address is refused unless it is allowed, and robots.txt is heeded.
func TestFactsOfAnAddressKeepTheRules(t *testing.T) {
	title, rest, _ := strings.Cut(arrest, "\n\n")
	page := `<!doctype html><html lang="fr"><head><title>` + title + `</title><meta property="article:published_time" content="2021-12-17T18:00:00Z"></head>` +
		`<body><article><h1>` + title + `</h1><p>` + strings.ReplaceAll(strings.TrimSpace(rest), "\n\n", "</p><p>") + `</p></article></body></html>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /closed\n"))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	defer server.Close()

	if _, errs, code := command(t, "facts", server.URL+"/open"); code == 0 || !strings.Contains(errs, "--allow") {
		t.Errorf("loopback without --allow: exit code %d, %s", code, errs)
	}
	if _, errs, code := command(t, "facts", "--allow", "127.0.0.0/8", server.URL+"/closed"); code == 0 || !strings.Contains(errs, "robots.txt") {
		t.Errorf("closed by robots.txt: exit code %d, %s", code, errs)
	}
	r := readings(t, "--allow", "127.0.0.0/8", server.URL+"/open")
	if r.Title != title || r.Main.Facts.Day == nil || r.Main.Facts.Day.From != "2021-12-16" || r.Main.Facts.Arrested.N != 2 {
		t.Errorf("reading %+v", r)
	}
}

// TestFactsAreReadByTheRuleOfASite: the daemon would not see what the rule takes out.
func TestFactsAreReadByTheRuleOfASite(t *testing.T) {
	page, err := os.ReadFile("../../deployments/sites.d/courrier.html")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	defer server.Close()
	config := sitesBeside(t)
	rule := filepath.Join(filepath.Dir(config), "sites.d", "courrier.yaml")
	retype(t, rule, "courrier.example", "127.0.0.1")
	r := readings(t, "-c", config, "--allow", "127.0.0.0/8", "--lang", "fr", server.URL+"/12-halles")
	if r.Title != "Les halles rouvrent leurs portes" {
		t.Errorf("got the title %q, want the one that the rule selects", r.Title)
	}
}

func TestFactsSayWhatIsWrong(t *testing.T) {
	english := file(t, "english.txt", "The police arrested two men in Salé on Thursday, officials said, and both of them are being held in the city.\n")
	for _, tt := range []struct {
		name, want string
		args       []string
	}{
		{"missing file", "no-such", []string{"no-such.txt"}},
		{"another language", "written in en", []string{english}},
		{"unknown language", "facts are read in ar, fr", []string{"--lang", "xx", english}},
		{"unknown source", "no such source", []string{"--source", "nobody", english}},
		{"bad time", "--published soon", []string{"--published", "soon", english}},
		{"bad prefix", "--allow here", []string{"--allow", "here", "http://127.0.0.1/"}},
		{"nothing to read", "no_text", []string{file(t, "empty.txt", "")}},
		{"no text", "binary", []string{"--lang", "fr", file(t, "binary.txt", "\x00\x01\x02\x03")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, code := command(t, append([]string{"facts"}, tt.args...)...)
			if code == 0 || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 {
				t.Errorf("exit code %d, printed %q and %q, want one line with %q", code, out, errs, tt.want)
			}
		})
	}
}
