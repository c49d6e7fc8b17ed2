package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sys/unix"
)

// checkLayout refuses a directory that holds something else than a store of rawi. It only reads, and an empty or missing directory is fine.
func checkLayout(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || isNoDirectory(err) {
		return nil // the lock says what is wrong with it
	}
	if err != nil {
		return fmt.Errorf("data directory %s cannot be read: %w", dir, err)
	}
	ours := []string{lockFile, manifestFile, manifestFile + ".new", server.JetStreamStoreDir, checkpointDir, "lost+found"}
	known := slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == lockFile || e.Name() == manifestFile || e.Name() == server.JetStreamStoreDir
	})
	for _, e := range entries {
		if !known && !slices.Contains(ours, e.Name()) {
			return unusable(dir, "is not empty and no store of rawi: it holds %s. Set dir to a directory of its own", e.Name())
		}
	}
	return checkAccounts(dir)
}

func isNoDirectory(err error) bool { return errors.Is(err, unix.ENOTDIR) }

// checkAccounts refuses the store of a NATS server that is not ours.
func checkAccounts(dir string) error {
	store := filepath.Join(dir, server.JetStreamStoreDir)
	if raft, err := filepath.Glob(filepath.Join(store, "*", "_js_")); err == nil && len(raft) > 0 {
		return unusable(dir, "is the store of a node of a NATS cluster (%s): a server by itself would not see its streams. Set nats.url to the cluster, "+
			"or dir to a directory of its own", raft[0])
	}
	accounts, err := os.ReadDir(store)
	if err != nil {
		return nil //nolint:nilerr // there is none yet, or the server says what is wrong with it
	}
	for _, a := range accounts {
		if a.IsDir() && a.Name() != server.DEFAULT_GLOBAL_ACCOUNT && a.Name() != server.DEFAULT_SYSTEM_ACCOUNT {
			return unusable(dir, "is the store of a NATS server with accounts (%s). Set nats.url to that server, or dir to a directory of its own", a.Name())
		}
	}
	return checkSubjects(dir, filepath.Join(store, server.DEFAULT_GLOBAL_ACCOUNT, "streams"))
}

// checkSubjects refuses streams that have the names of ours and keep something else; one of an earlier version may keep less. What cannot be read
// is for the server to say.
func checkSubjects(dir, streams string) error {
	for _, l := range layouts() {
		body, err := os.ReadFile(filepath.Join(streams, l.name, server.JetStreamMetaFile))
		if err != nil {
			continue
		}
		var meta struct {
			Subjects []string `json:"subjects"`
		}
		foreign := func(subject string) bool { return !slices.Contains(l.subjects, subject) }
		if json.Unmarshal(body, &meta) == nil && slices.ContainsFunc(meta.Subjects, foreign) {
			return unusable(dir, "holds a stream %s that keeps %q and not %q: it belongs to another program. Set dir to a directory of its own",
				l.name, meta.Subjects, l.subjects)
		}
	}
	return nil
}
