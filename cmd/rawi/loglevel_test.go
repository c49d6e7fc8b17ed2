package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rawi/pipeline/observe"
)

func TestLoglevelAsksAndChangesTheDaemon(t *testing.T) {
	level := new(slog.LevelVar)
	serve := func(ip string) string {
		mux := http.NewServeMux()
		observe.Debug(mux, &net.TCPAddr{IP: net.ParseIP(ip)}, observe.Level{Var: level, Log: slog.New(slog.DiscardHandler)})
		s := httptest.NewServer(mux)
		t.Cleanup(s.Close)
		return strings.TrimPrefix(s.URL, "http://")
	}
	admin := serve("127.0.0.1")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{}, "info\n"}, {[]string{"debug"}, "debug\n"}, {[]string{"--json"}, `{"level":"debug"}` + "\n"}, {[]string{"WARN"}, "warn\n"},
	} {
		out, errs, code := command(t, append([]string{"loglevel", "--admin", admin}, c.args...)...)
		if code != 0 || out != c.want {
			t.Errorf("%v: exit code %d, %q %s", c.args, code, out, errs)
		}
	}
	if _, errs, code := command(t, "loglevel", "loud", "--admin", admin); code != exitUsage || !strings.Contains(errs, "want debug") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	if _, errs, code := command(t, "loglevel", "debug", "--admin", serve("192.0.2.7")); code != exitFailed || !strings.Contains(errs, "admin.listen") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}
