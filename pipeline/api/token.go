package api

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Tokens are those that may be used, by the hashes of them. The zero value has none.
type Tokens struct{ all []token }

type token struct {
	name string
	hash [sha256.Size]byte
	read bool // it changes nothing
}

// readOnly is the third part of a line whose token changes nothing.
const readOnly = "read"

var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$`)

// NewToken makes a token of 130 random bits and the line that stands for it in a file of tokens. The line holds the SHA-256 of the token: of a
// random text that is enough, it cannot be guessed. One that only reads changes nothing.
func NewToken(name string, reads bool) (secret, line string, err error) {
	if !tokenName.MatchString(name) {
		return "", "", fmt.Errorf("name %q: want 1 to 64 letters, digits and _ . @ -, such as desk", name)
	}
	secret = "rawi_" + rand.Text()
	hash := sha256.Sum256([]byte(secret))
	line = name + ":" + hex.EncodeToString(hash[:])
	if reads {
		line += ":" + readOnly
	}
	return secret, line, nil
}

// ReadTokens reads a file of tokens, one NAME:HASH or NAME:HASH:read a line; lines that begin with # say nothing. A path that is empty gives none. The error says
// what is wrong and where.
func ReadTokens(path string) (Tokens, error) {
	if path == "" {
		return Tokens{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("%w; rawi token NAME --file %s makes it", err, path)
		}
		return Tokens{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return Tokens{}, err
	}
	if info.Mode().Perm()&0o022 != 0 {
		return Tokens{}, fmt.Errorf("%s: others than its owner can write it, and with it make tokens: chmod go-w %s", path, path)
	}
	t, err := parseTokens(f)
	if err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func parseTokens(r io.Reader) (Tokens, error) {
	var t Tokens
	var errs []error
	seen := map[string]bool{}
	lines := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		one, err := parseToken(text)
		if err == nil && seen[one.name] {
			err = fmt.Errorf("the name %s stands twice", one.name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", n, err))
			continue
		}
		seen[one.name] = true
		t.all = append(t.all, one)
	}
	return t, errors.Join(append(errs, lines.Err())...)
}

// parseToken never quotes what it could not read: it may be a token that somebody wrote where its hash belongs.
func parseToken(line string) (token, error) {
	parts := strings.Split(line, ":")
	if len(parts) != 2 && (len(parts) != 3 || parts[2] != readOnly) || !tokenName.MatchString(parts[0]) {
		return token{}, errors.New("want NAME:HASH or NAME:HASH:read, as rawi token NAME prints it")
	}
	one := token{name: parts[0], read: len(parts) == 3}
	hash, err := hex.DecodeString(parts[1])
	if err != nil || len(hash) != sha256.Size {
		return token{}, fmt.Errorf("what stands behind %s is no SHA-256 in 64 hexadecimal digits: rawi token %s makes a token and its line", parts[0], parts[0])
	}
	copy(one.hash[:], hash)
	return one, nil
}

// Has says whether there is a token of a name.
func (t Tokens) Has(name string) bool {
	return slices.ContainsFunc(t.all, func(one token) bool { return one.name == name })
}

// any says whether there are tokens at all.
func (t Tokens) any() bool { return len(t.all) > 0 }

// find gives the token of a secret. It takes as long for a wrong secret as for a right one.
func (t Tokens) find(secret string) (found token, ok bool) {
	hash := sha256.Sum256([]byte(secret))
	for _, one := range t.all {
		if subtle.ConstantTimeCompare(one.hash[:], hash[:]) == 1 {
			found, ok = one, true
		}
	}
	return found, ok
}
