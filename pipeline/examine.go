package pipeline

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/client"
)

// ServerFacts is what a client can tell of the NATS server that it is connected to.
type ServerFacts struct {
	Name       string        `json:"name"`
	Version    string        `json:"version"`
	Cluster    string        `json:"cluster,omitempty"`
	MaxPayload int64         `json:"max_payload"` // bytes of the largest message
	RoundTrip  time.Duration `json:"round_trip_ns"`
}

// LeastPayload is the largest message that the server should take, in bytes: pages can be that large.
const LeastPayload int64 = maxPayload

// ServerFacts asks the server for a sign of life and says what it is.
func (b *Bus) ServerFacts() (ServerFacts, error) {
	took, err := b.nc.RTT()
	if err != nil {
		return ServerFacts{}, fmt.Errorf("ask NATS at %s for a sign of life: %w", client.Redacted(b.url), err)
	}
	return ServerFacts{
		Name: b.nc.ConnectedServerName(), Version: b.nc.ConnectedServerVersion(), Cluster: b.nc.ConnectedClusterName(),
		MaxPayload: b.nc.MaxPayload(), RoundTrip: took,
	}, nil
}

// Drift lists, in words, what is not as the daemon wants it: streams that are missing or have other settings, streams that nothing reads, and
// readers that were changed or paused. It changes nothing. A daemon that starts puts all of it right, but for a pause.
func (b *Bus) Drift(ctx context.Context) ([]string, error) {
	var all []string
	for _, l := range layouts() {
		s, err := b.js.Stream(ctx, l.name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			all = append(all, fmt.Sprintf("stream %s is missing", l.name))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", l.name, err)
		}
		is := s.CachedInfo().Config
		if want := l.onto(is, b.cfg); !reflect.DeepEqual(is, want) {
			all = append(all, fmt.Sprintf("stream %s: %s", l.name, differing(is, want)))
		}
		readers, err := readersDrift(ctx, s, l.name)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", l.name, err)
		}
		all = append(all, readers...)
	}
	return all, nil
}

// differing names the settings in which two configurations differ, with what they are and what they should be.
func differing(is, want jetstream.StreamConfig) string {
	var parts []string
	a, b := reflect.ValueOf(is), reflect.ValueOf(want)
	for i := range a.NumField() {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			parts = append(parts, fmt.Sprintf("%s is %v and should be %v", a.Type().Field(i).Name, x, y))
		}
	}
	return strings.Join(parts, "; ")
}

// readersDrift looks at the consumers of stages on a stream.
func readersDrift(ctx context.Context, s jetstream.Stream, stream string) ([]string, error) {
	var all []string
	stages := 0
	consumers := s.ListConsumers(ctx)
	for info := range consumers.Info() {
		if _, ours := info.Config.Metadata[stageMark]; !ours {
			continue
		}
		stages++
		switch c := info.Config; {
		case info.Paused:
			all = append(all, fmt.Sprintf("stage %s is paused at the server for %s more", info.Name, info.PauseRemaining.Round(time.Second)))
		case c.AckPolicy != jetstream.AckExplicitPolicy || c.MaxDeliver != maxDeliver || c.MaxAckPending != maxAckPending:
			all = append(all, fmt.Sprintf("stage %s: its reader was changed (%v, %d deliveries, %d unanswered)", info.Name, c.AckPolicy, c.MaxDeliver, c.MaxAckPending))
		}
	}
	read := []string{streamFetch, streamRaw, streamLang, streamArticles, streamState}
	if stages == 0 && slices.Contains(read, stream) {
		all = append(all, fmt.Sprintf("no stage reads stream %s", stream))
	}
	return all, consumers.Err()
}

// ClockOffset is by how much the clock of the NATS server is ahead of ours, give or take the uncertainty.
func (b *Bus) ClockOffset(ctx context.Context) (offset, uncertainty time.Duration, err error) {
	began := time.Now()
	s, err := b.js.Stream(ctx, streamRaw)
	if err != nil {
		return 0, 0, fmt.Errorf("stream %s: %w", streamRaw, err)
	}
	half := time.Since(began) / 2
	said := s.CachedInfo().TimeStamp
	if said.IsZero() {
		return 0, 0, errors.New("the NATS server does not say what time it is: it is older than 2.10")
	}
	return said.Sub(began.Add(half).UTC()), half, nil
}

// CheckStore looks at the directory of the embedded server without changing anything, and says why a start would refuse it.
func CheckStore(cfg Config) error {
	if err := checkMoved(cfg.Dir); err != nil {
		return err
	}
	return beforeStart(cfg)
}

// Room is what is left on the disk of the store, in bytes, and below how much sources pause.
func Room(cfg Config, dir string) (free, low int64, err error) {
	free, err = freeBytes(dir)
	return free, newDisk(cfg).low, err
}
