package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a server with the streams of rawi, a publisher, and a client.
type desk struct {
	t   testing.TB
	url string
	js  jetstream.JetStream
	c   *client.Client
}

func open(t testing.TB) *desk {
	t.Helper()
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "127.0.0.1:0", 256<<20
	bus, err := pipeline.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close(context.WithoutCancel(t.Context())) })
	return newDesk(t, bus.ClientURL())
}

func newDesk(t testing.TB, url string) *desk {
	t.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, url: url, js: js, c: connect(t, url)}
}

func connect(t testing.TB, url string) *client.Client {
	t.Helper()
	c, err := client.Connect(t.Context(), client.Options{URL: url, Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// put publishes stories as rawi does, each under an id of its own, so that repeating one is possible.
func (d *desk) put(stories ...message.Story) {
	d.t.Helper()
	for _, s := range stories {
		s.Type = message.StoryV1
		body, err := json.Marshal(s)
		if err != nil {
			d.t.Fatal(err)
		}
		m := nats.NewMsg(s.Subject())
		m.Data = body
		m.Header.Set("Rawi-Kind", message.StoryV1)
		d.publish(m)
	}
}

func (d *desk) publish(m *nats.Msg) {
	d.t.Helper()
	timed, cancel := context.WithTimeout(d.t.Context(), 5*time.Minute)
	defer cancel()
	for {
		_, err := d.js.PublishMsg(timed, m)
		if err == nil {
			return
		}
		if timed.Err() != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *desk) subscribe(q client.Query) *client.Subscription {
	d.t.Helper()
	s, err := d.c.Subscribe(d.t.Context(), q)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(s.Close)
	return s
}

func story(id string, revision int, change string) message.Story {
	return message.Story{
		ID: id, Revision: revision, Change: change, Kind: message.KindOperation, Country: "MA",
		Titles: map[string]string{"fr": "Un suspect interpellé à Salé"}, Reports: []message.Report{{Article: "a1", Language: "fr"}},
	}
}

func first(id string) message.Story { return story(id, 1, message.ChangeNew) }

func next(t testing.TB, s *client.Subscription) *client.Delivery {
	t.Helper()
	timed, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	d, err := s.Next(timed)
	if err != nil {
		t.Fatalf("no story came: %v", err)
	}
	return d
}

func ack(t testing.TB, d *client.Delivery) {
	t.Helper()
	if err := d.Ack(); err != nil {
		t.Fatal(err)
	}
}

// until takes and acknowledges stories until one of the id has come, and returns all of them as id.revision.
func until(t testing.TB, s *client.Subscription, last string) []string {
	t.Helper()
	var all []string
	for {
		d := next(t, s)
		ack(t, d)
		all = append(all, fmt.Sprintf("%s.%d", d.Story.ID, d.Story.Revision))
		if d.Story.ID == last {
			return all
		}
	}
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
}

func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}

func TestStoriesOfAKindAndCountry(t *testing.T) {
	d := open(t)
	flood := first("s2")
	flood.Kind = message.KindDisaster
	abroad := first("s3")
	abroad.Country = "TN"
	nowhere := first("s4")
	nowhere.Country = ""
	d.put(first("s1"), flood, abroad, nowhere, first("s5"))
	for _, c := range []struct {
		q    client.Query
		last string
		want []string
	}{
		{client.Query{}, "s5", []string{"s1.1", "s2.1", "s3.1", "s4.1", "s5.1"}},
		{client.Query{Kinds: []string{message.KindOperation}}, "s5", []string{"s1.1", "s3.1", "s4.1", "s5.1"}},
		{client.Query{Countries: []string{"ma"}}, "s5", []string{"s1.1", "s2.1", "s5.1"}},
		{client.Query{Countries: []string{"TN", client.Unknown}}, "s4", []string{"s3.1", "s4.1"}},
		{client.Query{Kinds: []string{message.KindDisaster, message.KindOperation}, Countries: []string{"MA", "TN"}}, "s5", []string{"s1.1", "s2.1", "s3.1", "s5.1"}},
	} {
		c.q.From = client.Beginning()
		same(t, until(t, d.subscribe(c.q), c.last), c.want...)
	}
}

func TestStoriesInALanguageAndWhatBecomesOfThem(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{Languages: []string{"ar"}})
	arabic := first("s2")
	arabic.Titles = map[string]string{"ar-MA": "توقيف مشتبه فيه بسلا"}
	withdrawn := story("s2", 2, message.ChangeUpdate) // its Arabic report was taken back: who has the story has to learn of it
	d.put(first("s1"), arabic)
	held := next(t, s) // still worked on when its next revision comes
	d.put(withdrawn, story("s1", 2, message.ChangeUpdate))
	arabic.ID = "s3"
	d.put(arabic)
	same(t, until(t, s, "s3"), "s2.2", "s3.1")
	if ack(t, held); held.Story.ID != "s2" || held.Story.Revision != 1 {
		t.Errorf("the first was %s", held.Story.ID)
	}
}

func TestWrongQueriesNameTheRightForm(t *testing.T) {
	d := open(t)
	for want, q := range map[string]client.Query{
		"the kinds are operation, incident":     {Kinds: []string{"operations"}},
		`country "Morocco": wants two letters`:  {Countries: []string{"Morocco"}},
		`country "ZZ": wants two letters`:       {Countries: []string{"ZZ"}},
		`country "UK": wants two letters`:       {Countries: []string{"UK"}},
		`country "*": wants two letters`:        {Countries: []string{"*"}},
		`language "french": wants a BCP 47 tag`: {Languages: []string{"french"}},
		`language "": wants a BCP 47 tag`:       {Languages: []string{""}},
		`durable name "my desk": wants 1 to 63`: {Durable: "my desk"},
		"buffer 5000: wants 1 to 1000":          {Buffer: 5000},
		"ack wait 1ms: wants a second":          {AckWait: time.Millisecond},
		"Since wants a time":                    {From: client.Since(time.Time{})},
		"forget -1s: must not be below 0":       {Forget: -time.Second},
	} {
		_, err := d.c.Subscribe(t.Context(), q)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", q, err, want)
		}
	}
	if _, err := client.ParseCursor("yesterday"); err == nil || !strings.Contains(err.Error(), `such as {"sequence":7}`) {
		t.Errorf("a wrong cursor gives %v", err)
	}
}

func TestWhereASubscriptionBegins(t *testing.T) {
	d := open(t)
	d.put(first("s1"), story("s1", 2, message.ChangeUpdate), first("s2"))
	all := d.subscribe(client.Query{From: client.Beginning()})
	one, two := next(t, all), next(t, all)
	now := d.subscribe(client.Query{})
	d.put(first("s3"))
	same(t, until(t, now, "s3"), "s3.1")
	same(t, until(t, d.subscribe(client.Query{From: client.Current()}), "s3"), "s1.2", "s2.1", "s3.1")
	same(t, until(t, d.subscribe(client.Query{From: client.Since(two.Stored)}), "s3"), "s1.2", "s2.1", "s3.1")
	same(t, until(t, d.subscribe(client.Query{From: client.After(client.Cursor{})}), "s3"), "s1.1", "s1.2", "s2.1", "s3.1")
	ack(t, one)
	same(t, until(t, d.subscribe(client.Query{From: client.After(all.Cursor())}), "s3"), "s1.2", "s2.1", "s3.1")
}

func TestLongStoriesAreDecompressed(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{})
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"type":"story.v1","id":"s1","revision":1,"kind":"operation","country":"MA","titles":{"ar":"` + strings.Repeat("سلا ", 5000) + `"},"later":1}`
	m := nats.NewMsg("news.story.operation.ma.s1")
	m.Data = enc.EncodeAll([]byte(body), nil)
	m.Header.Set("Rawi-Kind", message.StoryV1)
	m.Header.Set("Content-Encoding", "zstd")
	d.publish(m)
	got := next(t, s)
	if !strings.HasPrefix(got.Story.Titles["ar"], "سلا سلا") || string(got.JSON()) != body {
		t.Errorf("got %.80s", got.JSON())
	}
}

func TestWhatCannotBeReadIsNamedAndPassedOver(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{Durable: "desk"})
	for _, c := range []struct{ kind, encoding, body string }{
		{"story.v2", "", "{}"}, {"story.v1", "br", "{}"}, {"story.v1", "", "{"}, {"story.v1", "zstd", "{}"}, {"", "", "{}"},
	} {
		m := nats.NewMsg("news.story.operation.ma.s1")
		m.Data = []byte(c.body)
		m.Header.Set("Rawi-Kind", c.kind)
		m.Header.Set("Content-Encoding", c.encoding)
		d.publish(m)
		_, err := s.Next(t.Context())
		bad, ok := errors.AsType[*client.Unreadable](err)
		if !ok || bad.Subject != m.Subject || bad.Sequence == 0 {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	d.put(first("s2"))
	same(t, until(t, s, "s2"), "s2.1")
}

func TestWhatIsNotAcknowledgedIsGivenOutAgain(t *testing.T) {
	d := open(t)
	q := client.Query{Durable: "desk", From: client.Beginning()}
	d.put(first("s1"), first("s2"), first("s3"))
	s := d.subscribe(q)
	one, two, three := next(t, s), next(t, s), next(t, s)
	ack(t, one)
	ack(t, three)
	ack(t, three)
	s.Close()
	if _, err := s.Next(t.Context()); !errors.Is(err, client.ErrClosed) {
		t.Errorf("a closed subscription says %v", err)
	}
	d.put(first("s4"))
	again := d.subscribe(q)
	back := next(t, again)
	if back.Story.ID != two.Story.ID || !back.Again {
		t.Errorf("got %s, again %t; want %s", back.Story.ID, back.Again, two.Story.ID)
	}
	same(t, until(t, again, "s4"), "s4.1")
}

func TestAStoryThatIsPutOffHoldsUpNoOther(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{Durable: "desk", Buffer: 1})
	d.put(first("s1"), first("s2"), first("s3"))
	if err := next(t, s).PutOff(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for range 3 {
		d := next(t, s)
		got[d.Story.ID] = true
		ack(t, d)
	}
	if len(got) != 3 {
		t.Errorf("got %v, want each of three stories", got)
	}
}

// TestAStoryPutOffAndTakenByAnotherFreesTheCursor shares a place between two programs.
func TestAStoryPutOffAndTakenByAnotherFreesTheCursor(t *testing.T) {
	d := open(t)
	q := client.Query{Durable: "desk", From: client.Beginning(), AckWait: 10 * time.Second, Buffer: 1}
	one := d.subscribe(q)
	d.put(first("s1"))
	off := next(t, one)
	d.put(first("s2")) // which fills the hands of the first once s1 is put off
	if err := off.PutOff(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	held := next(t, one)
	for held.Story.ID != "s2" { // s1 was quicker: off with it once more
		if err := held.PutOff(time.Millisecond); err != nil {
			t.Fatal(err)
		}
		held = next(t, one)
	}
	other := d.subscribe(q)
	taken := next(t, other)
	if taken.Story.ID != "s1" {
		t.Fatalf("the other program was given %s, want s1", taken.Story.ID)
	}
	ack(t, taken)
	ack(t, held)
	eventually(t, "the cursor is free", func() bool { return one.Cursor().Story == "s2" })
}

func TestARevisionThatWasAcknowledgedIsNotGivenAgain(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{})
	d.put(first("s1"), story("s1", 2, message.ChangeUpdate), first("s1"), story("s1", 2, message.ChangeUpdate),
		story("s1", 2, message.ChangeRetract), story("s1", 2, message.ChangeRetract), story("s1", 3, message.ChangeUpdate), first("s2"))
	same(t, until(t, s, "s2"), "s1.1", "s1.2", "s1.2", "s1.3", "s2.1")
}

func TestADiscardedStoryComesWhenItIsPublishedAgain(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{})
	d.put(first("s1"))
	if err := next(t, s).Discard(); err != nil {
		t.Fatal(err)
	}
	d.put(first("s1"), first("s2"))
	same(t, until(t, s, "s2"), "s1.1", "s2.1")
}

func TestRevisionsThatTheProgramHasArePassedOver(t *testing.T) {
	d := open(t)
	d.put(first("s1"), story("s1", 2, message.ChangeUpdate), first("s2"), story("s1", 3, message.ChangeUpdate), first("s3"))
	have := map[string]int{"s1": 2, "s2": 1}
	s := d.subscribe(client.Query{From: client.Beginning(), Have: func(id string) int { return have[id] }})
	same(t, until(t, s, "s3"), "s1.3", "s3.1")
}

// TestACursorMissesNothing acknowledges out of order: the cursor stays before what is open.
func TestACursorMissesNothing(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{From: client.Beginning()})
	if !s.Cursor().IsZero() {
		t.Errorf("before anything was acknowledged the cursor is %s", s.Cursor())
	}
	d.put(first("s1"), first("s2"), first("s3"))
	one, two, three := next(t, s), next(t, s), next(t, s)
	ack(t, one)
	ack(t, three)
	at, err := client.ParseCursor(s.Cursor().String())
	if err != nil || at.Story != "s1" || at.Revision != 1 || at.Sequence != one.Sequence || !at.Stored.Equal(one.Stored) {
		t.Errorf("cursor %s (%v), want behind s1", s.Cursor(), err)
	}
	ack(t, two)
	if s.Cursor().Story != "s3" {
		t.Errorf("cursor %s, want behind s3", s.Cursor())
	}
	d.put(first("s4"))
	same(t, until(t, d.subscribe(client.Query{From: client.After(at)}), "s4"), "s2.1", "s3.1", "s4.1")
}

// TestACursorOfAnotherStreamGoesByItsTime takes a cursor of before the stream was made anew: its sequence means nothing there.
func TestACursorOfAnotherStreamGoesByItsTime(t *testing.T) {
	d := open(t)
	d.put(first("s1"), first("s2"))
	early := client.Cursor{Sequence: 2, Stored: time.Now().Add(-time.Hour), Story: "s1", Revision: 1}
	same(t, until(t, d.subscribe(client.Query{From: client.After(early)}), "s2"), "s2.1")
	ahead := client.Cursor{Sequence: 500, Story: "s1", Revision: 1}
	same(t, until(t, d.subscribe(client.Query{From: client.After(ahead)}), "s2"), "s2.1")
	all := d.subscribe(client.Query{From: client.Beginning()})
	next(t, all)
	ahead = client.Cursor{Sequence: 500, Stored: next(t, all).Stored, Story: "s9"}
	same(t, until(t, d.subscribe(client.Query{From: client.After(ahead)}), "s2"), "s2.1")
}

// TestAStreamMadeAnewBeginsItsRevisionsAnew has the store lost under a program that stays.
func TestAStreamMadeAnewBeginsItsRevisionsAnew(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{From: client.Beginning()})
	d.put(story("s1", 5, message.ChangeUpdate))
	ack(t, next(t, s))
	stream, err := d.js.Stream(t.Context(), "STORIES")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.js.DeleteStream(t.Context(), "STORIES"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.js.CreateStream(t.Context(), stream.CachedInfo().Config); err != nil {
		t.Fatal(err)
	}
	d.put(first("s1"))
	got := next(t, s)
	if got.Story.Revision != 1 {
		t.Errorf("revision %d, want 1", got.Story.Revision)
	}
	ack(t, got)
}

func TestNoMoreAreHeldThanTheBuffer(t *testing.T) {
	d := open(t)
	for i := range 20 {
		d.put(first(fmt.Sprintf("s%d", i)))
	}
	s := d.subscribe(client.Query{Durable: "desk", From: client.Beginning(), Buffer: 3})
	for range 3 {
		next(t, s)
	}
	timed, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if d, err := s.Next(timed); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fourth came: %v, %v", d, err)
	}
	if lag, err := s.Lag(t.Context()); err != nil || lag != 17 {
		t.Errorf("%d wait (%v), want 17", lag, err)
	}
}

// TestAHeldStoryIsNotTakenForLost holds one for longer than the server waits without a word.
func TestAHeldStoryIsNotTakenForLost(t *testing.T) {
	t.Parallel() // it waits
	d := open(t)
	const ackWait = 8 * time.Second // a slow machine says in time that it is held
	s := d.subscribe(client.Query{Durable: "desk", AckWait: ackWait})
	d.put(first("s1"))
	held := next(t, s)
	timed, cancel := context.WithTimeout(t.Context(), ackWait*3/2)
	defer cancel()
	if d, err := s.Next(timed); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it came again: %v, %v", d, err)
	}
	cons, err := d.js.Consumer(t.Context(), "STORIES", "desk")
	if err != nil || cons.CachedInfo().NumRedelivered != 0 {
		t.Errorf("the server has given it out again (%v)", err)
	}
	ack(t, held)
	eventually(t, "nothing is open", func() bool {
		info, err := cons.Info(t.Context())
		return err == nil && info.NumAckPending == 0
	})
}

func TestAReaderThatIsDeletedIsMadeAgainBehindWhatItRead(t *testing.T) {
	d := open(t)
	s := d.subscribe(client.Query{Durable: "desk"})
	d.put(first("s1"), first("s2"))
	ack(t, next(t, s))
	open := next(t, s)
	if err := d.js.DeleteConsumer(t.Context(), "STORIES", "desk"); err != nil {
		t.Fatal(err)
	}
	d.put(first("s3"))
	same(t, until(t, s, "s3"), "s3.1")
	ack(t, open)
	if s.Cursor().Story != "s3" {
		t.Errorf("cursor %s, want behind s3", s.Cursor())
	}
}

func TestADurablePlaceTakesAnotherQuery(t *testing.T) {
	d := open(t)
	q := client.Query{Durable: "desk", Countries: []string{"MA"}, From: client.Beginning()}
	abroad := first("s2")
	abroad.Country = "TN"
	d.put(first("s1"))
	s := d.subscribe(q)
	same(t, until(t, s, "s1"), "s1.1")
	s.Close()
	q.Countries = []string{"MA", "TN"}
	wider := d.subscribe(q)
	d.put(abroad, first("s3"))
	same(t, until(t, wider, "s3"), "s2.1", "s3.1")
}

func TestASubscriptionEndsWithItsContextAndItsClient(t *testing.T) {
	d := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := d.c.Subscribe(ctx, client.Query{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := s.Next(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended: %v", err)
	}
	other := d.subscribe(client.Query{})
	if err := d.c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Next(t.Context()); !errors.Is(err, client.ErrClosed) {
		t.Errorf("after the client was closed: %v", err)
	}
	if _, err := d.c.Subscribe(t.Context(), client.Query{}); err == nil {
		t.Error("a closed client subscribes")
	}
}

func TestFollowStopsAtAnErrorAndComesBackToIt(t *testing.T) {
	d := open(t)
	d.put(first("s1"), first("s2"))
	q := client.Query{Durable: "desk", From: client.Beginning()}
	broken := errors.New("the disk is full")
	s := d.subscribe(q)
	err := s.Follow(t.Context(), func(_ context.Context, d *client.Delivery) error {
		if d.Story.ID == "s2" {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	s.Close()
	same(t, until(t, d.subscribe(q), "s2"), "s2.1")
}

// TestAServerThatStartsAnewLosesNothing stops the server under readers and starts another one on its store.
func TestAServerThatStartsAnewLosesNothing(t *testing.T) {
	dir := t.TempDir()
	url, stop := serve(t, dir, "127.0.0.1:0")
	cfg := pipeline.Default()
	cfg.NATS.URL, cfg.MaxStoreBytes = url, 256<<20
	bus, err := pipeline.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, url)
	nameless, durable := d.subscribe(client.Query{}), d.subscribe(client.Query{Durable: "desk"})
	d.put(first("s1"), first("s2"))
	same(t, until(t, nameless, "s2"), "s1.1", "s2.1")
	same(t, until(t, durable, "s2"), "s1.1", "s2.1")
	stop()
	defer serveAgain(t, dir, strings.TrimPrefix(url, "nats://"))()
	d.put(first("s3"), first("s4"))
	same(t, until(t, nameless, "s4"), "s3.1", "s4.1")
	same(t, until(t, durable, "s4"), "s3.1", "s4.1")
}

func serve(t *testing.T, dir, listen string) (url string, stop func()) {
	t.Helper()
	url, stop, err := served(t, dir, listen)
	if err != nil {
		t.Fatal(err)
	}
	return url, stop
}

// serveAgain serves at an address where a server has ended. Somebody else may have taken the port for a while.
func serveAgain(t *testing.T, dir, address string) (stop func()) {
	t.Helper()
	eventually(t, "the server listens again", func() bool {
		var err error
		_, stop, err = served(t, dir, address)
		return err == nil
	})
	return stop
}

func served(t *testing.T, dir, listen string) (url string, stop func(), err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended, ready := make(chan error, 1), make(chan string, 1)
	go func() {
		ended <- pipeline.ServeNATS(ctx, dir, listen, slog.New(slog.DiscardHandler), func(url string) { ready <- url })
	}()
	select {
	case url = <-ready:
	case err = <-ended:
		cancel()
		return "", nil, err
	}
	return url, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}, nil
}

func TestConnectionsThatFailSayWhatToChange(t *testing.T) {
	d := open(t)
	bare, stop := serve(t, t.TempDir(), "127.0.0.1:0")
	defer stop()
	none := filepath.Join(t.TempDir(), "none")
	for want, o := range map[string]client.Options{
		"running there": {URL: "nats://me:secret@127.0.0.1:1"},
		"has no stream STORIES: has rawi run on it": {URL: bare},
		"Credentials and NKey are both set":         {URL: d.url, Credentials: none, NKey: none},
		"Cert and Key: one is set":                  {URL: d.url, Cert: none},
		"no such file":                              {URL: d.url, NKey: none},
		"Credentials: stat":                         {URL: d.url, Credentials: none},
	} {
		_, err := client.Connect(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: got %v, want %q", o, err, want)
		}
	}
}
