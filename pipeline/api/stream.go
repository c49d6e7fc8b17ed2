package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

// pace is what a stream of events waits for, and how long.
type pace struct {
	heartbeat time.Duration // between two signs of life
	slow      time.Duration // that a reader may leave events lying before it is dropped
	write     time.Duration // for one write: longer than slow, so that who is dropped can be told
	queue     int           // events that wait for a reader
}

func usualPace() pace {
	return pace{heartbeat: 15 * time.Second, slow: 10 * time.Second, write: 20 * time.Second, queue: 64}
}

// event is one server-sent event; without a name it only tells how far the stream was read.
type event struct {
	name string
	id   uint64 // 0 for none
	data []byte // on one line
}

// retry is how long a client is asked to wait before it comes back, in milliseconds.
const retry = 3000

// streamStories sends revisions of stories until the client goes, is too slow or the daemon stops.
func (a *API) streamStories(w http.ResponseWriter, r request) {
	if !enter(a.streams) {
		fail(w, r.Request, Failed(http.StatusServiceUnavailable, "%d streams are open", mostStreams).advise("end one, or ask /v1/stories?since= now and then"))
		return
	}
	defer func() { <-a.streams }()
	behind, foreign, err := a.begin(r)
	if err != nil {
		fail(w, r.Request, err)
		return
	}
	w.Header().Set("Content-Type", mediaEvents)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy that collected events would keep them from coming
	if r.Method == http.MethodHead {
		return
	}
	out := &writer{control: http.NewResponseController(w), w: w, pace: a.pace}
	_ = out.control.SetReadDeadline(time.Time{}) // the server's is for the request, and would end the stream
	if out.begin(foreign) != nil {
		return
	}
	a.pump(out, r, behind)
}

// begin finds the sequence behind which a stream goes on. Foreign says that the client has read another stream, so that this one begins anew.
func (a *API) begin(r request) (behind uint64, foreign bool, err error) {
	_, last, err := a.deps.Bus.StoryEnds(r.Context())
	if err != nil {
		return 0, false, err
	}
	asked := r.query.text("last_event_id")
	if header := r.Header.Get("Last-Event-ID"); header != "" {
		asked = header
	}
	if asked == "" {
		return last, false, nil
	}
	behind, err = strconv.ParseUint(asked, 10, 64)
	if err != nil {
		return 0, false, wrongField("Last-Event-ID", nil, "Last-Event-ID: %s is no id of an event, such as 1042", shown(asked))
	}
	if behind > last {
		return 0, true, nil
	}
	return behind, false, nil
}

// errSlow says that a reader leaves too much lying.
var errSlow = errors.New("events were not taken in time")

// pump reads the stream of stories and writes what the client asked for.
func (a *API) pump(out *writer, r request, behind uint64) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	queue := make(chan event, a.pace.queue)
	read := make(chan struct{})
	go func() {
		defer close(read)
		f := filterOf(r.query)
		cancel(a.deps.Bus.FollowStories(ctx, f.subjects(), behind, func(e pipeline.Envelope) error {
			return a.offer(ctx, queue, e, f)
		}))
	}()
	defer func() { cancel(nil); <-read }()
	beat := time.NewTicker(a.pace.heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case e := <-queue:
			err = out.event(e)
		case <-beat.C:
			err = out.comment()
		case <-a.stopping:
			_ = out.event(event{name: "stopping", data: []byte(`{"detail":"the daemon stops: come back with Last-Event-ID"}`)})
			return
		case <-ctx.Done():
			a.farewell(out, context.Cause(ctx))
			return
		}
		if err != nil {
			return
		}
	}
}

// offer puts a revision before the client, if it wants it.
func (a *API) offer(ctx context.Context, queue chan<- event, e pipeline.Envelope, f filter) error {
	said := event{id: e.Sequence}
	var s message.Story
	if e.Decode(&s) != nil { // what is no story is nobody's to read
		return nil
	}
	k := keep(&s, e.Sequence)
	if f.wants(k, a.now()) || s.Change == message.ChangeRetract && f.wantsTopic(k) {
		body, err := encode(s)
		if err != nil {
			return err
		}
		said.name, said.data = "story", body[:len(body)-1]
	}
	timer := time.NewTimer(a.pace.slow)
	defer timer.Stop()
	select {
	case queue <- said:
		return nil
	case <-timer.C:
		return errSlow
	case <-ctx.Done():
		return ctx.Err()
	}
}

// farewell tells why the stream ends. A client that went away is told nothing.
func (a *API) farewell(out *writer, why error) {
	switch {
	case errors.Is(why, errSlow):
		_ = out.event(event{name: "dropped", data: []byte(`{"detail":"you read too slowly: come back with Last-Event-ID, and with a narrower filter"}`)})
		a.deps.Log.Warn("a slow reader of story events was dropped", "behind", out.last)
	case !errors.Is(why, context.Canceled):
		a.deps.Log.Warn("a stream of story events broke off", "err", why)
		detail, err := json.Marshal(map[string]string{"detail": "the stream of stories cannot be read: come back with Last-Event-ID"})
		if err == nil {
			_ = out.event(event{name: "dropped", data: detail})
		}
	}
}

// writer writes events, each under a deadline of its own.
type writer struct {
	control *http.ResponseController
	w       http.ResponseWriter
	pace    pace
	last    uint64 // id that the client was told
	passed  uint64 // and how far the stream was read beyond it, for nothing that the client wants
}

func (o *writer) begin(foreign bool) error {
	text := fmt.Sprintf("retry: %d\n\n", retry)
	if foreign {
		text += "event: reset\ndata: {\"detail\":\"the stream is another one: everything that it keeps follows\"}\n\n"
	}
	return o.write(text)
}

func (o *writer) event(e event) error {
	if e.name == "" {
		o.passed = e.id
		return nil
	}
	text := fmt.Sprintf("event: %s\ndata: %s\n\n", e.name, e.data)
	if e.id > 0 {
		text = fmt.Sprintf("id: %d\n%s", e.id, text)
	}
	if err := o.write(text); err != nil {
		return err
	}
	o.last = max(o.last, e.id)
	return nil
}

// comment shows that the stream lives, and moves the client's last id over what it does not want.
func (o *writer) comment() error {
	if o.passed > o.last {
		o.last = o.passed
		return o.write(fmt.Sprintf(": still here\nid: %d\n\n", o.passed))
	}
	return o.write(": still here\n\n")
}

func (o *writer) write(text string) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(o.pace.write)); err != nil {
		return err
	}
	if _, err := o.w.Write([]byte(text)); err != nil {
		return err
	}
	return o.control.Flush()
}
