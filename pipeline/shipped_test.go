package pipeline

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// natsFolder holds the configuration files that ship.
const natsFolder = "../deployments/nats"

// shippedFile is the path of a copy of a shipped configuration file, with its certificates and store in temporary folders. Each of changes is an
// old and a new text, and the old one has to be there.
func shippedFile(t *testing.T, name, certs string, changes ...string) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(natsFolder + "/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no configuration files: %v", err)
	}
	all := ""
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("/etc/nats/tls", certs, "store_dir: /data", "store_dir: "+t.TempDir()).Replace(string(data))
		for i := 0; i < len(changes); i += 2 {
			text = strings.ReplaceAll(text, changes[i], changes[i+1])
		}
		all += string(data)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(all, changes[i]) {
			t.Fatalf("no shipped file holds %q", changes[i])
		}
	}
	return filepath.Join(dir, name)
}

// shippedOptions are those of a shipped file, on free ports of loopback.
func shippedOptions(t *testing.T, file string) *server.Options {
	t.Helper()
	opts, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	opts.Host, opts.Port, opts.HTTPPort, opts.NoSigs, opts.NoLog = "127.0.0.1", server.RANDOM_PORT, 0, true, true
	opts.TLSTimeout, opts.AuthTimeout, opts.Cluster.TLSTimeout, opts.Cluster.AuthTimeout = 60, 60, 60, 60 // seconds: the machine may be slow
	return opts
}

// started is a server that stops with the test.
func started(t *testing.T, opts *server.Options) *server.Server {
	t.Helper()
	srv, err := startServer(opts, forEver, newServerLog(quiet()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	return srv
}

// users makes the keys that the shipped accounts name, and returns the files with their seeds.
func users(t *testing.T) (pipeline, desk string) {
	t.Helper()
	dir := t.TempDir()
	pipeline, desk = filepath.Join(dir, "pipeline.nk"), filepath.Join(dir, "desk.nk")
	for variable, file := range map[string]string{"NATS_PIPELINE_NKEY": pipeline, "NATS_DESK_NKEY": desk} {
		public, err := MakeNKey(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(variable, public)
	}
	return pipeline, desk
}

// certificates makes the files of deployments/nats/certs.sh for 127.0.0.1 and returns their folder.
func certificates(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	signer := newKey(t)
	writePEM(t, filepath.Join(dir, "ca.pem"), "CERTIFICATE", sign(t, authority, authority, signer, signer))
	for i, name := range []string{"server", "rawi"} {
		key := newKey(t)
		der := sign(t, &x509.Certificate{
			SerialNumber: big.NewInt(int64(i) + 2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
			NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}, authority, key, signer)
		writePEM(t, filepath.Join(dir, name+".pem"), "CERTIFICATE", der)
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		writePEM(t, filepath.Join(dir, name+".key"), "EC PRIVATE KEY", der)
	}
	return dir
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, c, by *x509.Certificate, key, signer *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
