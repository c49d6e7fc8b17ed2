package sink

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"rawi/pipeline/client"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
)

const (
	maxAnswer   = 64 << 10 // bytes of an answer that are read; only its beginning is told
	told        = 200      // bytes of it
	firstWait   = time.Second
	longestWait = 5 * time.Minute
	longestRest = 24 * time.Hour // of a Retry-After
)

// webhook posts stories.
type webhook struct {
	cfg    Webhook
	secret []byte
	guard  *outbound.Guard
	http   http.Client
	bury   func(context.Context, message.Dead) error
	rest   atomic.Int64 // until when the receiver asked to be left alone, in Unix nanoseconds
	first  time.Duration
}

func newWebhook(cfg Webhook, p Parts) (*webhook, error) {
	cfg = cfg.withDefaults()
	w := &webhook{cfg: cfg, bury: p.Bury, first: firstWait}
	if cfg.Secret != "" {
		secret, err := readSecret(cfg.Secret)
		if err != nil {
			return nil, fmt.Errorf("webhook.secret: %w", err)
		}
		w.secret = secret
	}
	out := p.Outbound
	out.HeaderTimeout, out.Timeout, out.MinRate = cfg.Timeout, cfg.Timeout, 0
	out.Exceptions = cfg.exceptions()
	w.guard = outbound.New(out)
	w.http = http.Client{
		Transport:     w.guard.Transport(maxAnswer),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w, nil
}

func (w Webhook) withDefaults() Webhook {
	if w.Timeout == 0 {
		w.Timeout = DefaultTimeout
	}
	if w.Workers == 0 {
		w.Workers = DefaultWorkers
	}
	if w.GiveUp == 0 {
		w.GiveUp = DefaultGiveUp
	}
	return w
}

// exceptions open the way to the receiver's host, where the configuration allows it.
func (w Webhook) exceptions() []outbound.Exception {
	u, err := url.Parse(w.URL)
	if err != nil {
		return nil
	}
	e := outbound.Exception{Host: u.Hostname()}
	for _, text := range w.Allow {
		if p, err := netip.ParsePrefix(text); err == nil { // Validate has checked them
			e.Prefixes = append(e.Prefixes, p)
		}
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		e.Ports = []uint16{uint16(port)} // who configures an address means its port
	}
	return []outbound.Exception{e}
}

// readSecret is the content of a file without the space around it.
func readSecret(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	secret := bytes.TrimSpace(data)
	if len(secret) < leastSecret {
		return nil, fmt.Errorf("%s holds %d bytes, a secret wants %d at least, such as openssl rand -hex 32 prints", path, len(secret), leastSecret)
	}
	return secret, nil
}

func (w *webhook) reopen() {}

func (w *webhook) close() error {
	w.guard.Close()
	return nil
}

// outcome is what an attempt means for the story.
type outcome struct {
	err    error
	reason string        // of a dead letter; empty where another attempt may cure it
	wait   time.Duration // no sooner than this; 0 where nobody said
}

// deliver posts a story until it is taken, refused for good, or given up. It returns an error only where ctx has ended before that.
func (w *webhook) deliver(ctx context.Context, r *running, turn chan struct{}, d *client.Delivery) error {
	began := time.Now()
	for tries := 1; ; tries++ {
		if err := w.turn(ctx, turn); err != nil {
			return err
		}
		o := w.post(ctx, d)
		<-turn
		switch {
		case o.err == nil:
			r.works()
			r.counted(Delivered)
			return d.Ack()
		case ctx.Err() != nil: // cut short: no failure of the receiver
			return ctx.Err()
		case o.reason == "" && time.Since(began) > w.cfg.GiveUp:
			o.reason = "exhausted"
		}
		if o.reason != "" {
			return w.giveUp(ctx, r, d, deadLetter(r.cfg.Name, d, o, tries))
		}
		r.failing(o.err)
		r.counted(Retried)
		if err := w.pause(ctx, tries, o.wait); err != nil {
			return err
		}
	}
}

// turn waits until the receiver wants to be asked, and until one of the workers is free.
func (w *webhook) turn(ctx context.Context, turn chan struct{}) error {
	for {
		if rest := time.Until(time.Unix(0, w.rest.Load())); rest > 0 {
			if err := wait(ctx, rest); err != nil {
				return err
			}
		}
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if time.Until(time.Unix(0, w.rest.Load())) <= 0 {
			return nil
		}
		<-turn
	}
}

// pause doubles with each try, with some chance in it so that stories which failed together do not come back together.
func (w *webhook) pause(ctx context.Context, tries int, asked time.Duration) error {
	if asked > 0 {
		w.rest.Store(time.Now().Add(asked).UnixNano())
		return nil
	}
	d := min(w.first<<min(tries-1, 20), longestWait)
	return wait(ctx, d/2+rand.N(d/2+1))
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// post sends a story once.
func (w *webhook) post(ctx context.Context, d *client.Delivery) outcome {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.cfg.URL, bytes.NewReader(d.JSON()))
	if err != nil {
		return outcome{err: err, reason: "bad_url"}
	}
	w.describe(req.Header, d)
	res, err := w.http.Do(req)
	if err != nil {
		return outcome{err: err} // a refused address too: once it is allowed nothing is lost
	}
	defer res.Body.Close() //nolint:errcheck // what it says is read
	if res.StatusCode/100 == 2 {
		return outcome{}
	}
	said, _ := io.ReadAll(io.LimitReader(res.Body, told)) // of a refusal whatever can be read helps
	err = fmt.Errorf("%s answered %s: %s", req.URL.Redacted(), res.Status, strings.TrimSpace(string(said)))
	switch code := res.StatusCode; {
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return outcome{err: err, wait: retryAfter(res.Header, time.Now())}
	case code >= 400:
		return outcome{err: err, reason: "http_" + strconv.Itoa(code)}
	}
	return outcome{err: fmt.Errorf("%w; a redirect is not followed: set webhook.url to where it leads", err), reason: "redirect"}
}

func (w *webhook) describe(h http.Header, d *client.Delivery) {
	now := time.Now()
	h.Set("Content-Type", "application/json")
	h.Set(client.HeaderStory, d.Story.ID)
	h.Set(client.HeaderRevision, strconv.Itoa(d.Story.Revision))
	h.Set(client.HeaderChange, d.Story.Change)
	h.Set(client.HeaderSubject, d.Subject)
	h.Set(client.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	if d.Trace != "" {
		h.Set("traceparent", d.Trace)
	}
	if w.secret != nil {
		h.Set(client.HeaderSignature, client.Signature(w.secret, now, d.JSON()))
	}
}

// retryAfter reads the header in seconds or as a date; 0 where there is none or it makes no sense.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 63); err == nil {
		return time.Duration(min(float64(seconds), longestRest.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return min(at.Sub(now), longestRest)
	}
	return 0
}

// giveUp stores the dead letter of a story and takes it off the desk. Until it is stored the story stays.
func (w *webhook) giveUp(ctx context.Context, r *running, d *client.Delivery, letter message.Dead) error {
	r.log.Error("story not delivered, it is a dead letter now: see rawi dead list", "stage", letter.Stage,
		"story", d.Story.ID, "revision", d.Story.Revision, "reason", letter.Reason, "err", letter.Errors[0])
	for tries := 1; ; tries++ {
		err := w.bury(ctx, letter)
		if err == nil {
			break
		}
		r.failing(fmt.Errorf("dead letter not stored: %w", err))
		if err := w.pause(ctx, tries, 0); err != nil {
			return err
		}
	}
	r.counted(Dead)
	return d.Discard()
}

// deadLetter is the story with why it was not delivered. Retried, it is published once more, and comes to every reader that does not have it.
func deadLetter(name string, d *client.Delivery, o outcome, tries int) message.Dead {
	header := map[string]string{
		"Rawi-Kind": message.StoryV1, client.HeaderStory: d.Story.ID, client.HeaderRevision: strconv.Itoa(d.Story.Revision),
		client.HeaderChange: d.Story.Change,
	}
	if d.Trace != "" {
		header["traceparent"] = d.Trace
	}
	return message.Dead{
		Type: message.DeadV1, Stage: "sink-" + name, Reason: o.reason, Errors: []string{o.err.Error()}, Attempts: tries,
		First: d.Stored.UTC(), Last: time.Now().UTC(), Stream: "STORIES", Sequence: d.Sequence, Of: d.Subject,
		MsgID: d.Story.Key(), Header: header, Body: d.JSON(),
	}
}
