package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/outbound"
	"rawi/stages/feed"
)

// largestAnswer bounds what is read of the daemon's own answers, in bytes.
const largestAnswer = 64 << 10

// daemon asks a running daemon how it is. That none runs is no mistake.
func (p Patient) daemon(ctx context.Context) []Check {
	address := p.Loaded.Admin.Listen
	if address == "none" {
		return []Check{doubt("daemon", "admin.listen is none, so it cannot be asked", "set admin.listen to a loopback address, such as 127.0.0.1:8420")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz?verbose", nil)
	if err != nil {
		return []Check{bad("daemon", err.Error(), "set admin.listen right")}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return []Check{doubt("daemon", "none answers at "+address, "start it with: rawi run; if it runs with another configuration name that with -c")}
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer))
	said := strings.ReplaceAll(strings.TrimSpace(string(body)), "\n", "; ")
	switch {
	case err != nil:
		return []Check{bad("daemon", err.Error(), "what listens at admin.listen?")}
	case res.StatusCode == http.StatusOK:
		return []Check{good("daemon", "it runs and is ready")}
	case res.StatusCode == http.StatusServiceUnavailable:
		return []Check{bad("daemon", "it runs and is not ready: "+said, "rawi status says more")}
	}
	return []Check{bad("daemon", fmt.Sprintf("what listens at %s is no rawi: %s", address, res.Status), "set admin.listen to an address of its own")}
}

// bus looks at the server of the messages, the layout of its streams, and its clock.
func (p Patient) bus(ctx context.Context) []Check {
	cfg := p.Loaded.Config.Config
	b, err := pipeline.Dial(ctx, cfg, p.Log)
	if err != nil && cfg.NATS.URL == "" {
		return []Check{doubt("nats", err.Error(), "the embedded server runs inside the daemon: rawi run")}
	}
	if err != nil {
		return []Check{bad("nats", err.Error(), "see nats.url, nats.credentials, nats.nkey and nats.ca, and deployments/nats")}
	}
	defer b.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it was read from only
	checks := []Check{p.server(b), layout(ctx, b)}
	if cfg.NATS.URL == "" {
		return checks // the daemon's clock is ours
	}
	offset, uncertainty, err := b.ClockOffset(ctx)
	if err != nil {
		return append(checks, doubt("clock", err.Error(), "compare the clocks by hand"))
	}
	return append(checks, clock("clock", "the NATS server", offset, uncertainty))
}

func (p Patient) server(b *pipeline.Bus) Check {
	facts, err := b.ServerFacts()
	if err != nil {
		return bad("nats", err.Error(), "is the server overloaded, or the network?")
	}
	found := fmt.Sprintf("%s, NATS %s, answers in %s", facts.Name, facts.Version, facts.RoundTrip.Round(10*time.Microsecond))
	switch {
	case facts.MaxPayload < pipeline.LeastPayload:
		return doubt("nats", fmt.Sprintf("%s, takes messages of %d bytes", found, facts.MaxPayload),
			fmt.Sprintf("set max_payload of the server to %d: larger pages become dead letters", pipeline.LeastPayload))
	case facts.RoundTrip > 200*time.Millisecond:
		return doubt("nats", found, "keep rawi near its server: every message asks several times")
	}
	return good("nats", found)
}

func layout(ctx context.Context, b *pipeline.Bus) Check {
	drift, err := b.Drift(ctx)
	switch {
	case err != nil:
		return bad("streams", err.Error(), "may this user read the settings of streams? see deployments/nats")
	case len(drift) > 0:
		return doubt("streams", strings.Join(drift, "; "), "a start of the daemon makes and changes them as it wants them; find out who changed them")
	}
	return good("streams", "every stream and every reader is as the daemon wants it")
}

// outlet asks for the first feed of the source, or its first section, as the daemon does, once.
func (p Patient) outlet(ctx context.Context) []Check {
	if p.Source == "" {
		return nil
	}
	for _, s := range p.Loaded.Sources {
		if s.Name == p.Source && len(s.Addresses()) > 0 {
			return p.ask(ctx, s)
		}
	}
	return []Check{bad("source", fmt.Sprintf("the configuration has no source %q with an address", p.Source), "rawi sources list names them")}
}

func (p Patient) ask(ctx context.Context, s config.Source) []Check {
	guard := outbound.New(p.Loaded.Outbound)
	defer guard.Close()
	guard.Allow(append(daemon.Exceptions(s), p.Loaded.Outbound.Exceptions...))
	client := &http.Client{Transport: guard.Transport(p.Loaded.Feed.MaxBody)}
	address, isFeed := s.Addresses()[0], len(s.Feeds) > 0
	if isFeed {
		address = s.Feeds[0]
	}
	do := "rawi sources check " + address + " looks closer"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return []Check{bad("source", err.Error(), "set the address of the source right")}
	}
	began := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return []Check{bad("source", err.Error(), do)}
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(res.Body)
	checks := []Check{}
	if at, wrong := http.ParseTime(res.Header.Get("Date")); wrong == nil && res.Header.Get("Age") == "" { // a cache repeats the date it was given
		half := time.Since(began) / 2
		checks = append(checks, clock("clock", "the host of "+s.Name, at.Sub(began.Add(half)), half+time.Second))
	}
	switch {
	case err != nil:
		return append(checks, bad("source", err.Error(), do))
	case res.StatusCode != http.StatusOK:
		return append(checks, bad("source", fmt.Sprintf("%s answers %s", address, res.Status), do))
	case !isFeed:
		return append(checks, good("source", fmt.Sprintf("%s answers with %d bytes in %s", address, len(body), time.Since(began).Round(time.Millisecond))))
	}
	return append(checks, readable(ctx, s.Name, address, body, res.Header.Get("Content-Type"), do))
}

func readable(ctx context.Context, name, address string, body []byte, kind, do string) Check {
	read, err := feed.Read(ctx, body, feed.Origin{URL: address, ContentType: kind, Now: time.Now()})
	switch {
	case err != nil:
		return bad("source", fmt.Sprintf("%s: what it answers is no feed: %v", name, err), do)
	case len(read.Items) == 0:
		return doubt("source", name+": its feed is empty", do)
	case read.Damaged:
		return doubt("source", fmt.Sprintf("%s: a damaged feed, items that can be read: %d", name, len(read.Items)), do)
	}
	return good("source", fmt.Sprintf("%s: a feed, items: %d", name, len(read.Items)))
}
