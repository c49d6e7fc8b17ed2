package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/pipeline"
)

func TestMigrateMovesAStoreAndSaysSo(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "none", 256<<20
	bus, err := pipeline.Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- pipeline.ServeNATS(ctx, t.TempDir(), "127.0.0.1:0", quiet, func(url string) { ready <- url })
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	to := filepath.Join(t.TempDir(), "new.yaml")
	if err := os.WriteFile(to, []byte("max_store_bytes: 268435456\nnats: {url: '"+<-ready+"'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"copied", "was there"} {
		out, errs, code := command(t, "migrate", "--from", cfg.Dir, "--to", to)
		if code != 0 || !strings.Contains(out, "STORIES                   "+want) || !strings.Contains(out, "rawi run -c "+to) {
			t.Errorf("exit code %d, printed:\n%s%s", code, out, errs)
		}
	}
	_, errs, code := command(t, "migrate", "--from", t.TempDir(), "--to", to)
	if code != exitFailed || !strings.Contains(errs, "holds no store of an embedded server") || strings.Count(errs, "\n") != 1 {
		t.Errorf("exit code %d, printed:\n%s", code, errs)
	}
}
