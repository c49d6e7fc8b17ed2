//go:build crash

package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/config"
	"rawi/pipeline"
)

// What turns the test binary into one of the processes that are killed.
const (
	childConfig = "RAWI_CRASH_CONFIG" // JSON of the configuration of a daemon
	childNATS   = "RAWI_CRASH_NATS"   // "<dir> <host:port>" of a NATS server
	childNode   = "RAWI_CRASH_NODE"   // JSON of a node of a NATS cluster
)

func TestMain(m *testing.M) {
	run := func() error { os.Exit(m.Run()); return nil }
	switch {
	case os.Getenv(childConfig) != "":
		run = serveDaemon
	case os.Getenv(childNATS) != "":
		run = serveNATS
	case os.Getenv(childNode) != "":
		run = serveNode
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// report is what a child says of itself, a line of JSON each time.
type report struct {
	URL    string       `json:"url,omitempty"`   // of its NATS server
	Admin  string       `json:"admin,omitempty"` // address of its probes
	Ready  bool         `json:"ready"`
	Idle   bool         `json:"idle"`
	Looked time.Time    `json:"looked"` // when the look began that says so
	Sum    pipeline.Sum `json:"sum"`
	Used   usage        `json:"used"`
	Route  string       `json:"route,omitempty"` // where a node of a cluster listens for the others
}

func serveNATS() error {
	var dir, listen string
	if _, err := fmt.Sscan(os.Getenv(childNATS), &dir, &listen); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	return pipeline.ServeNATS(ctx, dir, listen, logger(), func(url string) { say(report{URL: url, Ready: true}) })
}

func serveDaemon() error {
	var cfg config.Config
	if err := json.Unmarshal([]byte(os.Getenv(childConfig)), &cfg); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	d, err := daemon.Start(ctx, cfg, daemon.Options{Log: logger(), Version: "crash"})
	if err != nil {
		return err
	}
	tell(ctx, d)
	return d.Wait()
}

func logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func say(r report) { _ = json.NewEncoder(os.Stdout).Encode(r) } // a parent that is gone has killed us, or will

// tell reports how far the daemon is, ten times a second, until it stops.
func tell(ctx context.Context, d *daemon.Daemon) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for r := (report{URL: d.Bus().ClientURL(), Admin: d.AdminAddress()}); ; {
		r.Used.look(os.Getenv(childSample))
		r.Ready = r.Ready || ready(ctx, d) == nil
		if r.Ready {
			r.look(ctx, d)
		}
		say(r)
		select {
		case <-tick.C:
		case <-d.Done():
			return
		}
	}
}

// look takes the account last. A server that is away makes the daemon busy, not idle, and its last account stands.
func (r *report) look(ctx context.Context, d *daemon.Daemon) {
	timed, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	began := time.Now()
	idle, err := d.Idle(timed)
	sum, sumErr := d.Account(timed)
	r.Looked, r.Idle = began, idle && errors.Join(err, sumErr) == nil
	if sumErr == nil {
		r.Sum = sum
	}
}

// ready asks as a probe of an operator does.
func ready(ctx context.Context, d *daemon.Daemon) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.AdminAddress()+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
		return errors.Join(err, errors.New(res.Status))
	}
	return nil
}
