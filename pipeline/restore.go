package pipeline

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// codeRestoring is the answer to a restore under a name that is taken.
const codeRestoring jetstream.ErrorCode = 10130

// How often a stream is sent before it is an error, and how long is waited for the parts of a try.
const (
	restoreTries   = 5
	restoreAsked   = 10 * time.Second // for the subject to send it to
	restoreTimeout = 5 * time.Minute  // for one piece of it, and the making of the stream after the last

	// restoreStall is what a server waits for the next piece before it gives a stream up.
	restoreStall = 5 * time.Second
)

// restoreChunk is the size of those pieces in bytes: below the default of a server's max_payload.
const restoreChunk = 128 << 10

// apiAnswer is what an answer of the server's API may hold.
type apiAnswer struct {
	Error   *jetstream.APIError `json:"error"`
	Deliver string              `json:"deliver_subject"`
}

// restoring is a stream on its way to another server.
type restoring struct {
	config jetstream.StreamConfig
	state  jetstream.StreamState
	read   func(bytes int) // hears of what was read of its files, in one goroutine
}

// restore makes a stream on the server from the directory in which another server kept it, consumers included. This is the older of the server's
// two formats: after a restore from the newer one a server does not recognise repeated message ids until it is started again.
func (b *Bus) restore(ctx context.Context, dir string, s restoring) error {
	for try := 1; ; try++ {
		err := b.tryRestore(ctx, dir, s)
		if codeOf(err) == codeRestoring {
			return fmt.Errorf("%w: an earlier restore of it was cut short, and a cluster keeps the name for good: "+
				"remove it as a user who may delete streams (nats stream rm %s), and try again", err, s.config.Name)
		}
		if !errors.Is(err, nats.ErrNoResponders) || try == restoreTries || !pause(ctx, time.Second) {
			return err
		}
	}
}

// tryRestore sends a stream once. A server that hears nothing for a while, as on a machine with too much to do, gives the stream up, and nobody takes
// the rest (nats.ErrNoResponders).
func (b *Bus) tryRestore(ctx context.Context, dir string, s restoring) error {
	deliver, err := b.beginRestore(ctx, s.config, s.state)
	if err != nil {
		return err
	}
	read, write := io.Pipe()
	var archiving sync.WaitGroup
	archiving.Go(func() { write.CloseWithError(archive(write, dir, s.read)) })
	err = b.send(ctx, deliver, read)
	_ = read.CloseWithError(errStop) // it was read to its end, or nobody wants the rest
	archiving.Wait()
	if code := codeOf(err); code == codeNoResources || code == codeNoStorage {
		return fmt.Errorf("%w: the server has no room for it, raise its max_file_store", err)
	}
	return err
}

// beginRestore asks the server to take a stream, and returns the subject to send it to. Where the name is still taken by a restore that was cut short, it
// waits until a server would have noticed.
func (b *Bus) beginRestore(ctx context.Context, c jetstream.StreamConfig, state jetstream.StreamState) (deliver string, err error) {
	question, err := json.Marshal(map[string]any{"config": c, "state": state})
	if err != nil {
		return "", err
	}
	for began := time.Now(); ; {
		answer, err := b.ask(ctx, "$JS.API.STREAM.RESTORE."+c.Name, question, restoreAsked)
		if err == nil {
			return answer.Deliver, nil
		}
		patience := time.Duration(0)
		switch {
		case codeOf(err) == codeRestoring:
			patience = 2 * restoreStall
		case b.settling(err):
			patience = b.cfg.StartTimeout
		}
		if time.Since(began) > patience || !pause(ctx, time.Second) {
			return "", err
		}
	}
}

// send sends all of r, piece by piece, and an empty one at the end.
func (b *Bus) send(ctx context.Context, deliver string, r io.Reader) error {
	chunk := make([]byte, restoreChunk)
	for {
		n, err := io.ReadFull(r, chunk)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("read the store: %w", err)
		}
		if n > 0 {
			if err := b.hand(ctx, deliver, chunk[:n]); err != nil {
				return err
			}
		}
		if last {
			_, err := b.ask(ctx, deliver, nil, restoreTimeout)
			return err
		}
	}
}

// hand gives the server one piece. The servers of a cluster take a moment to tell each other who wants the first; what nobody took may be sent again.
func (b *Bus) hand(ctx context.Context, deliver string, piece []byte) error {
	for began := time.Now(); ; {
		_, err := b.ask(ctx, deliver, piece, restoreTimeout)
		if !errors.Is(err, nats.ErrNoResponders) || time.Since(began) > restoreStall || !pause(ctx, 100*time.Millisecond) {
			return err
		}
	}
}

// ask puts a question to the server's API, and waits so long for the answer.
func (b *Bus) ask(ctx context.Context, subject string, question []byte, wait time.Duration) (a apiAnswer, err error) {
	timed, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	msg, err := b.nc.RequestWithContext(timed, subject, question)
	if err != nil || len(msg.Data) == 0 {
		return a, err
	}
	if err := json.Unmarshal(msg.Data, &a); err != nil {
		return a, err
	}
	if a.Error != nil {
		return a, a.Error
	}
	return a, nil
}

// archive writes the files under dir, compressed.
func archive(w io.Writer, dir string, read func(bytes int)) error {
	packed := s2.NewWriter(w)
	files := tar.NewWriter(packed)
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		return add(files, dir, path, read)
	})
	return errors.Join(err, files.Close(), packed.Close())
}

func add(files *tar.Writer, dir, path string, read func(bytes int)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	if err := files.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: info.Size(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.Copy(io.MultiWriter(files, counted(read)), file)
	return err
}

// counted hears how much was written.
type counted func(bytes int)

func (t counted) Write(p []byte) (int, error) {
	t(len(p))
	return len(p), nil
}
