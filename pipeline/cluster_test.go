package pipeline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

const nodes = 3

// cluster is three real servers with the shipped file. Every route between two of them runs through a relay that can be cut.
type cluster struct {
	t       *testing.T
	options [nodes]*server.Options
	servers [nodes]*server.Server
	relays  [nodes][nodes]*relay // from, to
	cfg     Config               // of a pipeline on it

	operator string // file with the key of a user who may do everything
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	certs := certificates(t)
	pipeline, _ := users(t)
	c := &cluster{t: t, cfg: testConfig(t), operator: filepath.Join(t.TempDir(), "operator.nk")}
	operator, err := MakeNKey(c.operator)
	if err != nil {
		t.Fatal(err)
	}
	for from := range nodes {
		for to := range nodes {
			c.relays[from][to] = newRelay(t)
		}
	}
	var urls []string
	for i := range nodes {
		t.Setenv("NATS_NAME", fmt.Sprint("nats-", i+1))
		opts := shippedOptions(t, shippedFile(t, "cluster.conf", certs))
		opts.Cluster.Host, opts.Cluster.Port = "127.0.0.1", server.RANDOM_PORT
		opts.Cluster.Advertise = "127.0.0.1:1" // or they would tell each other the way past the relays
		opts.Nkeys = append(opts.Nkeys, &server.NkeyUser{Nkey: operator, Account: opts.Nkeys[0].Account})
		opts.Routes = nil
		for to := range nodes {
			if to != i {
				opts.Routes = append(opts.Routes, &url.URL{Scheme: "nats", Host: c.relays[i][to].l.Addr().String()})
			}
		}
		c.options[i] = opts
		c.start(i)
		urls = append(urls, fmt.Sprintf("tls://127.0.0.1:%d", opts.Port))
	}
	c.cfg.Replicas = 3
	c.cfg.NATS = External{URL: strings.Join(urls, ","), NKey: pipeline, CA: filepath.Join(certs, "ca.pem")}
	return c
}

// start starts a node and leads the relays to it.
func (c *cluster) start(i int) {
	c.t.Helper()
	c.servers[i] = started(c.t, c.options[i])
	c.options[i].Port = c.servers[i].Addr().(*net.TCPAddr).Port
	for from := range nodes {
		c.relays[from][i].to(c.servers[i].ClusterAddr().String())
	}
}

// part cuts a node off from the others, or joins it again. Its clients keep it.
func (c *cluster) part(i int, cut bool) {
	for other := range nodes {
		c.relays[i][other].cut(cut)
		c.relays[other][i].cut(cut)
	}
}

// kill is as good as a kill for the others: first they hear nothing more, then its clients are gone too.
func (c *cluster) kill(i int) {
	c.part(i, true)
	c.servers[i].Shutdown()
	c.servers[i].WaitForShutdown()
}

// leader of a stream.
func (c *cluster) leader(b *Bus, stream string) int {
	c.t.Helper()
	leader := -1
	eventually(c.t, "the stream has a leader", func() bool {
		s, err := b.js.Stream(c.t.Context(), stream)
		if err != nil || s.CachedInfo().Cluster == nil {
			return false
		}
		leader = c.node(s.CachedInfo().Cluster.Leader)
		return leader >= 0
	})
	return leader
}

func (c *cluster) node(name string) int {
	for i, o := range c.options {
		if o.ServerName == name {
			return i
		}
	}
	return -1
}

// whole waits until every copy of every stream is up to date.
func (c *cluster) whole(b *Bus) {
	c.t.Helper()
	eventually(c.t, "all copies are up to date", func() bool {
		for _, l := range layouts() {
			s, err := b.js.Stream(c.t.Context(), l.name)
			if err != nil || s.CachedInfo().Cluster == nil || len(s.CachedInfo().Cluster.Replicas) != nodes-1 {
				return false
			}
			for _, r := range s.CachedInfo().Cluster.Replicas {
				if !r.Current || r.Offline {
					return false
				}
			}
		}
		return true
	})
}

// relay passes bytes on until it is cut.
type relay struct {
	l       net.Listener
	mu      sync.Mutex
	target  string
	severed bool
	open    map[net.Conn]bool
	passing sync.WaitGroup
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{l: l, open: map[net.Conn]bool{}}
	r.passing.Go(r.accept)
	t.Cleanup(func() {
		r.cut(true)
		_ = l.Close()
		r.passing.Wait()
	})
	return r
}

func (r *relay) accept() {
	for {
		in, err := r.l.Accept()
		if err != nil {
			return
		}
		r.passing.Go(func() { r.pass(in) })
	}
}

func (r *relay) pass(in net.Conn) {
	defer in.Close() //nolint:errcheck // it is over
	r.mu.Lock()
	target := r.target
	r.mu.Unlock()
	out, err := new(net.Dialer).DialContext(context.Background(), "tcp", target)
	if err != nil {
		return
	}
	defer out.Close() //nolint:errcheck // it is over
	if !r.hold(in, out) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_, _ = way[0].Close(), way[1].Close()
		})
	}
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, in)
	delete(r.open, out)
}

// hold remembers two connections, unless the relay is cut.
func (r *relay) hold(in, out net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.severed {
		return false
	}
	r.open[in], r.open[out] = true, true
	return true
}

func (r *relay) to(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target = target
}

func (r *relay) cut(severed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.severed = severed
	for conn := range r.open {
		if severed {
			_ = conn.Close()
		}
	}
}

// articles that a press emits.
const articles = 300

// press emits them from several goroutines, and tells when one is stored.
type press struct{ passed [articles]chan struct{} }

func newPress() *press {
	s := &press{}
	for i := range s.passed {
		s.passed[i] = make(chan struct{})
	}
	return s
}

func (s *press) Run(ctx context.Context, emit Emit) error {
	const workers = 4
	var working sync.WaitGroup
	for w := range workers {
		working.Go(func() {
			for i := w; i < articles && ctx.Err() == nil; i += workers {
				for emit(ctx, raw(i)) != nil && ctx.Err() == nil { //nolint:revive // again, as a source does
				}
				close(s.passed[i])
			}
		})
	}
	working.Wait()
	<-ctx.Done()
	return nil
}

func until(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(forEver):
		t.Fatalf("never happened: %s", what)
	}
}

// flow is the whole way of an article: source, stage, stage, fold, stage.
func flow(b *Bus, s Source, fold *tally) *Pipeline {
	p := newPipeline(b)
	p.tuning.pull, p.tuning.watch = defaultTuning().pull, defaultTuning().watch
	AddSource(p, "feed", s)
	AddStage(p, rawSpec("language"), label("fr"))
	AddStage(p, Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}, Workers: 4}, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) {
			return []message.Article{{
				Type: message.ArticleV1, ID: in.Raw.ID, Digest: in.Raw.Digest, Language: "fr", Extractor: "fr/1",
				Outlet: message.Outlet{Name: "outlet" + in.Raw.ID[len(in.Raw.ID)-1:]},
			}}, nil
		}))
	AddFold(p, foldSpec(), fold)
	AddStage(p, Spec{Name: "publish", Subjects: []string{message.StateSubjects}, Workers: 2}, stageFunc[message.State, message.Story](
		func(_ context.Context, in message.State) ([]message.Story, error) {
			in.Story.Kind, in.Story.Country = message.KindOperation, "MA"
			return []message.Story{in.Story}, nil
		}))
	return p
}

func TestClusterLosesItsLeader(t *testing.T) {
	c, b := onCluster(t)
	faulted(t, b, "its leader was killed", func() { c.kill(c.leader(b, streamRaw)) })
}

// The node that we are connected to leads, is cut off from the others and keeps us.
func TestClusterIsParted(t *testing.T) {
	c, b := onCluster(t)
	parted := c.leader(b, streamRaw)
	c.join(b, parted)
	faulted(t, b, "its leader, which had us as a client, was parted", func() { c.part(parted, true) })
	c.part(parted, false)
	eventually(t, "the node has caught up", func() bool {
		s, err := b.js.Stream(t.Context(), streamRaw)
		return err == nil && s.CachedInfo().State.Msgs == articles && !slices.ContainsFunc(s.CachedInfo().Cluster.Replicas, func(r *jetstream.PeerInfo) bool {
			return !r.Current
		})
	})
}

func TestCopiesAreAddedOnACluster(t *testing.T) {
	c := startCluster(t)
	var said lines
	for _, replicas := range []int{1, 3} {
		c.cfg.Replicas = replicas
		b, err := Open(t.Context(), c.cfg, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Bucket(t.Context(), "news_sources", 0); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{streamRaw, streamState, bucketPrefix + "news_sources"} {
			eventually(t, fmt.Sprintf("stream %s has %d copies", name, replicas), func() bool {
				s, err := b.js.Stream(t.Context(), name)
				return err == nil && s.CachedInfo().Config.Replicas == replicas
			})
		}
		if replicas == 3 {
			c.whole(b)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"there is one copy of each stream on a cluster", "stream has another number of copies now", "sync_interval: always"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("nothing was said of %q", want)
		}
	}
}

// onCluster opens a bus on a cluster that has just started and still looks for its leader.
func onCluster(t *testing.T) (*cluster, *Bus) {
	t.Helper()
	c := startCluster(t)
	began := time.Now()
	b := openBus(t, c.cfg)
	t.Logf("opened after %s", time.Since(began).Round(100*time.Millisecond))
	return c, b
}

// faulted runs the whole flow, commits a fault in the middle, and fails unless every article ends once all the same.
func faulted(t *testing.T, b *Bus, what string, fault func()) {
	t.Helper()
	source, fold := newPress(), newTally()
	p := flow(b, source, fold)
	running(t, p)
	until(t, "half of the articles are stored", source.passed[articles/2])
	began := time.Now()
	fault()
	until(t, "all of them are stored", source.passed[articles-1])
	drained(t, p)
	took := time.Since(began)
	t.Logf("nothing left to do %s after %s", took.Round(100*time.Millisecond), what)
	endedOnce(t, b, p, fold)
}

// join connects the pipeline to a node.
func (c *cluster) join(b *Bus, node int) {
	c.t.Helper()
	eventually(c.t, "the pipeline is connected to the node", func() bool {
		if !b.nc.IsConnected() {
			return false
		}
		if c.node(b.nc.ConnectedServerName()) == node {
			return true
		}
		_ = b.nc.ForceReconnect()
		return false
	})
}

// endedOnce fails unless every article went all the way, once.
func endedOnce(t *testing.T, b *Bus, p *Pipeline, fold *tally) {
	t.Helper()
	for _, stream := range []string{streamRaw, streamLang, streamArticles} {
		ids := map[string]int{}
		for _, e := range stored(t, b, stream) {
			ids[e.ID]++
		}
		if len(ids) != articles {
			t.Errorf("stream %s has %d of %d articles", stream, len(ids), articles)
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("stream %s has %s %d times", stream, id, n)
			}
		}
	}
	linked := 0
	for _, n := range fold.members() {
		linked += n
	}
	if linked != articles {
		t.Errorf("%d of %d articles are in stories", linked, articles)
	}
	if s := closed(t, p); s.Accepted != articles || s.Linked != articles || s.InFlight != 0 {
		t.Errorf("sum is %s", s)
	}
	for _, d := range deadLetters(t, b) {
		t.Errorf("dead letter of %s, %s: %q", d.Stage, d.Of, d.Errors)
	}
}
