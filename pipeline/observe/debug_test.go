package observe_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rawi/pipeline/observe"
)

// debugServer is the operators' server as it listens on an address.
func debugServer(t *testing.T, ip string) (h http.Handler, level *slog.LevelVar, log *bytes.Buffer) {
	t.Helper()
	level, log = new(slog.LevelVar), new(bytes.Buffer)
	mux := http.NewServeMux()
	observe.Debug(mux, &net.TCPAddr{IP: net.ParseIP(ip), Port: 8420}, observe.Level{
		Var: level, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})),
	})
	return mux, level, log
}

func ask(t *testing.T, h http.Handler, method, url, body string, header ...string) (code int, answer string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestProfilesAreForThisMachineOnly(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "::1", "127.0.0.2"} {
		h, _, _ := debugServer(t, ip)
		for _, path := range []string{"/debug/pprof/", "/debug/pprof/goroutine", "/debug/pprof/cmdline", "/-/loglevel"} {
			if code, body := ask(t, h, http.MethodGet, "http://localhost:8420"+path, ""); code != 200 || body == "" {
				t.Errorf("%s on %s: %d", path, ip, code)
			}
		}
	}
	for _, ip := range []string{"0.0.0.0", "192.0.2.7", "::"} {
		h, _, _ := debugServer(t, ip)
		for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/profile", "/debug/pprof/trace", "/-/loglevel"} {
			code, body := ask(t, h, http.MethodGet, "http://localhost:8420"+path, "")
			if code != http.StatusForbidden || !strings.Contains(body, "admin.listen") {
				t.Errorf("%s on %s: %d %s", path, ip, code, body)
			}
		}
	}
	h, _, _ := debugServer(t, "127.0.0.1")
	for _, name := range []string{"rebound.example", "rebound.example:8420", "localhost.example", "192.0.2.7:8420"} {
		if code, _ := ask(t, h, http.MethodGet, "http://"+name+"/debug/pprof/heap", ""); code != http.StatusForbidden {
			t.Errorf("called %s it answers %d", name, code)
		}
	}
}

func TestTheLogLevelChangesWhileItRuns(t *testing.T) {
	h, level, log := debugServer(t, "127.0.0.1")
	const url = "http://127.0.0.1:8420/-/loglevel"
	if code, body := ask(t, h, http.MethodPut, url, "debug\n"); code != 200 || body != `{"level":"debug"}`+"\n" || level.Level() != slog.LevelDebug {
		t.Errorf("%d %s, the level is %s", code, body, level.Level())
	}
	if code, _ := ask(t, h, http.MethodPut, url, "error"); code != 200 || level.Level() != slog.LevelError {
		t.Errorf("%d, the level is %s", code, level.Level())
	}
	if n := strings.Count(log.String(), "log level changed"); n != 2 {
		t.Errorf("%d changes are told: %s", n, log)
	}
	for _, wrong := range []string{"", "loud", strings.Repeat("debug", 1000), "\u202edebug"} {
		if code, body := ask(t, h, http.MethodPut, url, wrong); code != http.StatusBadRequest || !strings.Contains(body, "debug, info, warn or error") {
			t.Errorf("%.20q: %d %s", wrong, code, body)
		}
	}
	if code, _ := ask(t, h, http.MethodPut, url, "debug", "Sec-Fetch-Site", "cross-site"); code != http.StatusForbidden {
		t.Errorf("a page of another site: %d", code)
	}
	if level.Level() != slog.LevelError {
		t.Errorf("the level is %s", level.Level())
	}
}
