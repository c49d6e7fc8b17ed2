package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

// press is an API over an embedded server, and a way to publish as the stages do.
type press struct {
	*API

	t   testing.TB
	js  jetstream.JetStream
	url string
	log *strings.Builder
}

type told struct {
	status int
	header http.Header
	body   string
}

func (a told) json(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// open starts an API. change may be nil.
func open(t testing.TB, access Access, change func(*API)) *press {
	t.Helper()
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "127.0.0.1:0", 1<<30
	bus, err := pipeline.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(bus.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	p := &press{t: t, log: &strings.Builder{}}
	if p.js, err = jetstream.New(nc); err != nil {
		t.Fatal(err)
	}
	p.API = New(Deps{Bus: bus, Log: slog.New(slog.NewTextHandler(p.log, nil))}, access)
	if change != nil {
		change(p.API)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	server := httptest.NewServer(p.API)
	p.url = server.URL
	t.Cleanup(func() {
		cancel()
		<-done
		server.Close()
		nc.Close()
		if err := bus.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return p
}

// publish stores messages as the stages do.
func (p *press) publish(messages ...message.Message) {
	p.t.Helper()
	for _, m := range messages {
		body, err := json.Marshal(m)
		if err != nil {
			p.t.Fatal(err)
		}
		out := nats.NewMsg(m.Subject())
		out.Data = body
		out.Header.Set(nats.MsgIdHdr, m.Key())
		out.Header.Set(pipeline.HeaderKind, m.Schema())
		if s, ok := m.(message.Story); ok {
			out.Header.Set(pipeline.HeaderRevision, strconv.Itoa(s.Revision))
		}
		if _, err := p.js.PublishMsg(p.t.Context(), out); err != nil {
			p.t.Fatal(err)
		}
	}
}

// seen waits until the API has read a number of messages of the stream of stories.
func (p *press) seen(sequence uint64) {
	p.t.Helper()
	eventually(p.t, "the stories are read", func() bool {
		last, loaded := p.view.ready()
		return loaded && last >= sequence
	})
}

func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	deadline, every := time.After(5*time.Minute), time.NewTicker(2*time.Millisecond)
	defer every.Stop()
	for !is() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-every.C:
		}
	}
}

func (p *press) ask(method, path, body string, header ...string) told {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it is read whole
	got, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return told{res.StatusCode, res.Header, string(got)}
}

func (p *press) get(path string, header ...string) told {
	p.t.Helper()
	return p.ask(http.MethodGet, path, "", header...)
}

func story(id string, revision int) message.Story {
	return message.Story{
		Type: message.StoryV1, ID: id, Revision: revision, Change: message.ChangeUpdate, Kind: message.KindOperation, Country: "MA", Independent: 1,
		Titles:    map[string]string{"fr": "Arrestation à Salé", "ar": "توقيف بسلا"},
		Reports:   []message.Report{{Article: "a" + id, Source: "courrier", Language: "fr", Title: "Arrestation à Salé"}},
		FirstSeen: time.Now().UTC(), LastChanged: time.Now().UTC(),
	}
}

func state(s message.Story) message.State { return message.State{Type: message.StateV1, Story: s} }
