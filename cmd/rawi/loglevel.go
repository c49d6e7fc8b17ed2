package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/config"
)

type loglevelCommand struct {
	Level  string `arg:"" optional:"" help:"debug, info, warn or error; without one the level of now is printed."`
	Config string `short:"c" help:"Configuration of the daemon." type:"path" placeholder:"FILE"`
	Admin  string `help:"Address of the daemon's operators' server, instead of the configured one." placeholder:"HOST:PORT"`
	JSON   bool   `help:"Print JSON."`
}

// Run changes the level of the running daemon, until the next change of its configuration or its next start.
func (c loglevelCommand) Run(ctx context.Context, env environment) error {
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	address, method := loaded.Admin.Listen, http.MethodGet
	if c.Admin != "" {
		address = c.Admin
	}
	if c.Level != "" {
		if err := new(slog.Level).UnmarshalText([]byte(c.Level)); err != nil {
			return usageError{fmt.Errorf("%q is no level: want debug, info, warn or error", c.Level)}
		}
		method = http.MethodPut
	}
	level, err := askLevel(ctx, method, address, c.Level)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, map[string]string{"level": level})
	}
	_, err = fmt.Fprintln(env.out, show.Line(level))
	return err
}

// askLevel asks the daemon and returns its level.
func askLevel(ctx context.Context, method, address, level string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+address+"/-/loglevel", strings.NewReader(level))
	if err != nil {
		return "", fmt.Errorf("admin.listen %q: %w", address, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("the daemon does not answer, is it running with this configuration? %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(res.Body, statusLimit))
	if err != nil {
		return "", fmt.Errorf("read the daemon's answer: %w", err)
	}
	var answer struct{ Level string }
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", res.Status, show.Line(strings.TrimSpace(string(body))))
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", fmt.Errorf("the answer of %s is no level: %w", address, err)
	}
	return answer.Level, nil
}
