package pipeline

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rawi/pipeline/message"
)

// Keeper is a Fold that can write its memory down and read it back, so that a start need not read every state again. The runtime keeps what it
// writes in a file below the data directory, and uses it only where the state stream shows that it still holds. Save and Load are called where
// Apply is.
type Keeper interface {
	// Shape names all that makes the memory beside the states: rules, tables, settings, and the form in which Save writes. What was written
	// under another name is not read.
	Shape() string
	// Save writes the memory. It changes nothing that a decision depends on.
	Save(w io.Writer) error
	// Load puts what Save wrote in place of the memory. It returns an error, and never panics or takes memory without bound, whatever it reads;
	// Reset follows then.
	Load(r io.Reader) error
	// Retain forgets the states whose subjects are not kept any more.
	Retain(kept func(subject string) bool)
}

const (
	checkpointDir = "checkpoints" // below the data directory
	asideSuffix   = ".aside"      // of what was not used
	newSuffix     = ".new"        // of what is being written
	// checkpointShare of the states have to be new before the memory is written down again: reading so few takes less than writing all of it.
	checkpointShare = 200
	// anchorTimeout bounds the questions to the server that one checkpoint costs.
	anchorTimeout = 10 * time.Second
	// roomEvery is how many bytes are written between two looks at what is left of the disk.
	roomEvery = 16 << 20
	// settleTries is how often the ledger is held against a stream that others write to meanwhile.
	settleTries = 20
)

// Restored is how the memory of a stage was filled when the process began.
type Restored struct {
	Checkpoint int           `json:"checkpoint"` // states that were in a checkpoint
	Replayed   int           `json:"replayed"`   // states that were read from the stream
	Took       time.Duration `json:"took_ns"`
	Aside      string        `json:"aside,omitempty"` // why a checkpoint was not used
}

// keeping is what the worker of a fold knows of its checkpoints. One goroutine uses it, but for what is atomic.
type keeping struct {
	keeper  Keeper // nil where none are kept
	every   time.Duration
	name    string // of the file
	ledger  ledger
	begun   bool     // the fold was loaded once: from then on the stream alone is read
	at      uint64   // sequence of the last checkpoint
	missing []uint64 // sequences by which the stream was to be known, and which it does not have
	next    time.Time
	unused  string      // why the checkpoint was set aside
	trouble atomic.Bool // said, and not gone
	busy    atomic.Bool // one is on its way to the disk
	writing sync.WaitGroup
}

func subjectHash(subject string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(subject)) // a hash takes everything
	return h.Sum64()
}

// keep readies a worker for checkpoints, where its fold can make them and they are wanted.
func (k *keeping) keep(fold any, stage string, cfg Config) {
	keeper, ok := fold.(Keeper)
	if !ok || cfg.Checkpoint <= 0 || cfg.Dir == "" {
		return
	}
	k.keeper, k.every, k.name, k.ledger = keeper, cfg.Checkpoint, filepath.Join(cfg.Dir, checkpointDir, message.Token(stage)), ledger{}
}

// hasCheckpoint tells whether a stage may begin from what it wrote down.
func hasCheckpoint(cfg Config) bool {
	if cfg.Checkpoint <= 0 {
		return false
	}
	files, err := os.ReadDir(filepath.Join(cfg.Dir, checkpointDir))
	return err == nil && slices.ContainsFunc(files, func(f os.DirEntry) bool { return filepath.Ext(f.Name()) == "" })
}

// note enters a state that was applied.
func (k *keeping) note(subject string, seq uint64) {
	if k.keeper != nil {
		k.ledger[subjectHash(subject)] = seq
	}
}

func (k *keeping) forget() {
	if k.keeper != nil {
		k.ledger, k.at, k.missing = ledger{}, 0, nil
	}
}

// errNone says that there is no checkpoint.
var errNone = errors.New("there is none")

// unfitError is why a checkpoint is set aside.
type unfitError struct{ error }

// recall loads the memory from the checkpoint and returns the sequence up to which it holds. Its error is errNone, an unfitError, or one of
// the server's, after which the same can be tried again.
func (k *keeping) recall(ctx context.Context, b *Bus, end tail) (seq uint64, err error) {
	f, err := os.Open(k.name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, errNone
	}
	if err != nil {
		return 0, unfitError{err}
	}
	defer f.Close() //nolint:errcheck // it was read
	info, err := f.Stat()
	if err != nil {
		return 0, unfitError{err}
	}
	c, l, memory, err := readCheckpoint(f, info.Size())
	if err == nil {
		err = c.holds(k.keeper.Shape(), end)
	}
	if err != nil {
		return 0, unfitError{err}
	}
	if k.missing, err = b.anchored(ctx, c); err != nil {
		return 0, err
	}
	_, err = guard(context.Background(), 0, func() (struct{}, error) { return struct{}{}, k.keeper.Load(memory) })
	if err != nil {
		return 0, unfitError{fmt.Errorf("its memory cannot be read: %w", err)}
	}
	k.ledger, k.at = l, c.Sequence
	return c.Sequence, nil
}

// holds says why a checkpoint cannot be of a stream as it is now; nil where it may be.
func (c checkpoint) holds(shape string, end tail) error {
	switch {
	case c.Shape != shape:
		return errors.New("rules, settings or version are others now")
	case c.Stream != streamState || !c.Made.Equal(end.made):
		return errors.New("it is of another stream")
	case c.Sequence > end.last:
		return fmt.Errorf("it is ahead of the stream, which was restored or lost its end: %d, and the stream ends at %d", c.Sequence, end.last)
	case c.Sequence+1 < end.first:
		return fmt.Errorf("it is older than all that is kept: %d, and the stream begins at %d", c.Sequence, end.first)
	}
	return nil
}

// anchors are messages by which the stream will be known again: the newest ones, older ones in growing steps, since states make way for newer ones
// of their story, and the oldest.
func (b *Bus) anchors(ctx context.Context, entries []entry) ([]anchor, error) {
	var out []anchor
	for back := 1; back <= len(entries); back = older(back, len(entries)) {
		seq := entries[len(entries)-back].seq
		e, ok, err := b.next(ctx, streamState, seq)
		if err != nil {
			return nil, err
		}
		if ok && e.Sequence == seq {
			out = append(out, anchor{e.Sequence, e.Time})
		}
	}
	return out, nil
}

// older is how far back of n the anchor before one stands, more than n after the last.
func older(back, n int) int {
	next := back + max(1, back/2)
	if back < n {
		return min(next, n)
	}
	return next
}

// anchored looks whether the stream has the messages that a checkpoint knows it by, and returns those that a server elsewhere does not have. In a store
// of our own one that cannot be read would be among them, which the checkpoint helps against: see lookLater.
func (b *Bus) anchored(ctx context.Context, c checkpoint) (missing []uint64, err error) {
	found := 0
	for _, a := range c.Anchors {
		e, ok, err := b.next(ctx, streamState, a.Sequence)
		switch {
		case err != nil:
			return nil, err
		case !ok || e.Sequence != a.Sequence: // given up because of its age, or a newer state of the story has taken its place: see settle
			if b.server == nil {
				missing = append(missing, a.Sequence)
			}
		case !e.Time.Equal(a.Time):
			return nil, unfitError{fmt.Errorf("message %d of the stream is another one: it was restored from a copy and went on from there", a.Sequence)}
		default:
			found++
		}
	}
	if found == 0 && c.Subjects > 0 {
		return nil, unfitError{errors.New("nothing that it knows the stream by is kept any more")}
	}
	return missing, nil
}

// settle holds the ledger against the stream, and makes the memory forget what the stream has given up because of its age. What else is missing
// was removed by hand or damage, and no checkpoint can know what that was. Where a message is missing whose story has no newer one, the stream was
// restored from a copy, and went on from there.
func (k *keeping) settle(end tail) error {
	kept, old := 0, 0
	for _, seq := range k.ledger {
		if seq >= end.first {
			kept++
		} else {
			old++
		}
		if seq >= end.first && slices.Contains(k.missing, seq) {
			return unfitError{fmt.Errorf("message %d of the stream is not there, and no newer one of its story: it was restored from a copy and went on", seq)}
		}
	}
	if uint64(kept) != end.messages {
		return unfitError{fmt.Errorf("the stream keeps %d states, and it knows %d of them", end.messages, kept)}
	}
	if old == 0 {
		return nil
	}
	for subject, seq := range k.ledger {
		if seq < end.first {
			delete(k.ledger, subject)
		}
	}
	_, err := guard(context.Background(), 0, func() (struct{}, error) {
		k.keeper.Retain(func(subject string) bool {
			_, ok := k.ledger[subjectHash(subject)]
			return ok
		})
		return struct{}{}, nil
	})
	return err
}

// aside moves a checkpoint that is not used out of the way, so that it is looked at once.
func (k *keeping) aside() error {
	k.at = 0
	err := os.Rename(k.name, k.name+asideSuffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, os.Remove(k.name))
	}
	return nil
}

// due says whether the memory is to be written down: enough is new.
func (k *keeping) due(last uint64) bool {
	return k.keeper != nil && k.begun && last >= k.at+max(1, uint64(len(k.ledger)/checkpointShare))
}

// create opens the new file.
func (k *keeping) create() (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(k.name), 0o700); err != nil {
		return nil, err
	}
	return openNew(k.name + newSuffix)
}

// place makes a file that is written whole the checkpoint: after that it survives a power cut, and before it the last one is in its place.
func (k *keeping) place(f *os.File) error {
	err := f.Sync()
	if err == nil {
		err = os.Rename(f.Name(), k.name)
	}
	if err == nil {
		err = syncDir(filepath.Dir(k.name))
	}
	if err = errors.Join(err, f.Close()); err == nil {
		_ = os.Remove(k.name + asideSuffix) // there is none, or nobody has looked at it
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// drop gives the room of a file back that is not finished.
func drop(f *os.File) error { return errors.Join(os.Remove(f.Name()), f.Close()) }

// roomy writes as long as the disk has room for the store: a checkpoint must not be what fills it.
type roomy struct {
	to   io.Writer
	disk *disk
	n    int64
}

func (r *roomy) Write(p []byte) (int, error) {
	if r.n <= 0 {
		r.n = roomEvery
		if free, err := r.disk.free(r.disk.dir); err == nil && free < r.disk.low+roomEvery {
			return 0, &diskFull{dir: r.disk.dir, free: free, needed: r.disk.low + roomEvery}
		}
	}
	r.n -= int64(len(p))
	return r.to.Write(p)
}
