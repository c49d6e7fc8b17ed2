package pipeline

import (
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

func openFails(t *testing.T, cfg Config, want ...string) {
	t.Helper()
	b, err := Open(t.Context(), cfg, quiet())
	if err == nil {
		_ = b.Close(t.Context())
		t.Fatal("opened")
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error has more than one line: %q", err)
	}
}

func TestLockedDirectoryIsRefused(t *testing.T) {
	cfg := testConfig(t)
	openBus(t, cfg)
	openFails(t, cfg, cfg.Dir, "in use by another rawi, pid "+strconv.Itoa(os.Getpid()))
}

func TestDirectoryIsFreeAfterClose(t *testing.T) {
	cfg := testConfig(t)
	for range 2 {
		b, err := Open(t.Context(), cfg, quiet())
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTakenPortIsToldBeforeTheStart(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a listener of the test
	cfg := testConfig(t)
	cfg.Listen = l.Addr().String()
	openFails(t, cfg, cfg.Listen, "in use", "choose another address")
	if _, err := os.Stat(filepath.Join(cfg.Dir, "jetstream")); err == nil {
		t.Error("a store was made all the same")
	}
	cfg.Listen = "none" // and the lock was given back
	openBus(t, cfg)
}

func TestUnwritableDirectoryIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	cfg.Dir = filepath.Join(file, "data")
	openFails(t, cfg, cfg.Dir, "not a directory")

	cfg.Dir = t.TempDir() // root may write anywhere, but not open a directory as the lock
	if err := os.Mkdir(filepath.Join(cfg.Dir, lockFile), 0o700); err != nil {
		t.Fatal(err)
	}
	openFails(t, cfg, cfg.Dir, "cannot be written to")
}

func TestStoreThatCannotBeOpenedIsAnError(t *testing.T) {
	cfg := testConfig(t)
	if err := os.WriteFile(filepath.Join(cfg.Dir, "jetstream"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.StartTimeout = 2 * time.Second
	openFails(t, cfg, cfg.Dir, "embedded server")
}

func TestUnreachableServerIsTold(t *testing.T) {
	cfg := testConfig(t)
	cfg.NATS.URL = "nats://127.0.0.1:1"
	openFails(t, cfg, "127.0.0.1:1", "connect to NATS")
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(*Config)
	}{
		{"no directory", "dir: ", func(c *Config) { c.Dir = "" }},
		{"listen without port", `listen: "localhost" is neither`, func(c *Config) { c.Listen = "localhost" }},
		{"port too high", "listen: ", func(c *Config) { c.Listen = "127.0.0.1:70000" }},
		{"store too small", "max_store_bytes: ", func(c *Config) { c.MaxStoreBytes = 1 }},
		{"replicas of the embedded server", "replicas: 3 copies need a cluster", func(c *Config) { c.Replicas = 3 }},
		{"an acceptance of what nobody asks", `accept: want "clock"`, func(c *Config) { c.Accept = "clocks" }},
		{"half a certificate", "nats.cert and nats.key", func(c *Config) { c.NATS.Cert = "a.pem" }},
	} {
		cfg := testConfig(t)
		c.change(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// The same pipeline on a server of its own, which it reaches over TCP, and a reader beside it.
func TestExternalServer(t *testing.T) {
	cfg := testConfig(t)
	cfg.NATS.URL = serveNATS(t, t.TempDir(), "127.0.0.1:0").url
	b := openBus(t, cfg)
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	put(t, b, raw(1), raw(2))
	running(t, p)
	drained(t, p)

	reader, err := Dial(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(t.Context()) //nolint:errcheck // a reader has nothing to lose
	if got := len(stored(t, reader, streamLang)); got != 2 {
		t.Errorf("the reader sees %d messages, want 2", got)
	}
}

func TestOtherClientsReachTheEmbeddedServer(t *testing.T) {
	cfg := testConfig(t)
	cfg.Listen = "127.0.0.1:0"
	b := openBus(t, cfg)
	put(t, b, raw(1))
	cfg.NATS.URL = b.ClientURL()
	reader, err := Dial(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(t.Context()) //nolint:errcheck // a reader has nothing to lose
	if got := len(stored(t, reader, streamRaw)); got != 1 {
		t.Errorf("the reader sees %d messages, want 1", got)
	}
}

func TestStreamsThatAreRightAreNotTouched(t *testing.T) {
	cfg := testConfig(t)
	b := openBus(t, cfg)
	for _, l := range layouts() {
		s, err := b.js.Stream(t.Context(), l.name)
		if err != nil {
			t.Fatal(err)
		}
		is := s.CachedInfo().Config
		if !reflect.DeepEqual(is, l.onto(is, cfg)) {
			t.Errorf("stream %s would be updated although nothing changed", l.name)
		}
	}
	cfg.MaxStoreBytes /= 2
	b.cfg = cfg
	if err := b.ensureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := b.js.Stream(t.Context(), streamRaw)
	if err != nil || s.CachedInfo().Config.MaxBytes >= 256<<20/1000*300 {
		t.Errorf("the stream did not follow the configuration: %v", err)
	}
}

func TestFullStreamWaitsAndSaysSo(t *testing.T) {
	b := openBus(t, testConfig(t))
	s, err := b.js.Stream(t.Context(), streamRaw)
	if err != nil {
		t.Fatal(err)
	}
	small := s.CachedInfo().Config
	small.MaxBytes = 2000
	if _, err := b.js.UpdateStream(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	stuck := make(chan error, 1)
	go func() {
		for i := range 10 {
			m, err := b.codec.encode(raw(i), "")
			if err == nil {
				_, err = b.publish(t.Context(), m)
			}
			if err != nil {
				stuck <- err
				return
			}
		}
		stuck <- nil
	}()
	eventually(t, "the store is said to be full", func() bool {
		err := b.Ready(t.Context())
		return err != nil && strings.Contains(err.Error(), "cannot be stored")
	})
	small.MaxBytes = 1 << 20
	if _, err := b.js.UpdateStream(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	if err := <-stuck; err != nil {
		t.Fatal(err)
	}
	if err := b.Ready(t.Context()); err != nil {
		t.Errorf("not ready after room was made: %v", err)
	}
	if got := len(stored(t, b, streamRaw)); got != 10 {
		t.Errorf("%d messages stored, want 10", got)
	}
}

func TestSubjectFilters(t *testing.T) {
	for _, c := range []struct {
		filter, subject string
		want            bool
	}{
		{"news.lang.fr.>", "news.lang.fr.hespress", true},
		{"news.lang.fr.>", "news.lang.fr", false},
		{"news.lang.fr.>", "news.lang.ar.hespress", false},
		{"news.story.*.ma.>", "news.story.operation.ma.s1", true},
		{"news.story.*.ma.>", "news.story.operation.dz.s1", false},
		{"news.raw.feed.a", "news.raw.feed.a", true},
		{"news.raw.feed.a", "news.raw.feed.a.b", false},
	} {
		if got := covers(c.filter, c.subject); got != c.want {
			t.Errorf("covers(%q, %q) = %v", c.filter, c.subject, got)
		}
	}
	if got := streamOf(message.LangSubject("fr")); got != streamLang {
		t.Errorf("stream of a language is %q", got)
	}
	if got := streamOf("orders.new"); got != "" {
		t.Errorf("stream of a foreign subject is %q", got)
	}
}

func TestPasswordsAreNotPrinted(t *testing.T) {
	cfg := testConfig(t)
	cfg.StartTimeout = time.Second
	cfg.NATS.URL = "nats://me:topsecret@127.0.0.1:1, nats://other:topsecret@127.0.0.1:2"
	_, err := Open(t.Context(), cfg, quiet())
	if err == nil || strings.Contains(err.Error(), "topsecret") || !strings.Contains(err.Error(), "me:xxxxx@127.0.0.1:1") {
		t.Errorf("got %v, want both addresses without their passwords", err)
	}
}
