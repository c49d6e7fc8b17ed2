//go:build crash

package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// nodes of the cluster: as few as survive the loss of one.
const nodes = 3

// nodeConfig is what a node has to know.
type nodeConfig struct {
	Name   string   `json:"name"`
	Dir    string   `json:"dir"`
	Listen string   `json:"listen"` // for clients
	Routes []string `json:"routes"` // to the other nodes
}

// serveNode runs a node until SIGTERM. The others must not learn where it really listens for them: they would go around the relays.
func serveNode() error {
	var cfg nodeConfig
	if err := json.Unmarshal([]byte(os.Getenv(childNode)), &cfg); err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return err
	}
	opts := &natsd.Options{
		ServerName: cfg.Name, Host: host, JetStream: true, StoreDir: cfg.Dir, SyncAlways: true, JetStreamMaxStore: 2 << 30,
		MaxPayload: 4 << 20, NoSigs: true, NoLog: true, DisableJetStreamBanner: true,
		Cluster: natsd.ClusterOpts{Name: "crash", Host: host, Port: natsd.RANDOM_PORT, Advertise: net.JoinHostPort(host, "1")},
	}
	if opts.Port, err = strconv.Atoi(port); opts.Port == 0 {
		opts.Port = natsd.RANDOM_PORT
	}
	for _, route := range cfg.Routes {
		opts.Routes = append(opts.Routes, &url.URL{Scheme: "nats-route", Host: route})
	}
	srv, newErr := natsd.NewServer(opts)
	if err := errors.Join(err, newErr); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	srv.Start()
	if !srv.ReadyForConnections(time.Minute) {
		return fmt.Errorf("node %s does not become ready", cfg.Name)
	}
	say(report{URL: "nats://" + srv.Addr().String(), Route: srv.ClusterAddr().String(), Ready: true})
	<-ctx.Done()
	srv.Shutdown()
	srv.WaitForShutdown()
	return nil
}

// cluster is three servers in processes of their own, with a relay on each way from one to another, and before each for clients: a node that comes
// back listens where it can, since somebody else may have its port by then.
type cluster struct {
	nodes  [nodes]node
	relays [nodes][nodes]*Relay // by who calls and who is called
}

type node struct {
	cfg   nodeConfig
	life  *life
	front *Relay // where clients connect
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	for i := range c.nodes {
		c.nodes[i].front = c.relay(t)
		c.nodes[i].cfg = nodeConfig{Name: "node-" + strconv.Itoa(i), Dir: t.TempDir(), Listen: "127.0.0.1:0"}
		for j := range c.nodes {
			if i != j {
				c.relays[i][j] = c.relay(t)
				c.nodes[i].cfg.Routes = append(c.nodes[i].cfg.Routes, c.relays[i][j].Address())
			}
		}
	}
	for i := range c.nodes {
		c.start(t, i)
	}
	c.settled(t)
	return c
}

func (c *cluster) relay(t *testing.T) *Relay {
	t.Helper()
	r, err := NewRelay(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// start runs a node and leads its clients and the other nodes to it.
func (c *cluster) start(t *testing.T, i int) {
	t.Helper()
	n := &c.nodes[i]
	cfg, err := json.Marshal(n.cfg)
	if err != nil {
		t.Fatal(err)
	}
	n.life = start(t, childNode+"="+string(cfg))
	eventually(t, limit, "the node is ready", func() bool { said, _ := n.life.report(); return said.Ready || n.life.dead() })
	if n.life.dead() {
		t.Fatalf("%s did not start: %s", n.cfg.Name, n.life.said())
	}
	said, _ := n.life.report()
	n.front.Aim(strings.TrimPrefix(said.URL, "nats://"))
	for j := range c.nodes {
		if j != i {
			c.relays[j][i].Aim(said.Route)
		}
	}
}

// settled waits until the nodes have found each other and keep a stream together.
func (c *cluster) settled(t *testing.T) {
	t.Helper()
	js := behind(t, c.url())
	eventually(t, limit, "the cluster keeps a stream", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "PROBE", Replicas: nodes})
		if err == nil {
			err = js.DeleteStream(ctx, "PROBE")
		}
		return err == nil
	})
}

// url names all nodes.
func (c *cluster) url() string {
	var all []string
	for i := range c.nodes {
		all = append(all, "nats://"+c.nodes[i].front.Address())
	}
	return strings.Join(all, ",")
}

// leader of a stream.
func (c *cluster) leader(t *testing.T, js jetstream.JetStream, stream string) int {
	t.Helper()
	at := -1
	eventually(t, limit, stream+" has a leader", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		s, err := js.Stream(ctx, stream)
		for i := range c.nodes {
			if err == nil && s.CachedInfo().Cluster != nil && s.CachedInfo().Cluster.Leader == c.nodes[i].cfg.Name {
				at = i
			}
		}
		return at >= 0
	})
	return at
}

// relaysOf are the ways to a node and from it.
func (c *cluster) relaysOf(i int) []*Relay {
	var all []*Relay
	for j := range c.nodes {
		if i != j {
			all = append(all, c.relays[i][j], c.relays[j][i])
		}
	}
	return all
}

// clusterFault is what can happen to a cluster; it returns when it is over.
type clusterFault struct {
	name   string
	within time.Duration // everything that was issued before has to be through, counted from its beginning
	strike func(t *testing.T, c *cluster, leader int)
}

func (f form) clusterFaults() []clusterFault {
	all := []clusterFault{{"leader killed", 20 * time.Second, func(t *testing.T, c *cluster, leader int) {
		t.Helper()
		c.nodes[leader].life.kill()
		wait(t, 3*time.Second)
		c.start(t, leader)
	}}}
	if !f.long {
		return all
	}
	return append(all,
		clusterFault{"leader cut off", 40 * time.Second, func(t *testing.T, c *cluster, leader int) {
			t.Helper()
			for _, r := range c.relaysOf(leader) {
				r.Cut()
			}
			wait(t, 10*time.Second)
			for _, r := range c.relaysOf(leader) {
				r.Heal()
			}
		}},
		clusterFault{"leader in a black hole", 40 * time.Second, func(t *testing.T, c *cluster, leader int) {
			t.Helper()
			for _, r := range c.relaysOf(leader) {
				r.Part()
			}
			wait(t, 10*time.Second)
			for _, r := range c.relaysOf(leader) {
				r.Heal()
			}
		}},
		clusterFault{"majority killed", time.Minute, func(t *testing.T, c *cluster, leader int) {
			t.Helper()
			other := (leader + 1) % nodes
			c.nodes[leader].life.kill()
			c.nodes[other].life.kill()
			wait(t, 5*time.Second)
			c.start(t, leader)
			c.start(t, other)
		}})
}

// A cluster of three loses the node that leads, or its majority, and every article is found again, once.
func TestFaultsOfACluster(t *testing.T) {
	t.Parallel()
	f := theForm(t)
	for _, fault := range f.clusterFaults() {
		for seed := range f.seeds {
			stream := []string{"STATE", "RAW"}[seed%2]
			t.Run(fault.name+"/"+stream+"/seed="+strconv.Itoa(seed), func(t *testing.T) {
				t.Parallel()
				c := newCluster(t)
				r := newRunIn(t, f.articles, manyWaves, c.url())
				r.cfg.Replicas = nodes
				l := r.start(t)
				js := behind(t, c.url())
				r.busy(t, l)
				if l.dead() {
					t.Fatalf("the daemon ended by itself: %s\n%s", l.cmd.ProcessState, l.said())
				}
				leader := c.leader(t, js, stream)
				wait(t, time.Duration(cell{fault.name, stream, seed}.random().Int64N(int64(time.Second))))
				if l.dead() || r.over(l) {
					t.Errorf("nothing was in flight when the fault came: %s", l.said())
				}
				through := make(chan time.Duration, 1)
				go func() { through <- untilThrough(t.Context(), js) }()
				fault.strike(t, c, leader)
				took := <-through
				r.drain(t)
				r.judge(t)
				t.Logf("what was issued was through %s after the fault began", round(took))
				if within := r.allow(t, fault.within); took > within {
					t.Errorf("through after %s, want %s at most\n%s", took, within, l.said())
				}
				l.stop(t)
			})
		}
	}
}

// untilThrough is the time until everything that is in the streams now, and what becomes of it, is acknowledged by the last stage.
func untilThrough(ctx context.Context, js jetstream.JetStream) time.Duration {
	began := time.Now()
	for _, step := range []struct {
		stream string
		stages []string
	}{
		{"FETCH", []string{"crawl"}},
		{"RAW", []string{"language"}},
		{"LANG", []string{"extract-fr", "extract-ar"}},
		{"ARTICLES", []string{"dedup"}},
		{"STATE", []string{"publish"}},
	} {
		last := uint64(0)
		asked(ctx, func(ctx context.Context) bool {
			s, err := js.Stream(ctx, step.stream)
			if err == nil {
				last = s.CachedInfo().State.LastSeq
			}
			return err == nil
		})
		for _, stage := range step.stages {
			asked(ctx, func(ctx context.Context) bool {
				cons, err := js.Consumer(ctx, step.stream, stage)
				if err != nil {
					return false
				}
				info := cons.CachedInfo()
				return info.AckFloor.Stream >= last || info.NumPending == 0 && info.NumAckPending == 0
			})
		}
	}
	return time.Since(began)
}

// asked repeats a question until it is answered with yes, or ctx ends.
func asked(ctx context.Context, question func(ctx context.Context) bool) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		timed, cancel := context.WithTimeout(ctx, 5*time.Second)
		yes := question(timed)
		cancel()
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
