package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"rawi/cmd/internal/daemon"
	"rawi/config"
)

type runCommand struct {
	Config string `short:"c" help:"Configuration file (YAML). Without one: embedded server, the bundled Maghreb outlets, data in the state directory." type:"path" placeholder:"FILE"`
}

func (c runCommand) Run(ctx context.Context, env environment) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP) // before the start, which can take a while: unheard, the signal would end the process
	defer signal.Stop(hangup)
	load := func() (config.Loaded, error) { return config.Load(c.Config, env.environ) }
	loaded, err := load()
	if err != nil {
		return usageError{err}
	}
	level := new(slog.LevelVar)
	level.Set(loaded.Log.Level)
	log := newLeveledLogger(env.err, loaded.Log, level)
	for _, w := range loaded.Warnings {
		log.Warn("configuration", "warning", w)
	}
	d, err := daemon.Start(ctx, loaded.Config, daemon.Options{Log: log, Version: version(), Level: level, Load: func() (config.Config, error) {
		fresh, err := load()
		return fresh.Config, err
	}})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil // asked to stop while it started
	case err != nil:
		return usageError{err}
	}
	log.Info("rawi runs", "version", version(), "config", c.Config, "sources", loaded.Summary(), "dir", loaded.Dir)
	for {
		select {
		case <-hangup:
			fresh, err := load()
			d.Reload(fresh.Config, err)
		case <-d.Done():
			err := d.Wait()
			log.Info("rawi stopped")
			return err
		}
	}
}
