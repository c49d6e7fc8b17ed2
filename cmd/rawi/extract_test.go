package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"rawi/cmd/internal/dissect"
)

func TestExtractShowsWhatAPageGives(t *testing.T) {
	page := "../../deployments/sites.d/courrier.html"
	out, errs, code := command(t, "extract", page)
	if code != 0 || errs != "" || !strings.Contains(out, "Les quarante-deux marchands") || strings.Contains(out, "\x1b") || strings.Contains(out, "BLOCKS") {
		t.Errorf("%d %s printed\n%s", code, errs, out)
	}
	out, _, code = command(t, "extract", "--explain", page)
	if code != 0 || !strings.Contains(out, "html>body>div.article>div.texte>p\n") || !strings.Contains(out, "\nBLOCKS, ") || !strings.Contains(out, "\n- ") {
		t.Errorf("%d printed\n%s", code, out)
	}
	out, _, code = command(t, "extract", "--json", "-c", sitesBeside(t), "--url", "https://www.courrier.example/ville/12", "--lang", "fr", page)
	var r dissect.Reading
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 {
		t.Fatalf("%d %v\n%s", code, err, out)
	}
	if !r.Explanation.Rule || r.Article.Title != "Les halles rouvrent leurs portes" || r.Method != "given" || strings.Contains(r.Article.Text(), "lettre du matin") {
		t.Errorf("by the rule: got %+v", r)
	}
}

// TestExtractOfAnAddressKeepsTheRules fetches past the guard and asks robots.txt, as the daemon does.
func TestExtractOfAnAddressKeepsTheRules(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /closed\n"))
			return
		}
		http.ServeFile(w, r, "../../deployments/sites.d/courrier.html")
	}))
	defer server.Close()
	if _, errs, code := command(t, "extract", server.URL+"/open"); code == 0 || !strings.Contains(errs, "--allow") {
		t.Errorf("loopback without --allow: %d, %s", code, errs)
	}
	if _, errs, code := command(t, "extract", "--allow", "127.0.0.0/8", server.URL+"/closed"); code == 0 || !strings.Contains(errs, "robots.txt") {
		t.Errorf("closed by robots.txt: %d, %s", code, errs)
	}
	out, errs, code := command(t, "extract", "--allow", "127.0.0.0/8", server.URL+"/open")
	if code != 0 || !strings.Contains(out, "halles du centre") || !strings.Contains(out, server.URL+"/open") {
		t.Errorf("%d %s printed\n%s", code, errs, out)
	}
}

func TestExtractSaysWhatIsWrong(t *testing.T) {
	menu := file(t, "menu.html", `<html lang="fr"><body><nav><ul><li><a href=/>Accueil</a></li><li><a href=/s>Le sport de la ville</a></li></ul></nav></body></html>`)
	out, errs, code := command(t, "extract", "--explain", "--lang", "fr", menu)
	if code != exitFailed || !strings.Contains(errs, "no_article") || !strings.Contains(out, "kind       index") || !strings.Contains(out, "Accueil") {
		t.Errorf("a menu: %d %s printed\n%s", code, errs, out)
	}
	spanish := file(t, "es.txt", "Dos detenidos en Ceuta\n\nLa policía detuvo el jueves en Ceuta a dos hombres que preparaban un viaje, según el comunicado que se publicó el viernes por la tarde.\n")
	if out, errs, code = command(t, "extract", spanish); code != 0 || !strings.Contains(out, "read by    es/no pack") || !strings.Contains(out, "La policía detuvo") {
		t.Errorf("a language without a pack: %d %s printed\n%s", code, errs, out)
	}
	wrong := sitesBeside(t)
	retype(t, filepath.Join(filepath.Dir(wrong), "sites.d", "courrier.yaml"), "2026-03-01\n      authors", "2026-03-07\n      authors")
	for _, tt := range []struct {
		name, want string
		args       []string
	}{
		{"missing file", "no-such", []string{"no-such.html"}},
		{"no address", "--url here", []string{"--url", "here", menu}},
		{"binary", "binary", []string{"--lang", "fr", file(t, "b.html", "\x89PNG\x00\x00\x00")}},
		{"a rule that is wrong", "published is", []string{"-c", wrong, menu, "--lang", "fr"}},
	} {
		out, errs, code := command(t, append([]string{"extract"}, tt.args...)...)
		if code == 0 || !strings.Contains(errs, tt.want) || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%s: %d, printed %q and %q, want one line with %q", tt.name, code, out, errs, tt.want)
		}
	}
}
