package client

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// options never give a connection up. A server that has fallen silent is left after 20 s instead of the default 4 minutes.
func (c *Client) options(ctx context.Context, o Options) ([]nats.Option, error) {
	timeout := requestTimeout
	if end, ok := ctx.Deadline(); ok {
		timeout = min(timeout, max(time.Until(end), time.Millisecond))
	}
	options := []nats.Option{
		nats.Name(o.Name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectJitter(200*time.Millisecond, time.Second),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(timeout),
		nats.DrainTimeout(5 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.log.Warn("connection to NATS lost, connecting again", "err", err)
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) { c.log.Info("connected to NATS again", "url", nc.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { c.heard(err) }),
		nats.ClosedHandler(func(nc *nats.Conn) {
			c.over.tell(errors.Join(ErrClosed, nc.LastError()))
			close(c.gone)
		}),
	}
	if o.InProcess != nil {
		options = append(options, nats.InProcessServer(o.InProcess))
	}
	secrets, err := secretsOf(o)
	return append(options, secrets...), err
}

func secretsOf(o Options) ([]nats.Option, error) {
	if o.Credentials != "" && o.NKey != "" {
		return nil, errors.New("client options: Credentials and NKey are both set, only one of them can be used")
	}
	if (o.Cert == "") != (o.Key == "") {
		return nil, errors.New("client options: Cert and Key: one is set without the other")
	}
	var options []nats.Option
	if o.Credentials != "" {
		if _, err := os.Stat(o.Credentials); err != nil {
			return nil, fmt.Errorf("client options: Credentials: %w", err)
		}
		options = append(options, nats.UserCredentials(o.Credentials))
	}
	if o.NKey != "" {
		key, err := nats.NkeyOptionFromSeed(o.NKey)
		if err != nil {
			return nil, fmt.Errorf("client options: NKey %s: %w", o.NKey, err)
		}
		options = append(options, key)
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if o.Cert != "" {
		options = append(options, nats.ClientCert(o.Cert, o.Key))
	}
	if o.InboxPrefix != "" {
		options = append(options, nats.CustomInboxPrefix(o.InboxPrefix))
	}
	return options, nil
}

// advice says what to change so that a connection which was refused comes about.
func advice(o Options, err error) string {
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &authority):
		return "CA has to be the PEM file that signed the server's certificate"
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		if o.NKey == "" && o.Credentials == "" {
			return "the server wants to know who connects: set NKey or Credentials"
		}
		return "the server does not know this user"
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout), errors.Is(err, os.ErrDeadlineExceeded):
		return "is rawi, or its NATS server, running there?"
	}
	return "see URL"
}

// Redacted is a list of server URLs, as Options has it, without the passwords in it, for messages that others read.
func Redacted(list string) string {
	urls := strings.Split(list, ",")
	for i, text := range urls {
		u, err := url.Parse(strings.TrimSpace(text))
		switch {
		case err != nil:
			urls[i] = "(an address that cannot be read)"
		case u.User != nil:
			urls[i] = u.Redacted()
		}
	}
	return strings.Join(urls, ",")
}

// Forbidden is a permission that the server does not give the user.
type Forbidden struct{ What string } // as the server says it: `Publish to "$JS.API.INFO"`

// Error says what is missing and where it is given.
func (f *Forbidden) Error() string {
	hint := "a reader's permissions stand in deployments/nats/accounts.conf"
	if strings.HasPrefix(f.What, `Subscription to "_INBOX`) {
		hint = "set InboxPrefix to the inbox that it may subscribe to, such as _INBOX_desk"
	}
	return fmt.Sprintf("the NATS user has no permission for %s: %s", f.What, hint)
}

// hearers are those who wait and want to be told why they need not wait any longer.
type hearers struct {
	mu      sync.Mutex
	waiting map[int]context.CancelCauseFunc
	next    int
}

func (h *hearers) add(cancel context.CancelCauseFunc) (done func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting == nil {
		h.waiting = map[int]context.CancelCauseFunc{}
	}
	id := h.next
	h.next++
	h.waiting[id] = cancel
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.waiting, id)
	}
}

func (h *hearers) tell(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, cancel := range h.waiting {
		cancel(why)
	}
}

// heard takes what the server says without having been asked.
func (c *Client) heard(err error) {
	if errors.Is(err, nats.ErrPermissionViolation) {
		_, what, _ := strings.Cut(err.Error(), "Permissions Violation for ")
		c.refused.tell(&Forbidden{What: what})
	}
	c.log.Warn("NATS connection", "err", err)
}

// ask calls f with a context that ends after requestTimeout, or when the server refuses a permission, which it does not answer; then it returns which one.
func (c *Client) ask(ctx context.Context, f func(context.Context) error) error {
	timed, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	asking, cancel := context.WithCancelCause(timed)
	defer cancel(nil)
	defer c.refused.add(cancel)()
	err := f(asking)
	if why, ok := errors.AsType[*Forbidden](context.Cause(asking)); ok && err != nil {
		return why
	}
	return err
}
