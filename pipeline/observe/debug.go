package observe

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof" //nolint:gosec // nothing serves the default mux, on which this registers itself
	"strings"
)

// Level is how much is logged now. It is safe for concurrent use.
type Level struct {
	Var *slog.LevelVar
	Log *slog.Logger // told of changes
}

// Debug adds what only people on this machine may see and change: profiles under /debug/pprof/, and /-/loglevel. They are refused where the
// server listens elsewhere than on a loopback address, and to whoever calls it by another name: a page in a browser may do that.
func Debug(mux *http.ServeMux, listens net.Addr, level Level) {
	guard := func(h http.HandlerFunc) http.Handler { return localOnly(listens, h) }
	mux.Handle("GET /debug/pprof/", guard(pprof.Index))
	mux.Handle("GET /debug/pprof/cmdline", guard(pprof.Cmdline))
	mux.Handle("GET /debug/pprof/profile", guard(pprof.Profile))
	mux.Handle("GET /debug/pprof/symbol", guard(pprof.Symbol))
	mux.Handle("POST /debug/pprof/symbol", guard(pprof.Symbol))
	mux.Handle("GET /debug/pprof/trace", guard(pprof.Trace))
	mux.Handle("GET /-/loglevel", guard(level.show))
	mux.Handle("PUT /-/loglevel", guard(http.NewCrossOriginProtection().Handler(http.HandlerFunc(level.set)).ServeHTTP))
}

func localOnly(listens net.Addr, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, ok := listens.(*net.TCPAddr)
		switch {
		case !ok || !at.IP.IsLoopback():
			http.Error(w, fmt.Sprintf("refused: %s is served on a loopback address only, and admin.listen is %s; set it to 127.0.0.1:8420, "+
				"and reach it through ssh from elsewhere", r.URL.Path, listens), http.StatusForbidden)
		case !local(r.Host):
			http.Error(w, "refused: call this server by its loopback address, such as 127.0.0.1 or localhost", http.StatusForbidden)
		default:
			h(w, r)
		}
	})
}

// local says whether a name is one that this machine alone has.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// longestLevel bounds the body of a request, in bytes.
const longestLevel = 64

func (l Level) show(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	body, _ := json.Marshal(map[string]string{"level": LevelName(l.Var.Level())}) // of strings, which never fails
	_, _ = w.Write(append(body, '\n'))                                            // the caller went away
}

func (l Level) set(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestLevel))
	var level slog.Level
	if err == nil {
		err = level.UnmarshalText([]byte(strings.TrimSpace(string(body))))
	}
	if err != nil {
		http.Error(w, "want debug, info, warn or error as the body", http.StatusBadRequest)
		return
	}
	l.Set(level, "asked for over HTTP")
	l.show(w, r)
}

// Set changes the level, and says so with the reason.
func (l Level) Set(level slog.Level, why string) {
	before := l.Var.Level()
	if before == level {
		return
	}
	l.Var.Set(min(before, level)) // so that it is told
	l.Log.Warn("log level changed", "from", LevelName(before), "to", LevelName(level), "why", why)
	l.Var.Set(level)
}

// LevelName is a level as configurations have it, such as "info".
func LevelName(l slog.Level) string { return strings.ToLower(l.String()) }
