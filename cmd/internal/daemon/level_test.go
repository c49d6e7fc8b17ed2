package daemon_test

import (
	"context"
	"log/slog"
	"testing"

	"rawi/cmd/internal/daemon"
	"rawi/config"
)

func TestAReloadSetsTheConfiguredLogLevel(t *testing.T) {
	cfg := config.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes, cfg.Admin.Listen = t.TempDir(), "none", 256<<20, "127.0.0.1:0"
	level := new(slog.LevelVar)
	ctx, stop := context.WithCancel(t.Context())
	d, err := daemon.Start(ctx, cfg, daemon.Options{Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), Version: "test", Level: level})
	if err != nil {
		t.Fatal(err)
	}
	get(t, d, "/-/loglevel")
	get(t, d, "/debug/pprof/goroutine?debug=1")
	level.Set(slog.LevelDebug) // as a person at the command line does
	cfg.Log.Level = slog.LevelWarn
	d.Reload(cfg, nil)
	if level.Level() != slog.LevelWarn {
		t.Errorf("the level is %s", level.Level())
	}
	stop()
	if err := d.Wait(); err != nil {
		t.Error(err)
	}
}
