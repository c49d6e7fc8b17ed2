package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/doctor"
)

// consult writes a configuration and returns what rawi doctor finds, by check.
func consult(t *testing.T, text string, args ...string) (found map[string]doctor.Check, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := command(t, append([]string{"doctor", "--json", "-c", file}, args...)...)
	var report doctor.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v: %s%s", err, out, errs)
	}
	found = map[string]doctor.Check{}
	for _, c := range report.Checks {
		if (c.State != doctor.OK) == (c.Do == "") {
			t.Errorf("%+v: what is not well says what to do, and nothing else does", c)
		}
		found[c.Name] = c
	}
	if (report.Failed > 0) != (code == exitFailed) {
		t.Errorf("%d checks failed, exit code %d: %s", report.Failed, code, errs)
	}
	return found, code
}

// apart is a configuration with a store of its own, and no daemon.
func apart(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("dir: %s\nlisten: 127.0.0.1:1\nadmin: {listen: 127.0.0.1:1}\nmax_store_bytes: 67108864\n", t.TempDir())
}

func TestDoctorWithoutADaemonWarnsAndFailsNothing(t *testing.T) {
	found, code := consult(t, apart(t))
	for name, want := range map[string]string{
		"build": doctor.OK, "daemon": doctor.Warn, "nats": doctor.Warn, "disk": doctor.OK, "dns": doctor.OK,
	} {
		if found[name].State != want {
			t.Errorf("%s: got %+v, want %s", name, found[name], want)
		}
	}
	for _, name := range []string{"configuration", "fsync", "memory", "files"} { // as the machine has it
		if found[name].Found == "" {
			t.Errorf("%s was not looked at", name)
		}
	}
	if _, asked := found["source"]; asked || code == exitUsage {
		t.Errorf("exit code %d, a source was asked: %v", code, asked)
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	ill := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "pipeline: the store is full", http.StatusServiceUnavailable)
	}))
	t.Cleanup(ill.Close)
	for name, c := range map[string]struct{ config, check, want string }{
		"an unknown key":      {"fed: {}\n", "configuration", `did you mean "feed"`},
		"a foreign directory": {apartBut(t, "dir", foreign), "disk", "thesis.txt"},
		"a server that is away": {
			apart(t) + "start_timeout: 1s\nnats: {url: 'nats://desk:s3cret@127.0.0.1:1'}\n", "nats", "connect to NATS",
		},
		"a daemon that is not ready": {apartBut(t, "admin", "{listen: '"+strings.TrimPrefix(ill.URL, "http://")+"'}"), "daemon", "the store is full"},
	} {
		t.Run(name, func(t *testing.T) {
			found, code := consult(t, c.config)
			got := found[c.check]
			if got.State != doctor.Fail || !strings.Contains(got.Found, c.want) || code != exitFailed {
				t.Errorf("exit code %d, %+v: want a failure with %q", code, got, c.want)
			}
			if strings.Contains(fmt.Sprint(found), "s3cret") {
				t.Errorf("a password is told: %v", found)
			}
		})
	}
}

// apartBut is apart with another value of one key.
func apartBut(t *testing.T, key, value string) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(apart(t)) {
		if strings.HasPrefix(line, key+":") {
			line = key + ": " + value + "\n"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}

func TestDoctorNamesADeadNameServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(file, []byte(apart(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := run([]string{"doctor", "-c", file}, environment{
		out: &out, err: io.Discard, resolve: func(context.Context) error { return errors.New("server misbehaving") },
	})
	if code != exitFailed || !strings.Contains(out.String(), "fail  dns            server misbehaving") {
		t.Errorf("exit code %d:\n%s", code, out.String())
	}
}

func TestDoctorTellsANameServerOfANetworkApartFromADeadOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rawi.yaml")
	if err := os.WriteFile(file, []byte(apart(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := run([]string{"doctor", "-c", file}, environment{
		out: &out, err: io.Discard, resolve: func(context.Context) error { return &net.DNSError{Err: "no such host", IsNotFound: true} },
	})
	if code == exitFailed && strings.Contains(out.String(), "fail  dns") || !strings.Contains(out.String(), "warn  dns            the name server answers") {
		t.Errorf("exit code %d:\n%s", code, out.String())
	}
}

func TestDoctorTellsHowStreamsHaveDrifted(t *testing.T) {
	s := startSmall(t)
	of := apart(t) + "nats: {url: '" + s.url + "'}\n"
	found, _ := consult(t, of, "--source", "none")
	if c := found["nats"]; c.State != doctor.OK {
		t.Errorf("got %+v", c)
	}
	if c := found["clock"]; c.State != doctor.OK {
		t.Errorf("one clock is not as itself: %+v", c)
	}
	if c := found["streams"]; !strings.Contains(c.Found, "no stage reads stream LANG") || !strings.Contains(c.Found, "stream RAW: MaxBytes is") {
		t.Errorf("of streams for a larger store, with one stage: %+v", c)
	}
	if c := found["source"]; c.State != doctor.Fail {
		t.Errorf("a source that nobody has: %+v", c)
	}
	right := strings.Replace(of, "67108864", "268435456", 1)
	found, _ = consult(t, right)
	if c := found["streams"]; strings.Contains(c.Found, "MaxBytes") {
		t.Errorf("got %+v", c)
	}
}

func TestDoctorAsksOneSourceOnce(t *testing.T) {
	asked, age := 0, time.Hour
	outlet := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Date", time.Now().Add(-age).UTC().Format(http.TimeFormat))
		_, _ = w.Write([]byte(arabicFeed))
	}))
	t.Cleanup(outlet.Close)
	of := apart(t) + "sources: [{name: courrier, title: Courrier, country: MA, language: ar, feeds: ['" + outlet.URL + "/feed'], allow: [127.0.0.0/8]}]\n"
	if consult(t, of); asked != 0 {
		t.Fatalf("%d requests to an outlet that nobody named", asked)
	}
	found, code := consult(t, of, "--source", "courrier")
	if c := found["source"]; c.State != doctor.OK || !strings.Contains(c.Found, "items: 1") || asked != 1 {
		t.Errorf("%d requests, %+v", asked, c)
	}
	if c := found["clock"]; c.State != doctor.Fail || !strings.Contains(c.Found, "ahead of") || code != exitFailed {
		t.Errorf("our clock is an hour ahead, exit code %d: %+v", code, c)
	}
	guarded := strings.Replace(of, ", allow: [127.0.0.0/8]", "", 1)
	found, _ = consult(t, guarded, "--source", "courrier")
	if c := found["source"]; c.State != doctor.Fail || asked != 2-1 {
		t.Errorf("a loopback address that nobody allowed: %d requests, %+v", asked, c)
	}
}

func TestWhatTheDoctorSaysFitsTheTerminal(t *testing.T) {
	var out bytes.Buffer
	err := printDoctor(&out, doctor.Report{Checks: []doctor.Check{
		{Name: "configuration", State: doctor.Warn, Found: strings.Repeat("les réglages \u202e\x1b[31m", 30), Do: strings.Repeat("corriger ", 30)},
	}}, 80)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if w := runewidth.StringWidth(strings.TrimSpace(line)); w > 80 || strings.ContainsAny(line, "\u202e\x1b") {
			t.Errorf("%d cells: %+q", w, line)
		}
	}
}
