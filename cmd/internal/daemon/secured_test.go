//go:build examples

package daemon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"rawi/pipeline"
	"rawi/pipeline/client"
)

const natsFolder = "../../../deployments/nats"

// secured is a NATS server with the files that ship: TLS, and users with permissions.
type secured struct {
	daemon pipeline.External // how rawi connects
	desk   string            // file with the seed of the reader
	certs  string            // folder of what certs.sh makes
}

// secureServer runs the NATS server itself on the shipped files, with pairs of old and new texts in them.
func secureServer(t *testing.T, changes ...string) secured {
	t.Helper()
	dir := t.TempDir()
	s := secured{desk: dir + "/desk.nk", certs: dir + "/tls"}
	s.daemon = pipeline.External{NKey: dir + "/pipeline.nk", CA: s.certs + "/ca.pem", Cert: s.certs + "/rawi.pem", Key: s.certs + "/rawi.key"}
	makeCertificates(t, s.certs)
	changes = append(
		changes, "/etc/nats/tls", s.certs, "store_dir: /data", "store_dir: "+dir+"/data", "listen: 0.0.0.0:4222", "listen: 127.0.0.1:-1",
		"http: 127.0.0.1:8222", fmt.Sprintf("ports_file_dir: %q", dir),
	)
	copyChanged(t, dir, changes)
	// The daemons of the test end before their server does, and they end when the test's context has.
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), build(t, "github.com/nats-io/nats-server/v2"), "-c", dir+"/single.conf")
	cmd.Env = append(os.Environ(), "NATS_PIPELINE_NKEY="+nkey(t, s.daemon.NKey), "NATS_DESK_NKEY="+nkey(t, s.desk))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = cmd.Wait()
	})
	wait(t, "the NATS server to listen", func(context.Context) (bool, error) {
		s.daemon.URL = listens(dir)
		return s.daemon.URL != "", nil
	})
	return s
}

// listens is where the server of a folder says that it does; empty before it does.
func listens(dir string) string {
	files, _ := filepath.Glob(dir + "/*.ports")
	for _, f := range files {
		var ports struct{ NATS []string }
		data, _ := os.ReadFile(f)
		if json.Unmarshal(data, &ports) == nil && len(ports.NATS) > 0 {
			return ports.NATS[0]
		}
	}
	return ""
}

// copyChanged copies the shipped files. Each old text of changes has to be there.
func copyChanged(t *testing.T, dir string, changes []string) {
	t.Helper()
	all := ""
	for _, name := range []string{"single.conf", "accounts.conf", "tls.conf"} {
		data, err := os.ReadFile(natsFolder + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(data)
		text := strings.NewReplacer(changes...).Replace(string(data))
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(all, changes[i]) {
			t.Fatalf("no shipped file holds %q", changes[i])
		}
	}
}

func makeCertificates(t *testing.T, dir string) {
	t.Helper()
	script, err := filepath.Abs(natsFolder + "/certs.sh")
	if err == nil {
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", script, "127.0.0.1")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
}

func nkey(t *testing.T, file string) string {
	t.Helper()
	public, err := pipeline.MakeNKey(file)
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// build compiles a program of this module or of one that it needs.
func build(t *testing.T, program string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, program).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", program, err, out)
	}
	return path
}

// A reader with a password stands in for the one with a key: the example in Python knows no keys.
var withPassword = []string{"nkey: $NATS_DESK_NKEY", `user: desk, password: "pa/ss"`}

// TestExamplesInGoAndPythonOverTLS reads as a reader with few permissions, from a server that wants a certificate of whoever connects.
func TestExamplesInGoAndPythonOverTLS(t *testing.T) {
	t.Setenv("NATS_INBOX_PREFIX", "_INBOX_desk")
	for name, s := range map[string]secured{"go": secureServer(t), "python": secureServer(t, append(withPassword, "# verify: true ", "verify: true ")...)} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("NATS_CA", s.daemon.CA)
			cfg := startSites(t).Config(t.TempDir())
			cfg.NATS = s.daemon
			d, _ := start(t, cfg)
			wait(t, "the press to be read", d.Idle)
			p := example{name: name, url: s.daemon.URL, argv: []string{build(t, "rawi/deployments/examples/go")}, flag: "-"}
			if name == "python" {
				p = example{name: name, url: strings.Replace(s.daemon.URL, "://", "://desk:pa%2Fss@", 1), argv: python(), flag: "--"}
				t.Setenv("NATS_CERT", s.daemon.Cert)
				t.Setenv("NATS_KEY", s.daemon.Key)
			} else {
				t.Setenv("NATS_NKEY", s.desk)
			}
			q := client.Query{Countries: []string{"MA"}}
			want := currentBy(t, client.Options{URL: s.daemon.URL, NKey: s.daemon.NKey, CA: s.daemon.CA, Cert: s.daemon.Cert, Key: s.daemon.Key}, q)
			if got := p.run(t, q, len(want)); !slices.Equal(got, want) {
				t.Errorf("got %d stories:\n%s\nwant %d:\n%s", len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
			}
			if name == "python" {
				refusesOverTLS(t, s)
			}
		})
	}
}

// refusesOverTLS has the example in Python told each of its settings wrong. It never goes on without what it was told to check.
func refusesOverTLS(t *testing.T, s secured) {
	t.Helper()
	right := strings.Replace(s.daemon.URL, "://", "://desk:pa%2Fss@", 1)
	for _, wrong := range []struct{ what, name, value, want string }{
		{"no TLS", "NATS_URL", strings.Replace(right, "tls://", "nats://", 1), "wants tls://"},
		{"another authority", "NATS_CA", "", "NATS_CA names the authority"},
		{"another name", "NATS_URL", strings.Replace(right, "127.0.0.1", "localhost", 1), "NATS_CA names the authority"},
		{"no file", "NATS_CA", s.certs + "/none.pem", "want PEM files"},
		{"no certificate", "NATS_CERT", "", "NATS_CERT"},
		{"another password", "NATS_URL", strings.Replace(right, "pa%2Fss", "wrong", 1), "Authorization Violation"},
		{"another inbox", "NATS_INBOX_PREFIX", "_INBOX", "NATS_INBOX_PREFIX names its inbox"},
		{"no host", "NATS_URL", "tls://desk:pa%2Fss@", "NATS_URL wants one server"},
	} {
		t.Run(wrong.what, func(t *testing.T) {
			t.Setenv("NATS_URL", right)
			t.Setenv(wrong.name, wrong.value)
			argv := python()
			said, err := exec.CommandContext(t.Context(), argv[0], append(argv[1:], "--count", "1")...).CombinedOutput()
			if err == nil || !strings.Contains(string(said), wrong.want) {
				t.Errorf("%v: said %s, want %q", err, said, wrong.want)
			}
			if strings.Contains(string(said), "pa%2Fss") || strings.Contains(string(said), "Traceback") {
				t.Errorf("said %s", said)
			}
		})
	}
}
