package feed

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/message"
)

const (
	hubURL   = "https://hub.example/"
	callback = "https://desk.example/websub/"
)

// newsroom is an outlet whose feed has a hub: both in one, so that a test owns the clock.
type newsroom struct {
	*outlet
	mu     sync.Mutex
	items  int
	asked  []url.Values // subscriptions
	poller *Poller
	silent bool // the hub does not verify
}

func openNewsroom(t *testing.T) *newsroom {
	t.Helper()
	n := &newsroom{items: 10}
	n.outlet = &outlet{answer: func(_ int, r *http.Request, w http.ResponseWriter) {
		if r.URL.Host != "hub.example" {
			n.mu.Lock()
			defer n.mu.Unlock()
			began := time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)
			link := `<link rel="hub" href="` + hubURL + `"/><atom:link rel="self" href="https://journal.example/rss?self"/>`
			_, _ = io.WriteString(w, strings.Replace(numbered(n.items, 10, began, ""), "<item>", link+"<item>", 1))
			return
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		n.mu.Lock()
		n.asked = append(n.asked, r.PostForm)
		n.mu.Unlock()
		if !n.silent {
			if got := n.verify(r.PostForm, "subscribe", r.PostForm.Get("hub.topic")); got.Code != http.StatusOK || got.Body.String() != "riddle" {
				t.Errorf("verification: %d %q", got.Code, got.Body)
			}
		}
		w.WriteHeader(http.StatusAccepted)
	}}
	return n
}

// verify asks the poller whether it was it who subscribed.
func (n *newsroom) verify(form url.Values, mode, topic string) *httptest.ResponseRecorder {
	query := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"riddle"}, "hub.lease_seconds": {"432000"}}
	w := httptest.NewRecorder()
	n.poller.Callback().ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, form.Get("hub.callback")+"?"+query.Encode(), nil))
	return w
}

// push tells the poller, signed with a secret, that there is news.
func (n *newsroom) push(secret, method string, sum func() hash.Hash) int {
	return n.pushTo(n.subscribed().Get("hub.callback"), secret, method, sum)
}

func (n *newsroom) pushTo(address, secret, method string, sum func() hash.Hash) int {
	const body = "<rss>what is new</rss>"
	mac := hmac.New(sum, []byte(secret))
	_, _ = io.WriteString(mac, body)
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, address, strings.NewReader(body))
	r.Header.Set("X-Hub-Signature", method+"="+hex.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	n.poller.Callback().ServeHTTP(w, r)
	return w.Code
}

func (n *newsroom) publish() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.items++
}

func (n *newsroom) subscribed() url.Values {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.asked) == 0 {
		return url.Values{}
	}
	return n.asked[len(n.asked)-1]
}

// subscriptions are all that were asked for.
func (n *newsroom) subscriptions() []url.Values {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.asked)
}

// polls are the requests for the feed.
func (n *newsroom) polls() int {
	n.outlet.mu.Lock()
	defer n.outlet.mu.Unlock()
	polls := 0
	for _, r := range n.requests {
		if r.URL.Host != "hub.example" {
			polls++
		}
	}
	return polls
}

// pushing runs a poller that hubs can reach.
func pushing(t *testing.T, n *newsroom, m *memory, box *inbox) (stop func()) {
	t.Helper()
	cfg := Default()
	cfg.WebSub.Callback = callback
	n.poller = New(cfg, n.outlet, m, m, slog.New(slog.DiscardHandler))
	n.poller.SetFeeds([]Feed{{URL: feedURL, Outlet: message.Outlet{Name: "journal"}}})
	return pollUntil(t, n.poller, box)
}

func TestHubTellsWhenToPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m, box := openNewsroom(t), newMemory(), &inbox{}
		stop := pushing(t, n, m, box)
		defer stop()
		time.Sleep(time.Minute)
		form := n.subscribed()
		if form.Get("hub.mode") != "subscribe" || form.Get("hub.topic") != "https://journal.example/rss?self" || len(form.Get("hub.secret")) < 32 ||
			!strings.HasPrefix(form.Get("hub.callback"), callback) {
			t.Fatalf("subscribed with %v", form)
		}
		for range 20 {
			before := len(box.keys()) // read before the push: the poll may be over before it is answered
			n.publish()
			if code := n.push(form.Get("hub.secret"), "sha256", sha256.New); code != http.StatusAccepted {
				t.Errorf("push answered with %d", code)
			}
			time.Sleep(10 * time.Second)
			if len(box.keys()) != before+1 {
				t.Fatalf("%d items ten seconds after a push, want %d", len(box.keys()), before+1)
			}
			time.Sleep(30 * time.Minute)
		}
		before := n.polls()
		time.Sleep(24 * time.Hour)
		if polls := n.polls() - before; polls < 7 || polls > 10 {
			t.Errorf("%d backup polls in a day, want one every three hours", polls)
		}
		if h := m.health(t, feedURL); !strings.HasPrefix(h.Pushes, "told by the hub until") {
			t.Errorf("health %+v", h)
		}
	})
}

func TestHubThatNeverRestsHasAFeedAskedTwiceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m, box := openNewsroom(t), newMemory(), &inbox{}
		stop := pushing(t, n, m, box)
		defer stop()
		time.Sleep(time.Minute)
		before, secret := n.polls(), n.subscribed().Get("hub.secret")
		for range 600 {
			n.push(secret, "sha256", sha256.New)
			time.Sleep(time.Second)
		}
		if polls := n.polls() - before; polls < 18 || polls > 22 {
			t.Errorf("%d polls in ten minutes of pushes, want two a minute", polls)
		}
		items := len(box.keys()) // read before the item is there: a poll for the push before may bring it
		n.publish()
		n.push(secret, "sha256", sha256.New)
		time.Sleep(hurry + 5*time.Second)
		if len(box.keys()) != items+1 {
			t.Error("what the last push told of has not arrived")
		}
	})
}

func TestLeaseIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := openNewsroom(t)
		stop := pushing(t, n, newMemory(), &inbox{})
		defer stop()
		time.Sleep(3 * 24 * time.Hour)
		if len(n.subscriptions()) != 1 {
			t.Errorf("asked %d times within a lease of five days", len(n.subscriptions()))
		}
		time.Sleep(24 * time.Hour)
		if len(n.subscriptions()) != 2 || n.subscriptions()[0].Get("hub.secret") != n.subscriptions()[1].Get("hub.secret") {
			t.Errorf("asked %d times, with one secret: want twice", len(n.subscriptions()))
		}
	})
}

func TestHubThatLetsNewsPassIsNotReliedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m, box := openNewsroom(t), newMemory(), &inbox{}
		stop := pushing(t, n, m, box)
		defer stop()
		time.Sleep(time.Minute)
		n.publish()
		n.push(n.subscribed().Get("hub.secret"), "sha512", sha512.New)
		time.Sleep(time.Hour)
		for range 48 {
			n.publish()
			time.Sleep(30 * time.Minute)
		}
		if h := m.health(t, feedURL); h.Pushes != "confirmed, but news came without a word from the hub" {
			t.Errorf("health %+v", h)
		}
		before := n.polls()
		for range 24 {
			n.publish()
			time.Sleep(30 * time.Minute)
		}
		if polls := n.polls() - before; polls < 8 {
			t.Errorf("%d polls in 12 hours of an item every half hour", polls)
		}
	})
}

func TestHubThatDoesNotConfirmIsAskedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m := openNewsroom(t), newMemory()
		n.silent = true
		stop := pushing(t, n, m, &inbox{})
		defer stop()
		time.Sleep(24 * time.Hour)
		if len(n.subscriptions()) < 3 || len(n.subscriptions()) > 5 {
			t.Errorf("asked %d times in a day", len(n.subscriptions()))
		}
		if h := m.health(t, feedURL); h.Pushes != "asked, not confirmed by the hub yet" {
			t.Errorf("health %+v", h)
		}
	})
}

func TestWhoIsNotTheHubMovesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m := openNewsroom(t), newMemory()
		stop := pushing(t, n, m, &inbox{})
		defer stop()
		time.Sleep(time.Minute)
		before := n.polls()
		form := n.subscribed()
		for method, sum := range map[string]func() hash.Hash{"sha256": sha256.New, "sha1": sha1.New, "md5": sha256.New, "": sha256.New} {
			if code := n.push("guessed", method, sum); code != http.StatusAccepted {
				t.Errorf("%s: told %d", method, code)
			}
		}
		if got := n.verify(form, "subscribe", "https://elsewhere.example/rss"); got.Code != http.StatusNotFound || strings.Contains(got.Body.String(), "riddle") {
			t.Errorf("another topic: %d %q", got.Code, got.Body)
		}
		if got := n.verify(form, "unsubscribe", form.Get("hub.topic")); got.Code != http.StatusNotFound {
			t.Errorf("unsubscribe: %d", got.Code)
		}
		ours := form.Get("hub.callback")
		form.Set("hub.callback", callback+"unknown")
		if got := n.verify(form, "subscribe", form.Get("hub.topic")); got.Code != http.StatusGone {
			t.Errorf("unknown feed: %d", got.Code)
		}
		form.Set("hub.callback", ours)
		time.Sleep(2 * time.Hour)
		if polls := n.polls() - before; polls > 3 {
			t.Errorf("%d polls after forged pushes", polls)
		}
		if got := n.verify(form, "subscribe", form.Get("hub.topic")); got.Code != http.StatusNotFound {
			t.Errorf("verification long after it was asked for: %d", got.Code)
		}
		if got := n.verify(form, "denied", form.Get("hub.topic")); got.Code != http.StatusOK {
			t.Errorf("denial: %d", got.Code)
		}
		time.Sleep(3*time.Hour + 30*time.Minute) // it is asked again six hours after it was asked
		if h := m.health(t, feedURL); h.Pushes != "the hub refused: without a reason" {
			t.Errorf("health %+v", h)
		}
	})
}

func TestWithoutACallbackNoHubIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := openNewsroom(t)
		_, stop := running(t, n.outlet, newMemory(), &inbox{}, feedURL)
		time.Sleep(24 * time.Hour)
		stop()
		if len(n.subscriptions()) != 0 {
			t.Errorf("asked %v", n.subscriptions())
		}
	})
}

func TestHubIsFoundInLinkHeaders(t *testing.T) {
	base, err := url.Parse(feedURL)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{"Link": {`<https://a.example/x>; rel="alternate", </hub>; title="x"; rel="foo hub"`, `<?self>;rel=self`}}
	if hub, self := linkHeader(h, "hub", base), linkHeader(h, "self", base); hub != "https://journal.example/hub" || self != "https://journal.example/rss?self" {
		t.Errorf("hub %q, self %q", hub, self)
	}
	if got := linkHeader(http.Header{"Link": {"hub", "<;rel=hub", `<javascript:x>; rel=hub`}}, "hub", base); got != "" {
		t.Errorf("found %q", got)
	}
	got := jsonHead(jsonFields(t, `{"hubs":[{"type":"rssCloud","url":"https://c.example"},{"type":"WebSub","url":"https://h.example/"}],"feed_url":"/f"}`), base)
	if got.hub != "https://h.example/" || got.self != "https://journal.example/f" {
		t.Errorf("%+v", got)
	}
}

func jsonFields(t *testing.T, text string) map[string]json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

func TestCallbackIsChecked(t *testing.T) {
	for _, c := range []struct{ callback, listen, want string }{
		{"", "", ""},
		{callback, "127.0.0.1:0", ""},
		{"desk.example/websub", "127.0.0.1:0", "websub.callback: "},
		{callback, "8421", "websub.listen: "},
	} {
		cfg := Default()
		cfg.WebSub = WebSub{Callback: c.callback, Listen: c.listen}
		err := cfg.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
