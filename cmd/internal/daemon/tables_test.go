package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReloadReadsTablesAgainAndKeepsThemWhenOneIsWrong(t *testing.T) {
	cfg := startSites(t).Config(t.TempDir())
	cfg.Sources = nil
	d, _ := start(t, cfg)
	cfg.Tables.Dir = t.TempDir()
	words := filepath.Join(cfg.Tables.Dir, "words.fr.tsv")
	for _, tt := range []struct{ table, want string }{
		{"arest\tv\tcoxer\n", "rawi_config_last_reload_successful 0"},
		{"arrest\tv\tcoxer\n", "rawi_config_last_reload_successful 1"},
	} {
		if err := os.WriteFile(words, []byte(tt.table), 0o600); err != nil {
			t.Fatal(err)
		}
		d.Reload(cfg, nil)
		if body := get(t, d, "/metrics"); !strings.Contains(body, tt.want) {
			t.Errorf("after words %q the metrics lack %q", tt.table, tt.want)
		}
	}
}
