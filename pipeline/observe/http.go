package observe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// checkTimeout bounds one check: a probe that hangs tells its caller nothing.
const checkTimeout = 5 * time.Second

// Check returns nil while all is well, and otherwise what is not.
type Check func(ctx context.Context) error

type named struct {
	name  string
	check Check
}

// Health is what the process says of itself. It is safe for concurrent use.
type Health struct {
	mu    sync.Mutex
	live  []named
	ready []named
}

// Live adds a check of the process itself, which a restart would cure: never of a server it depends on.
func (h *Health) Live(name string, c Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.live = append(h.live, named{name, c})
}

// Ready adds a check of whether the process can do its work now.
func (h *Health) Ready(name string, c Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ready = append(h.ready, named{name, c})
}

func (h *Health) checks(pick func(*Health) []named) []named {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(pick(h))
}

// probe answers 200 when every check passes and 503 otherwise; with ?verbose it lists all of them, without it those that fail.
func (h *Health) probe(pick func(*Health) []named) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
		defer cancel()
		verbose := r.URL.Query().Has("verbose")
		code := http.StatusOK
		var out strings.Builder
		for _, c := range h.checks(pick) {
			switch err := c.check(ctx); {
			case err != nil:
				code = http.StatusServiceUnavailable
				fmt.Fprintf(&out, "%s: %s\n", c.name, strings.ReplaceAll(err.Error(), "\n", "; "))
			case verbose:
				fmt.Fprintf(&out, "%s: ok\n", c.name)
			}
		}
		if code == http.StatusOK {
			out.WriteString("ok\n")
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(code)
		_, _ = w.Write([]byte(out.String())) // the prober went away
	}
}

// Handler serves /metrics, /livez and /healthz (the process turns), and /readyz (it can do its work).
func Handler(m *Metrics, h *Health) *http.ServeMux {
	live := h.probe(func(h *Health) []named { return h.live })
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	mux.Handle("GET /livez", live)
	mux.Handle("GET /healthz", live)
	mux.Handle("GET /readyz", h.probe(func(h *Health) []named { return h.ready }))
	return mux
}

// Serve answers on l until ctx ends, then lets requests in hand finish for a moment. It closes l.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	var serving sync.WaitGroup
	serving.Go(func() { failed <- srv.Serve(l) })
	defer serving.Wait()
	select {
	case err := <-failed:
		return fmt.Errorf("serve HTTP on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := srv.Shutdown(timed); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("stop HTTP on %s: %w", l.Addr(), err), srv.Close())
	}
	return nil
}
