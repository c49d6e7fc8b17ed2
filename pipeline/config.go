package pipeline

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Config says where messages are kept and who may reach them.
type Config struct {
	// Dir holds the embedded server's store. One daemon at a time may use it.
	Dir string `yaml:"dir"`
	// Name tells daemons apart in the server's client list and in logs.
	Name string `yaml:"name"`
	// Listen is where other clients reach the embedded server: "host:port", with port 0 for any free one, or "none".
	Listen string `yaml:"listen"`
	// MaxStoreBytes bounds the whole store; every stream gets a share of it. It has to stay below the disk's free space.
	MaxStoreBytes int64 `yaml:"max_store_bytes"`
	// Replicas is the number of copies of each stream: 1, or 3 or 5 on a cluster.
	Replicas int `yaml:"replicas"`
	// StartTimeout bounds the start of the embedded server, reading a large store included, or the first connection to another.
	StartTimeout time.Duration `yaml:"start_timeout"`
	// Grace is how long work in hand may go on after a stop.
	Grace time.Duration `yaml:"grace"`
	// HighWater is the number of messages waiting for one stage at which sources pause.
	HighWater int `yaml:"high_water"`
	// Heartbeat is the time between two messages that only tell whether every stage turns; 0 sends none.
	Heartbeat time.Duration `yaml:"heartbeat"`
	// Checkpoint is the time between two copies of dedup's memory on the disk, from which a restart goes on; 0 keeps none.
	Checkpoint time.Duration `yaml:"checkpoint"`
	// Accept lets the embedded server start although its store is damaged ("damage") or the clock is far ahead of it ("clock").
	Accept string `yaml:"accept"`
	// WebSocket is where browsers and programs in JavaScript reach the embedded server.
	WebSocket WebSocket `yaml:"websocket"`
	// Publish is the form in which stories are published.
	Publish Publish `yaml:"publish"`
	// NATS names a server of its own instead of the embedded one.
	NATS External `yaml:"nats"`
}

// minStore keeps every stream's share above its largest messages.
const minStore = 64 << 20

// Default is an embedded server on loopback; Dir is left for the caller, who knows where state belongs.
func Default() Config {
	return Config{
		Name:          "rawi",
		Listen:        "127.0.0.1:4222",
		MaxStoreBytes: 8 << 30,
		Replicas:      1,
		StartTimeout:  30 * time.Second,
		Grace:         20 * time.Second,
		HighWater:     5000,
		Heartbeat:     time.Minute,
		Checkpoint:    15 * time.Minute,
		WebSocket:     WebSocket{Listen: "none"},
		Publish:       Publish{Compress: true},
	}
}

// Validate reports every setting that cannot work, by its key.
func (c Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.NATS.URL == "" && c.Dir == "" {
		bad("dir", "a directory for the store is needed unless nats.url names a server")
	}
	if _, _, err := c.listen(); c.NATS.URL == "" && err != nil {
		bad("listen", "%v", err)
	}
	if c.MaxStoreBytes < minStore {
		bad("max_store_bytes", "%d is too small, at least %d is needed", c.MaxStoreBytes, minStore)
	}
	if c.Replicas != 1 && c.Replicas != 3 && c.Replicas != 5 {
		bad("replicas", "%d is not 1, 3 or 5", c.Replicas)
	}
	if c.Replicas > 1 && c.NATS.URL == "" {
		bad("replicas", "%d copies need a cluster: set nats.url, the embedded server keeps 1", c.Replicas)
	}
	if c.StartTimeout <= 0 {
		bad("start_timeout", "%s is not above 0", c.StartTimeout)
	}
	if c.Grace < 0 {
		bad("grace", "%s is below 0", c.Grace)
	}
	if c.HighWater < 1 {
		bad("high_water", "%d is below 1", c.HighWater)
	}
	if c.Heartbeat < 0 || c.Heartbeat > 0 && c.Heartbeat < time.Second {
		bad("heartbeat", "%s is below 1s: every one goes through all stages; 0 sends none", c.Heartbeat)
	}
	if c.Checkpoint < 0 || c.Checkpoint > 0 && c.Checkpoint < time.Second {
		bad("checkpoint", "%s is below 1s: dedup waits while its memory is written; 0 keeps no copy", c.Checkpoint)
	}
	errs = append(errs, c.validateAccept(), c.WebSocket.validate(), c.Publish.validate())
	return errors.Join(append(errs, c.NATS.validate()...)...)
}

// listen splits Listen; a port of -1 means that nothing listens.
func (c Config) listen() (host string, port int, err error) {
	return listenAt(c.Listen)
}

func listenAt(address string) (host string, port int, err error) {
	if address == "" || address == "none" || address == "-1" {
		return "", -1, nil
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf(`%q is neither "host:port" nor "none"`, address)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("%q has no port between 0 and 65535", address)
	}
	return host, port, nil
}
