package pipeline

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// secured is a server with the shipped file, keys and TLS, and the configuration of a pipeline that may use it.
func secured(t *testing.T, changes ...string) (cfg Config, desk, certs string) {
	t.Helper()
	certs = certificates(t)
	pipeline, desk := users(t)
	srv := started(t, shippedOptions(t, shippedFile(t, "single.conf", certs, changes...)))
	cfg = testConfig(t)
	cfg.NATS = External{URL: srv.ClientURL(), NKey: pipeline, CA: filepath.Join(certs, "ca.pem")}
	return cfg, desk, certs
}

func TestShippedPermissionsAreEnoughForThePipeline(t *testing.T) {
	cfg, _, _ := secured(t)
	var said lines
	log := slog.New(slog.NewJSONHandler(&said, nil))
	b, err := Open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close(context.WithoutCancel(t.Context())) })
	p := New(b, observe.New("test"), log)
	p.tuning.delays, p.tuning.attempts = []time.Duration{5 * time.Millisecond}, 2
	AddSource(p, "feed", &emitter{messages: []message.Message{raw(1), raw(2), raw(3)}})
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID == raw(3).ID {
				return nil, errBroken
			}
			return label("fr")(ctx, in)
		}))
	AddStage(p, Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}}, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) {
			return []message.Article{{Type: message.ArticleV1, ID: in.Raw.ID, Digest: in.Raw.Digest, Language: "fr", Outlet: in.Raw.Outlet}}, nil
		}))
	AddFold(p, foldSpec(), newTally())
	AddStage(p, Spec{Name: "publish", Subjects: []string{message.StateSubjects}}, stageFunc[message.State, message.Story](
		func(_ context.Context, in message.State) ([]message.Story, error) {
			return []message.Story{in.Story}, nil
		}))
	running(t, p)
	eventually(t, "one message is a dead letter", func() bool { return len(deadLetters(t, b)) == 1 })
	drained(t, p)
	closed(t, p)
	if _, err := b.Retry(t.Context(), deadLetters(t, b)[0].Sequence); err != nil {
		t.Errorf("a dead letter cannot be tried again: %v", err)
	}
	if err := b.makeRoom(t.Context(), streamRaw, false); err != nil {
		t.Errorf("no room can be made: %v", err)
	}
	if strings.Contains(said.String(), "refuses") {
		t.Errorf("permissions are missing: %s", &said)
	}
	timed, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := b.js.DeleteStream(timed, streamRaw); err == nil {
		t.Error("the pipeline could delete a stream")
	}
	eventually(t, "the log names what was refused", func() bool {
		return strings.Contains(said.String(), `no permission for Publish to \"$JS.API.STREAM.DELETE.RAW\"`)
	})
}

func TestReaderReadsStoriesAndNothingElse(t *testing.T) {
	cfg, desk, _ := secured(t)
	b := openBus(t, cfg)
	put(t, b, story("s1", "MA", 1, message.ChangeNew), story("s2", "DZ", 1, message.ChangeNew), raw(1))
	cfg.NATS.NKey, cfg.NATS.InboxPrefix = desk, "_INBOX_desk"
	reader, err := Dial(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(t.Context()) //nolint:errcheck // a reader has nothing to lose
	if got, err := Stories(t.Context(), reader); err != nil || len(got) != 2 {
		t.Errorf("the reader sees %d stories (%v)", len(got), err)
	}
	seen := 0
	err = reader.Tail(t.Context(), []string{"news.story.operation.>"}, Beginning(), func(Envelope) error {
		if seen++; seen == 2 {
			return errStop
		}
		return nil
	})
	if err != errStop { //nolint:errorlint // handed through as it is
		t.Errorf("following ended with %v", err)
	}
	ownConsumer(t, reader)
	err = reader.Tail(t.Context(), []string{message.RawSubjects}, Beginning(), func(Envelope) error { return nil })
	if want := `no permission for Publish to "$JS.API.CONSUMER.CREATE.RAW.`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("reading pages ended with %v, want %q", err, want)
	}
	timed, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := reader.js.Publish(timed, "news.story.operation.ma.forged", nil); err == nil {
		t.Error("a reader could publish a story")
	}
	if got := len(stored(t, b, streamStories)); got != 2 {
		t.Errorf("%d stories after a reader tried to add one", got)
	}
}

// ownConsumer reads as a program of a subscriber does: with a durable consumer that it acknowledges.
func ownConsumer(t *testing.T, reader *Bus) {
	t.Helper()
	cons, err := reader.js.CreateConsumer(t.Context(), streamStories, jetstream.ConsumerConfig{
		Durable: "desk", AckPolicy: jetstream.AckExplicitPolicy, FilterSubject: "news.story.operation.>",
	})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := cons.Next()
	if err != nil {
		t.Fatal(err)
	}
	if err := msg.DoubleAck(t.Context()); err != nil {
		t.Errorf("not acknowledged: %v", err)
	}
}

// TestReadersProgramsNeedNoMoreThanTheShippedPermissions subscribes in each way with the package that readers use, as the user that ships.
func TestReadersProgramsNeedNoMoreThanTheShippedPermissions(t *testing.T) {
	cfg, desk, certs := secured(t)
	b := openBus(t, cfg)
	put(t, b, story("s1", "MA", 1, message.ChangeNew), story("s2", "DZ", 1, message.ChangeNew))
	options := client.Options{URL: cfg.NATS.URL, NKey: desk, CA: filepath.Join(certs, "ca.pem"), InboxPrefix: "_INBOX_desk"}
	reader, err := client.Connect(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // a reader has nothing to lose
	for _, q := range []client.Query{
		{},
		{Countries: []string{"DZ"}},
		{Countries: []string{"DZ", "TN"}, Kinds: []string{message.KindOperation}},
		{Countries: []string{"DZ", "TN"}, Durable: "desk"},
		{Countries: []string{"DZ"}, Durable: "desk"},
	} {
		q.From = client.Current()
		if q.Durable != "" {
			put(t, b, story("s2", "DZ", 2, message.ChangeUpdate))
		}
		s, err := reader.Subscribe(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		got, err := s.Next(t.Context())
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if _, err := s.Lag(t.Context()); err != nil {
			t.Errorf("%+v: lag: %v", q, err)
		}
		if q.Durable == "" {
			if err := got.Ack(); err != nil {
				t.Error(err)
			}
		}
		s.Close()
	}
	options.InboxPrefix = ""
	if _, err := client.Connect(t.Context(), options); err == nil || !strings.Contains(err.Error(), "set InboxPrefix") {
		t.Errorf("without its inbox a reader is told %v", err)
	}
	options.NKey = ""
	if _, err := client.Connect(t.Context(), options); err == nil || !strings.Contains(err.Error(), "set NKey or Credentials") {
		t.Errorf("nobody is told %v", err)
	}
}

func TestReaderWithoutItsInboxIsToldTheSetting(t *testing.T) {
	cfg, desk, _ := secured(t)
	openBus(t, cfg)
	cfg.NATS.NKey = desk
	_, err := Dial(t.Context(), cfg, quiet())
	if err == nil || !strings.Contains(err.Error(), "set nats.inbox_prefix") {
		t.Errorf("got %v", err)
	}
}

func TestRefusedConnectionsSayWhatToChange(t *testing.T) {
	cfg, desk, _ := secured(t)
	stranger := filepath.Join(t.TempDir(), "stranger.nk")
	public, err := MakeNKey(stranger)
	if err != nil {
		t.Fatal(err)
	}
	plain := started(t, &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   []string
	}{
		{"no authority", func(c *Config) { c.NATS.CA = "" }, []string{"unknown authority", "set nats.ca"}},
		{"wrong authority", func(c *Config) { c.NATS.CA = filepath.Join(certificates(t), "ca.pem") }, []string{"did not sign"}},
		{"wrong name", func(c *Config) { c.NATS.URL = strings.Replace(c.NATS.URL, "127.0.0.1", "localhost", 1) }, []string{"use a name in nats.url"}},
		{"nobody", func(c *Config) { c.NATS.NKey = "" }, []string{"set nats.nkey or nats.credentials"}},
		{"unknown user", func(c *Config) { c.NATS.NKey = stranger }, []string{"does not know the user", public}},
		{"reader as pipeline", func(c *Config) { c.NATS.NKey, c.NATS.InboxPrefix = desk, "_INBOX_desk" }, []string{"no permission for Publish", "accounts.conf"}},
		{"more copies than nodes", func(c *Config) { c.Replicas = 3 }, []string{"is no cluster", "set replicas to 1"}},
		{"unreachable", func(c *Config) { c.NATS.URL = "nats://127.0.0.1:1" }, []string{"127.0.0.1:1", "is the server running"}},
		{"without TLS", func(c *Config) { c.NATS = External{URL: plain.ClientURL(), CA: c.NATS.CA} }, []string{"speaks no TLS"}},
		{"without users", func(c *Config) { c.NATS = External{URL: plain.ClientURL(), NKey: stranger} }, []string{"no users by NKey"}},
		{"without JetStream", func(c *Config) { c.NATS = External{URL: plain.ClientURL()} }, []string{"JetStream off", "jetstream {}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := cfg
			c.change(&cfg)
			began := time.Now()
			openFails(t, cfg, c.want...)
			if took := time.Since(began); took > cfg.StartTimeout/2 {
				t.Errorf("told after %s", took)
			}
		})
	}
}

func TestAccountWithoutJetStreamIsTold(t *testing.T) {
	cfg, _, _ := secured(t, "jetstream: enabled\n", "\n")
	openFails(t, cfg, "JetStream off for this user's account", "jetstream: enabled")
}

func TestServerThatAsksForACertificate(t *testing.T) {
	cfg, _, certs := secured(t, "# verify: true ", "verify: true ")
	openFails(t, cfg, "set nats.cert and nats.key")
	cfg.NATS.Cert, cfg.NATS.Key = filepath.Join(certs, "rawi.pem"), filepath.Join(certs, "rawi.key")
	if err := openBus(t, cfg).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFilesAreCheckedWithoutAConnection(t *testing.T) {
	certs := certificates(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := account.Seed()
	if err != nil {
		t.Fatal(err)
	}
	garbage := file("garbage", "topsecret")
	for _, c := range []struct {
		name, want string
		nats       External
	}{
		{"missing seed", "nats.nkey " + dir + "/none: there is no such file", External{NKey: dir + "/none"}},
		{"folder", "nats.ca " + dir + ": is a directory", External{CA: dir}},
		{"no seed", "holds no NKey seed", External{NKey: garbage}},
		{"seed of an account", "not that of a user", External{NKey: file("account.nk", string(seed))}},
		{"no credentials", "holds no seed of a user", External{Credentials: garbage}},
		{"no certificate", "nats.ca " + garbage + ": it holds no certificate", External{CA: garbage}},
		{"key of another", "private key does not match", External{Cert: certs + "/rawi.pem", Key: certs + "/server.key"}},
		{"half a pair", "one is set without the other", External{Cert: certs + "/rawi.pem"}},
		{"scheme", `http://a:4222: the scheme is nats`, External{URL: "http://a:4222"}},
		{"no host", "names no host", External{URL: "nats://a:4222, nats://:4222"}},
		{"password that breaks the address", "nats.url: an address cannot be read", External{URL: "nats://me:top%secret@a:4222"}},
		{"inbox with a wildcard", "nats.inbox_prefix", External{InboxPrefix: "_INBOX.>"}},
	} {
		cfg := testConfig(t)
		cfg.NATS = c.nats
		err := cfg.Validate()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), string(seed))) {
			t.Errorf("%s: the error tells a secret: %v", c.name, err)
		}
	}
}

func TestKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.nk")
	first, err := MakeNKey(path)
	if err != nil || !nkeys.IsValidPublicUserKey(first) {
		t.Fatalf("%q, %v", first, err)
	}
	again, err := MakeNKey(path)
	if err != nil || again != first {
		t.Errorf("the second time %q (%v), want %q", again, err, first)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the seed can be read by others: %v", info.Mode())
	}
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := MakeNKey(path); err == nil || !strings.Contains(err.Error(), "holds no NKey seed") {
		t.Errorf("got %v for a file with something else", err)
	}
}

// operatorMode is a server that trusts an operator's word for its users, and a .creds file of one that expires at a time; 0 means never.
func operatorMode(t *testing.T, expires int64) (srv *server.Server, creds string) {
	t.Helper()
	operator, account, user := pairOf(t, nkeys.CreateOperator), pairOf(t, nkeys.CreateAccount), pairOf(t, nkeys.CreateUser)
	system := pairOf(t, nkeys.CreateAccount)
	operatorClaims := jwt.NewOperatorClaims(operator.public)
	signed, err := operatorClaims.Encode(operator.pair)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := jwt.DecodeOperatorClaims(signed)
	if err != nil {
		t.Fatal(err)
	}
	accountClaims := jwt.NewAccountClaims(account.public)
	accountClaims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	resolver := &server.MemAccResolver{}
	for _, claims := range []*jwt.AccountClaims{accountClaims, jwt.NewAccountClaims(system.public)} {
		token, err := claims.Encode(operator.pair)
		if err == nil {
			err = resolver.Store(claims.Subject, token)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	userClaims := jwt.NewUserClaims(user.public)
	userClaims.Expires = expires
	userToken, err := userClaims.Encode(account.pair)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(userToken, seed)
	if err != nil {
		t.Fatal(err)
	}
	creds = filepath.Join(t.TempDir(), "rawi.creds")
	if err := os.WriteFile(creds, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return started(t, &server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(),
		TrustedOperators: []*jwt.OperatorClaims{trusted}, AccountResolver: resolver, SystemAccount: system.public,
	}), creds
}

type pair struct {
	pair   nkeys.KeyPair
	public string
}

func pairOf(t *testing.T, create func() (nkeys.KeyPair, error)) pair {
	t.Helper()
	made, err := create()
	if err != nil {
		t.Fatal(err)
	}
	public, err := made.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return pair{made, public}
}

func TestCredentialsFile(t *testing.T) {
	srv, creds := operatorMode(t, 0)
	cfg := testConfig(t)
	cfg.NATS = External{URL: srv.ClientURL(), Credentials: creds}
	put(t, openBus(t, cfg), raw(1))

	_, strange := operatorMode(t, 0)
	cfg.NATS.Credentials = strange
	openFails(t, cfg, "does not take nats.credentials")

	_, old := operatorMode(t, time.Now().Add(-time.Hour).Unix())
	cfg.NATS.Credentials = old
	openFails(t, cfg, "its JWT expired on")
}

// The certificates that the shipped script makes are good for a server and a client.
func TestShippedScriptMakesCertificates(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl on this machine")
	}
	script, err := filepath.Abs(natsFolder + "/certs.sh")
	if err != nil {
		t.Fatal(err)
	}
	certs := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "sh", script, "127.0.0.1", "nats-1")
	cmd.Dir = certs
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	users(t)
	srv := started(t, shippedOptions(t, shippedFile(t, "single.conf", certs, "# verify: true ", "verify: true ")))
	nc, err := nats.Connect(srv.ClientURL(), nats.RootCAs(certs+"/ca.pem"), nats.ClientCert(certs+"/rawi.pem", certs+"/rawi.key"))
	if err == nil {
		nc.Close()
	}
	if !errors.Is(err, nats.ErrAuthorization) { // TLS is through; a user it has none
		t.Errorf("got %v", err)
	}
}
