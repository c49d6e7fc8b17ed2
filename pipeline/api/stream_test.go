package api

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

// reader reads server-sent events.
type reader struct {
	t     testing.TB
	lines *bufio.Scanner
	body  io.Closer
	last  string // id
}

func (p *press) stream(query string, header ...string) *reader {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/v1/stories/stream"+query, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r) //nolint:bodyclose // with the reader
	if err != nil {
		p.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != mediaEvents {
		p.t.Fatalf("status %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	p.t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	return &reader{t: p.t, lines: lines, body: res.Body}
}

// next reads up to the end of an event: its name and its data. A comment is an event of that name.
func (r *reader) next() (name, data string) {
	r.t.Helper()
	for r.lines.Scan() {
		line := r.lines.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && name+data != "":
			return name, data
		case field == "id":
			r.last = value
		case field == "event":
			name = value
		case field == "data":
			data = value
		case field == "":
			name, data = "comment", value
		}
	}
	return "end", ""
}

func (r *reader) wants(id, story string) {
	r.t.Helper()
	name, data := r.next()
	if name != "story" || r.last != id || !strings.Contains(data, `"id":"`+story+`"`) {
		r.t.Fatalf("got %s with id %s: %.100s; want %s with id %s", name, r.last, data, story, id)
	}
}

func TestAStreamGoesOnBehindTheLastEvent(t *testing.T) {
	p := open(t, Access{}, nil)
	p.publish(story("s1", 1))
	live := p.stream("")
	p.publish(story("s2", 1), story("s1", 2))
	live.wants("2", "s2")
	if err := live.body.Close(); err != nil {
		t.Fatal(err)
	}
	p.publish(story("s3", 1))
	again := p.stream("", "Last-Event-ID", live.last)
	again.wants("3", "s1")
	again.wants("4", "s3")
	p.publish(story("s3", 2))
	again.wants("5", "s3")
	p.stream("?last_event_id=4").wants("5", "s3")
}

func TestAStreamIsFilteredAndTellsOfWhatLeavesIt(t *testing.T) {
	p := open(t, Access{}, nil)
	dz, sport, arabic, left := story("s2", 1), story("s3", 1), story("s4", 1), story("s1", 2)
	dz.Country, sport.Kind, arabic.Reports[0].Language = "DZ", message.KindSport, "ar"
	left.Change, left.Reports = message.ChangeRetract, nil
	p.publish(story("s1", 1), dz, sport, arabic, left)
	r := p.stream("?kind=operation&country=ma&language=fr&q=sale", "Last-Event-ID", "0")
	r.wants("1", "s1")
	r.wants("5", "s1")
}

func TestAStreamOfAnotherServerBeginsAnew(t *testing.T) {
	p := open(t, Access{}, nil)
	p.publish(story("s1", 1))
	r := p.stream("", "Last-Event-ID", "900")
	if name, _ := r.next(); name != "reset" {
		t.Fatalf("got %s", name)
	}
	r.wants("1", "s1")
}

func TestAStreamShowsThatItLivesAndMovesOnOverWhatIsNotWanted(t *testing.T) {
	p := open(t, Access{}, func(a *API) { a.pace.heartbeat = 5 * time.Millisecond })
	r := p.stream("?language=ar")
	p.publish(story("s1", 1), story("s1", 2))
	eventually(t, "the last id moves on", func() bool {
		name, _ := r.next()
		return name == "comment" && r.last == "2"
	})
}

func TestOnlySoManyStreamsAreOpen(t *testing.T) {
	p := open(t, Access{}, nil)
	for range mostStreams {
		p.streams <- struct{}{}
	}
	if got := p.get("/v1/stories/stream"); got.status != 503 || !strings.Contains(got.body, "32 streams are open") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	<-p.streams
	r := p.stream("")
	if err := r.body.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the place of a stream that ended is free", func() bool { return len(p.streams) == mostStreams-1 })
}

// stuck is a client that takes nothing until it is let go.
type stuck struct {
	http.ResponseWriter

	took  chan struct{} // closed with the first event that it is given
	let   chan struct{}
	text  strings.Builder
	ended time.Time // deadline of the last write
}

func (s *stuck) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "event: story") && s.took != nil {
		close(s.took)
		s.took = nil
		<-s.let
	}
	return s.text.Write(p)
}

func (*stuck) Header() http.Header { return http.Header{} }
func (*stuck) WriteHeader(int)     {}
func (*stuck) FlushError() error   { return nil }

func (s *stuck) SetWriteDeadline(t time.Time) error {
	s.ended = t
	return nil
}

func TestASlowReaderIsDroppedAndTold(t *testing.T) {
	p := open(t, Access{}, func(a *API) { a.pace.slow, a.pace.queue = time.Millisecond, 1 })
	for i := range 5 {
		p.publish(story("s"+strconv.Itoa(i), 1))
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/stories/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "localhost"
	r.Header.Set("Last-Event-ID", "0")
	s := &stuck{took: make(chan struct{}), let: make(chan struct{})}
	took := s.took
	done := make(chan struct{})
	go func() { defer close(done); p.ServeHTTP(s, r) }()
	<-took
	dropped := make(chan struct{})
	go func() { // the reader of the stream gives up while the client is stuck: its consumer goes with it
		defer close(dropped)
		eventually(t, "nobody reads the stream for the client", func() bool {
			stream, err := p.js.Stream(context.WithoutCancel(t.Context()), "STORIES")
			if err != nil {
				return false
			}
			n := 0
			names := stream.ConsumerNames(context.WithoutCancel(t.Context()))
			for range names.Name() {
				n++
			}
			return n == 1 && names.Err() == nil // that of the view
		})
	}()
	<-dropped
	close(s.let)
	<-done
	if text := s.text.String(); !strings.Contains(text, "event: dropped") || !strings.Contains(text, "too slowly") {
		t.Errorf("the client was told %.2000s", text)
	}
	if s.ended.IsZero() {
		t.Error("writes have no deadline")
	}
}

func TestStreamsEndWhenTheDaemonStops(t *testing.T) {
	p := open(t, Access{}, nil)
	r := p.stream("")
	p.stop.Do(func() { close(p.stopping) })
	if name, _ := r.next(); name != "stopping" {
		t.Errorf("got %s", name)
	}
	if name, _ := r.next(); name != "end" {
		t.Errorf("got %s behind it", name)
	}
}
