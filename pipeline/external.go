package pipeline

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// External is a NATS server that runs on its own; an empty URL means the embedded one.
type External struct {
	URL         string `yaml:"url"`         // "nats://a:4222,nats://b:4222", or "tls://..."
	Credentials string `yaml:"credentials"` // path of a .creds file
	NKey        string `yaml:"nkey"`        // path of a file with an NKey seed
	CA          string `yaml:"ca"`          // path of the PEM file that signs the server's certificate
	Cert        string `yaml:"cert"`        // path of the client's certificate
	Key         string `yaml:"key"`         // path of the client's key
	// InboxPrefix is where answers come to: "_INBOX" where it is empty. A user who may subscribe to an inbox of its own only has to name it.
	InboxPrefix string `yaml:"inbox_prefix"`
}

// validate reports what can be known without a connection, by key.
func (e External) validate() []error {
	errs := e.files()
	if e.Credentials != "" && e.NKey != "" {
		errs = append(errs, errors.New("nats.credentials and nats.nkey: only one of them can be used"))
	}
	for address := range strings.SplitSeq(e.URL, ",") {
		if err := checkAddress(strings.TrimSpace(address)); e.URL != "" && err != nil {
			errs = append(errs, fmt.Errorf("nats.url: %w", err))
		}
	}
	if e.InboxPrefix != "" && !isPrefix(e.InboxPrefix) {
		errs = append(errs, fmt.Errorf("nats.inbox_prefix: %q is no subject without wildcards, such as _INBOX_desk", e.InboxPrefix))
	}
	return errs
}

func checkAddress(address string) error {
	if !strings.Contains(address, "://") {
		address = "nats://" + address
	}
	u, err := url.Parse(address)
	if err != nil { // it would repeat the address with the password in it
		return errors.New("an address cannot be read: they look like nats://host:4222, and special characters in a password are written %2F")
	}
	if !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
		return fmt.Errorf("%s: the scheme is nats, tls, ws or wss", u.Redacted())
	}
	if u.Hostname() == "" {
		return fmt.Errorf("%s names no host", u.Redacted())
	}
	return nil
}

func isPrefix(subject string) bool {
	return !strings.ContainsAny(subject, "*> \t\r\n") && !slices.Contains(strings.Split(subject, "."), "")
}

// files reports the files that are missing, cannot be read, or hold something else. What they hold never stands in the error.
func (e External) files() []error {
	var errs []error
	for _, f := range []struct {
		key, path string
		check     func([]byte) error
	}{
		{"nats.credentials", e.Credentials, checkCredentials},
		{"nats.nkey", e.NKey, checkSeed},
		{"nats.ca", e.CA, checkPEM},
	} {
		if f.path == "" {
			continue
		}
		data, err := os.ReadFile(f.path)
		if err == nil {
			err = f.check(data)
		}
		clear(data)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", f.key, f.path, reading(err)))
		}
	}
	return append(errs, e.pair()...)
}

func (e External) pair() []error {
	if e.Cert == "" && e.Key == "" {
		return nil
	}
	if e.Cert == "" || e.Key == "" {
		return []error{errors.New("nats.cert and nats.key: one is set without the other")}
	}
	if _, err := tls.LoadX509KeyPair(e.Cert, e.Key); err != nil {
		return []error{fmt.Errorf("nats.cert %s and nats.key %s: %w", e.Cert, e.Key, reading(err))}
	}
	return nil
}

// reading says what to do about a file that cannot be read; its path stands before it already.
func reading(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("there is no such file")
	case errors.Is(err, os.ErrPermission):
		return errors.New("it may not be read: give it to the user that rawi runs as")
	}
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

func checkSeed(data []byte) error {
	pair, err := nkeys.ParseDecoratedNKey(data)
	if err != nil {
		return errors.New(`it holds no NKey seed: a line that begins with SU, as "rawi nkey FILE" makes it`)
	}
	defer pair.Wipe()
	if public, err := pair.PublicKey(); err != nil || !nkeys.IsValidPublicUserKey(public) {
		return errors.New("its seed is not that of a user: those begin with SU")
	}
	return nil
}

func checkCredentials(data []byte) error {
	pair, err := nkeys.ParseDecoratedUserNKey(data)
	if err != nil {
		return errors.New("it holds no seed of a user: a .creds file has a JWT and a seed, each between its lines of dashes")
	}
	pair.Wipe()
	token, err := nkeys.ParseDecoratedJWT(data)
	if err != nil {
		return errors.New("it holds no JWT: a .creds file has a JWT and a seed, each between its lines of dashes")
	}
	claims, err := jwt.DecodeUserClaims(token)
	if err != nil {
		return errors.New("its JWT is not that of a user")
	}
	if claims.Expires > 0 && time.Unix(claims.Expires, 0).Before(time.Now()) {
		return fmt.Errorf("its JWT expired on %s: have another one made", time.Unix(claims.Expires, 0).UTC().Format(time.DateTime))
	}
	return nil
}

func checkPEM(data []byte) error {
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return errors.New("it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
	}
	return nil
}

func (e External) options() ([]nats.Option, error) {
	var options []nats.Option
	if e.Credentials != "" {
		options = append(options, nats.UserCredentials(e.Credentials))
	}
	if e.NKey != "" {
		key, err := nats.NkeyOptionFromSeed(e.NKey)
		if err != nil {
			return nil, fmt.Errorf("nats.nkey %s: %w", e.NKey, reading(err))
		}
		options = append(options, key)
	}
	if e.CA != "" {
		options = append(options, nats.RootCAs(e.CA))
	}
	if e.Cert != "" {
		options = append(options, nats.ClientCert(e.Cert, e.Key))
	}
	if e.InboxPrefix != "" {
		options = append(options, nats.CustomInboxPrefix(e.InboxPrefix))
	}
	return options, nil
}

// advice says what to change so that a connection which was refused comes about.
func (e External) advice(err error) string {
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	switch {
	case errors.As(err, &authority) && e.CA == "":
		return "set nats.ca to the PEM file that signed the server's certificate"
	case errors.As(err, &authority):
		return "nats.ca " + e.CA + " did not sign the server's certificate"
	case errors.As(err, &hostname):
		return "use a name in nats.url that the server's certificate has"
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		return e.unknownUser()
	case errors.Is(err, nats.ErrNkeysNotSupported):
		return "the server knows no users by NKey: give it one, or leave nats.nkey empty"
	case errors.Is(err, nats.ErrSecureConnWanted):
		return "the server speaks no TLS: give it a tls block, or write nats:// and leave nats.ca, nats.cert and nats.key empty"
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout), errors.Is(err, os.ErrDeadlineExceeded):
		return "is the server running there, and can it be reached?"
	case hungUp(err) && e.Cert == "":
		return "the server may ask for a certificate: set nats.cert and nats.key"
	case hungUp(err):
		return "the server may not take our certificate: see nats.cert"
	}
	return "see nats.url"
}

// hungUp says that the server ended the conversation over TLS. That has no type of its own, and its alert may come too late to be read.
func hungUp(err error) bool {
	return strings.Contains(err.Error(), "remote error: tls:") || strings.Contains(err.Error(), "after TLS handshake")
}

func (e External) unknownUser() string {
	switch {
	case e.NKey != "":
		return fmt.Sprintf("the server does not know the user with the public key %s, whose seed is in nats.nkey", publicOf(e.NKey))
	case e.Credentials != "":
		return "the server does not take nats.credentials: is the account known to it, and the user neither expired nor revoked?"
	}
	return "the server wants to know who connects: set nats.nkey or nats.credentials"
}
