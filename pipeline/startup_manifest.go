package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	manifestFile   = "rawi.json" // beside the lock
	manifestFormat = 1
)

// manifest is what the store held when it was last written down: once a minute, and at the end. A server that has lost a stream or the end of
// one does not know that it ever was; this does.
type manifest struct {
	Format  int             `json:"format"`
	Server  string          `json:"nats_server"` // version that wrote the store
	Saved   time.Time       `json:"saved"`
	Clean   bool            `json:"clean"` // it was the last thing that the process did
	Streams map[string]mark `json:"streams"`
}

// mark is one stream of a manifest.
type mark struct {
	First    uint64    `json:"first_seq"`
	Last     uint64    `json:"last_seq"`
	Messages uint64    `json:"messages"`
	Oldest   time.Time `json:"oldest"`
	// Readers are the positions of stages.
	Readers map[string]position `json:"readers,omitempty"`
	// Unreadable is the number of messages that are there and cannot be read, as somebody has accepted.
	Unreadable uint64 `json:"unreadable,omitempty"`
}

// position is how far a stage is.
type position struct {
	Delivered uint64 `json:"delivered_seq"`
	Finished  uint64 `json:"finished_seq"`
	InHand    int    `json:"in_hand"`
}

func positionOf(c *server.ConsumerInfo) position {
	return position{Delivered: c.Delivered.Stream, Finished: c.AckFloor.Stream, InHand: c.NumAckPending}
}

// readManifest gives a zero one where there is none.
func readManifest(dir string) (manifest, error) {
	var m manifest
	name := filepath.Join(dir, manifestFile)
	body, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || isNoDirectory(err) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%s cannot be read: %w. It only tells what the store held: look at the store, then take the file away", name, err)
	}
	return m, nil
}

// write replaces the file at once: a reader finds the old one or the new one.
func (m manifest) write(dir string) error {
	body, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	name := filepath.Join(dir, manifestFile)
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(body, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// checkVersion refuses a store that a later version has written: what that one made of its files the present one may take for damage.
func (m manifest) checkVersion(dir, present string) error {
	if m.Format > manifestFormat {
		return unusable(dir, "was written by a newer rawi (format %d, this one knows %d): run that one, or restore the copy from before", m.Format, manifestFormat)
	}
	if minor(m.Server) > minor(present) {
		return unusable(dir, "was written by NATS server %s and this rawi has %s: run the newer rawi, or restore the copy from before", m.Server, present)
	}
	return nil
}

// minor is a number that grows with the first two parts of a version; 0 for none.
func minor(version string) int {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return 0
	}
	high, err := strconv.Atoi(parts[0])
	low, err2 := strconv.Atoi(parts[1])
	if err != nil || err2 != nil {
		return 0
	}
	return high*1000 + low
}

// manifest is what the store holds now.
func (e *embedded) manifest() (manifest, error) {
	m := manifest{Format: manifestFormat, Server: server.VERSION, Saved: time.Now().UTC(), Streams: map[string]mark{}}
	streams, err := e.streams()
	for _, s := range streams {
		k := mark{First: s.State.FirstSeq, Last: s.State.LastSeq, Messages: s.State.Msgs, Oldest: s.State.FirstTime, Readers: map[string]position{}}
		for _, c := range s.Consumer {
			if ofStage(c) {
				k.Readers[c.Name] = positionOf(c)
			}
		}
		if s.Name == streamState {
			k.Unreadable = e.unreadable.Load()
		}
		m.Streams[s.Name] = k
	}
	return m, err
}

func ofStage(c *server.ConsumerInfo) bool {
	if c.Config == nil {
		return false
	}
	_, ours := c.Config.Metadata[stageMark]
	return ours
}

// streams asks the server itself: it has an answer also while no client is connected.
func (e *embedded) streams() ([]server.StreamDetail, error) {
	info, err := e.current().Jsz(&server.JSzOptions{Accounts: true, Streams: true, Consumer: true, Config: true})
	if err != nil {
		return nil, fmt.Errorf("streams of the embedded server: %w", err)
	}
	var all []server.StreamDetail
	for _, a := range info.AccountDetails {
		all = append(all, a.Streams...)
	}
	return all, nil
}
