package pipeline

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// daemons are two pipelines with a fold each, on one server beside them.
type daemons struct {
	first, second         *Pipeline
	firstFold, secondFold *tally
	bus                   *Bus
}

// twoDaemons prepares them; they share a consumer where the names of the two stages are equal.
func twoDaemons(t *testing.T, first, second Spec) daemons {
	t.Helper()
	server := serveNATS(t, t.TempDir(), "127.0.0.1:0")
	cfg := testConfig(t)
	cfg.NATS.URL = server.url
	d := daemons{firstFold: newTally(), secondFold: newTally(), bus: openBus(t, cfg)}
	d.first, d.second = newPipeline(d.bus), newPipeline(openBus(t, cfg))
	for _, p := range []*Pipeline{d.first, d.second} {
		p.tuning.pin = 4 * forEver // longer than any test waits: a pin that is not given up is seen
	}
	AddFold(d.first, first, d.firstFold)
	AddFold(d.second, second, d.secondFold)
	return d
}

func (f *tally) total() int {
	n := 0
	for _, members := range f.members() {
		n += members
	}
	return n
}

func (f *tally) loads() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.resets
}

func role(t *testing.T, p *Pipeline) string {
	t.Helper()
	all, err := p.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[len(all)-1].Role
}

func TestStandbyFollowsAndTakesOver(t *testing.T) {
	d := twoDaemons(t, foldSpec(), foldSpec())
	stop := running(t, d.first)
	put(t, d.bus, article(0, 0))
	drained(t, d.first)
	running(t, d.second)
	for i := range 20 {
		put(t, d.bus, article(1+i, i%3))
	}
	drained(t, d.first)
	eventually(t, "the standby knows what the active one decided", func() bool { return d.secondFold.total() == 21 })
	if ok := d.second.stages[0].counts.snapshot().OK; ok != 0 {
		t.Errorf("the standby was given %d messages", ok)
	}
	if first, second := role(t, d.first), role(t, d.second); first != RoleActive || second != RoleStandby {
		t.Errorf("roles are %q and %q", first, second)
	}

	stop()
	put(t, d.bus, article(30, 0), article(31, 1))
	drained(t, d.second) // long before the pin would have ended
	if n := d.secondFold.total(); n != 23 {
		t.Errorf("%d articles, want 23", n)
	}
	if n := d.secondFold.loads(); n != 1 {
		t.Errorf("the whole state was read %d times, want once", n)
	}
	eventually(t, "the standby has become active", func() bool { return role(t, d.second) == RoleActive })
}

// The server pins nobody before the first message. A daemon that is alone is who gets it.
func TestADaemonAloneIsActiveOnceItIsReady(t *testing.T) {
	d := twoDaemons(t, foldSpec(), foldSpec())
	running(t, d.first)
	eventually(t, "the first is ready", func() bool { return d.first.Ready(t.Context()) == nil })
	if r, shown := d.first.stages[0].lead.get(), active(t, d.first); r != RoleActive || !shown {
		t.Errorf("the role is %q and the gauge %t before any message", r, shown)
	}
}

func TestOfTwoDaemonsNobodyIsActiveBeforeTheFirstMessage(t *testing.T) {
	d := twoDaemons(t, foldSpec(), foldSpec())
	if err := d.first.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.first.lookAtPeers(t.Context()) // there before the second one looks
	running(t, d.second)
	eventually(t, "the second is ready", func() bool { return d.second.Ready(t.Context()) == nil })
	if r := role(t, d.second); r != "" || active(t, d.second) {
		t.Errorf("the role is %q while the first message may come to another", r)
	}
}

// active is what the metric says of the only fold.
func active(t *testing.T, p *Pipeline) bool {
	t.Helper()
	rec := httptest.NewRecorder()
	observe.Handler(p.metrics, &observe.Health{}).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	return strings.Contains(rec.Body.String(), `rawi_stage_active{stage="`+p.stages[0].Name+`"} 1`)
}

// A pin is no lock. Here both are given articles of the same stories, the Arabic ones both, the others one each: only the fence keeps one from
// writing over what the other has decided.
func TestTwoWritersAtOnceDecideOnce(t *testing.T) {
	french := Spec{Name: "dedup-fr", Subjects: []string{"news.article.fr.>", "news.article.ar.>"}}
	spanish := Spec{Name: "dedup-es", Subjects: []string{"news.article.es.>", "news.article.ar.>"}}
	d := twoDaemons(t, french, spanish)
	for i := range 300 {
		a := article(i, i/3%3)
		a.Language = []string{"fr", "ar", "es"}[i%3]
		put(t, d.bus, a)
	}
	running(t, d.first)
	running(t, d.second)
	drained(t, d.first)
	drained(t, d.second)
	if last, err := d.bus.lastSequence(t.Context(), streamState); err != nil || last != 300 {
		t.Errorf("%d decisions on 300 articles (%v)", last, err)
	}
	for _, fold := range []*tally{d.firstFold, d.secondFold} {
		eventually(t, "both know everything", func() bool { return fold.total() == 300 })
		if fold.loads() != 1 {
			t.Errorf("the whole state was read %d times, want once", fold.loads())
		}
	}
	first, second := d.first.stages[0].counts.snapshot(), d.second.stages[0].counts.snapshot()
	if first.OK+second.OK != 300 || first.OK < 100 || second.OK < 100 {
		t.Errorf("%d and %d decisions: both had 100 of their own, and 300 together", first.OK, second.OK)
	}
}

// A daemon of an earlier version has left a consumer that everybody may read from.
func TestConsumerWithoutPinIsChangedInPlace(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, article(1, 1), article(2, 1))
	old, err := b.js.CreateConsumer(t.Context(), streamArticles, jetstream.ConsumerConfig{
		Durable: "dedup", FilterSubject: message.ArticleSubjects, AckPolicy: jetstream.AckExplicitPolicy,
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := old.Next()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.DoubleAck(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	running(t, p)
	drained(t, p)
	info, err := p.stages[0].look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Config.PriorityPolicy != jetstream.PriorityPolicyPinned || !info.Created.Equal(old.CachedInfo().Created) {
		t.Errorf("the consumer was not changed in place: %+v", info.Config)
	}
	if n := fold.total(); n != 1 {
		t.Errorf("%d articles were given, want the one that was not acknowledged", n)
	}
}

// Where the stream is another one, what is known of it is nothing worth.
func TestStateStreamThatWasMadeAnewIsReadFromItsBeginning(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	put(t, b, article(1, 1), article(2, 1))
	running(t, p)
	drained(t, p)
	if err := b.js.DeleteStream(t.Context(), streamState); err != nil {
		t.Fatal(err)
	}
	if err := b.ensureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := newTally()
	for i := range 3 { // more than it had: the sequence alone would not tell
		states, err := other.Process(t.Context(), article(10+i, 7))
		if err != nil {
			t.Fatal(err)
		}
		other.Apply(states[0])
		put(t, b, states[0])
	}
	eventually(t, "the fold knows the new stream and nothing else", func() bool {
		n := fold.members()
		return len(n) == 1 && n[message.StoryID("outlet7")] == 3
	})
}

// What a reader of the leader is told is complete, compressed bodies and taken-out messages included.
func TestNextReadsOnFromASequence(t *testing.T) {
	b := openBus(t, testConfig(t))
	long := article(3, 3)
	long.Title = string(make([]byte, 64<<10))
	put(t, b, article(1, 1), article(2, 2), long)
	s, err := b.js.Stream(t.Context(), streamArticles)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteMsg(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	e, ok, err := b.next(t.Context(), streamArticles, 2)
	var got message.Article
	if err == nil {
		err = e.Decode(&got)
	}
	if err != nil || !ok || e.Sequence != 3 || got.ID != long.ID {
		t.Errorf("next from 2 is message %d, %q (%v, %v)", e.Sequence, got.ID, ok, err)
	}
	if _, ok, err := b.next(t.Context(), streamArticles, 4); ok || err != nil {
		t.Errorf("there is a message after the last one: %v, %v", ok, err)
	}
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.next(cut, streamArticles, 1); err == nil {
		t.Error("no error from a reading that was cut short")
	}
}

// The first try is refused, and before the second another writer has made the same revision of the story from another article. The server
// takes the second try for a repetition, and on a cluster it does so before it looks at the fence.
func TestReceiptOfAnotherWriterIsNoCommit(t *testing.T) {
	b := openBus(t, testConfig(t))
	s, err := b.js.Stream(t.Context(), streamState)
	if err != nil {
		t.Fatal(err)
	}
	limits := s.CachedInfo().Config
	limits.MaxBytes = 3000
	if _, err := b.js.UpdateStream(t.Context(), limits); err != nil {
		t.Fatal(err)
	}
	mine, theirs := decision(t, b, article(7, 1)), decision(t, b, article(5, 1))
	mine.Header.Set("Padding", strings.Repeat("x", 4096)) // so that there is room for theirs alone
	receipt, failed := make(chan *jetstream.PubAck, 1), make(chan error, 1)
	go func() {
		ack, err := b.publish(t.Context(), mine)
		receipt <- ack
		failed <- err
	}()
	eventually(t, "the first try is refused", func() bool { return b.store.trouble() != nil })
	if ack, err := b.publish(t.Context(), theirs); err != nil || ack.Duplicate {
		t.Fatalf("the other was not stored: %v, %v", ack, err)
	}
	limits.MaxBytes = -1
	if _, err := b.js.UpdateStream(t.Context(), limits); err != nil {
		t.Fatal(err)
	}
	ack, err := <-receipt, <-failed
	if err != nil || !ack.Duplicate {
		t.Errorf("%+v, %v: taken for a receipt of our own", ack, err)
	}
	for m, want := range map[*nats.Msg]bool{theirs: true, mine: false} {
		if own, err := b.ours(t.Context(), m, ack); own != want || err != nil {
			t.Errorf("what is stored is theirs and not ours: %v, want %v (%v)", own, want, err)
		}
	}
}

// decision is the state that an empty fold makes of an article, as it is published.
func decision(t *testing.T, b *Bus, in message.Article) *nats.Msg {
	t.Helper()
	states, err := newTally().Process(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.codec.encode(states[0], "")
	if err != nil {
		t.Fatal(err)
	}
	return out
}
