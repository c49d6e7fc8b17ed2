package pipeline

import (
	"errors"
	"fmt"
	"os"

	"github.com/nats-io/nkeys"
)

// MakeNKey makes the seed of a user, writes it to a new file that only its owner may read, and returns the public key, which the server's
// configuration names. Where the file is there already it keeps it and returns the public key of the seed in it.
func MakeNKey(path string) (public string, err error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	defer pair.Wipe()
	seed, err := pair.Seed()
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	defer clear(seed)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return readNKey(path)
	}
	if err != nil {
		return "", fmt.Errorf("write the seed: %w", err)
	}
	_, err = file.Write(append(seed, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("write the seed: %w", errors.Join(err, os.Remove(path)))
	}
	return pair.PublicKey()
}

// readNKey is the public key of the seed in a file.
func readNKey(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, reading(err))
	}
	defer clear(data)
	if err := checkSeed(data); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	pair, err := nkeys.ParseDecoratedNKey(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	defer pair.Wipe()
	return pair.PublicKey()
}

// publicOf is the public key of the seed in a file, for a message; what it is called where there is none.
func publicOf(path string) string {
	if public, err := readNKey(path); err == nil {
		return public
	}
	return "(unreadable)"
}
