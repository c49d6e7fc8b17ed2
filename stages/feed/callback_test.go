package feed

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func kept(t *testing.T, m *memory) subscription {
	t.Helper()
	b, err := m.Get(t.Context(), hubKey(feedURL))
	if err != nil {
		t.Fatal(err)
	}
	var s subscription
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCallbackCannotBeGuessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m := openNewsroom(t), newMemory()
		stop := pushing(t, n, m, &inbox{})
		defer stop()
		time.Sleep(time.Minute)
		form := maps.Clone(n.subscribed())
		ours := form.Get("hub.callback")
		_, token, _ := strings.Cut(path.Base(ours), "-")
		if len(token) < 32 || strings.Contains(form.Get("hub.secret"), token) {
			t.Fatalf("callback %s", ours)
		}
		for _, guess := range []string{
			callback + feedID(feedURL), callback + feedID(feedURL) + "-", callback + feedID(feedURL) + "-" + strings.Repeat("0", len(token)),
			callback + feedID("https://autre.example/") + "-" + token, callback + token, callback,
		} {
			form.Set("hub.callback", guess)
			if got := n.verify(form, "subscribe", form.Get("hub.topic")); got.Code != http.StatusGone || strings.Contains(got.Body.String(), "riddle") {
				t.Errorf("%s: %d %q", guess, got.Code, got.Body)
			}
			if got := n.verify(form, "denied", form.Get("hub.topic")); got.Code != http.StatusGone {
				t.Errorf("%s: denial %d", guess, got.Code)
			}
			if code := n.pushTo(guess, form.Get("hub.secret"), "sha256", sha256.New); code != http.StatusGone {
				t.Errorf("%s: push %d", guess, code)
			}
		}
		if s := kept(t, m); s.Refused != "" || !s.Pushed.IsZero() {
			t.Errorf("a guess changed %+v", s)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		tokens := map[string]bool{}
		for range 2 { // each subscription has its own
			n := openNewsroom(t)
			stop := pushing(t, n, newMemory(), &inbox{})
			time.Sleep(time.Minute)
			tokens[n.subscribed().Get("hub.callback")] = true
			stop()
		}
		if len(tokens) != 2 {
			t.Errorf("callbacks %v", tokens)
		}
	})
}

// Subscriptions of versions that had no token go on at their old address, until the hub has confirmed the new one.
func TestOldSubscriptionsWorkUntilTheyAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m := openNewsroom(t), newMemory()
		now := time.Now().UTC()
		old := subscription{
			Hub: hubURL, Topic: "https://journal.example/rss?self", Secret: "old secret", Asked: now.Add(-time.Hour),
			Lease: 3 * 24 * time.Hour.Seconds(), Until: now.Add(2 * 24 * time.Hour),
		}
		b, err := json.Marshal(old)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Put(t.Context(), hubKey(feedURL), b); err != nil {
			t.Fatal(err)
		}
		n.silent = true
		stop := pushing(t, n, m, &inbox{})
		defer stop()
		time.Sleep(time.Hour)
		plain := callback + feedID(feedURL)
		push := func() int { return n.pushTo(plain, old.Secret, "sha256", sha256.New) }
		if code := push(); code != http.StatusAccepted || kept(t, m).Pushed.IsZero() {
			t.Fatalf("push of an old subscription: %d, %+v", code, kept(t, m))
		}
		for n.subscribed().Get("hub.callback") == "" { // until a third of the lease is left
			time.Sleep(time.Minute)
		}
		ours := n.subscribed().Get("hub.callback")
		if ours == plain {
			t.Fatalf("renewed with callback %q", ours)
		}
		before := kept(t, m).Pushed
		if code := push(); code != http.StatusAccepted || !kept(t, m).Pushed.After(before) {
			t.Errorf("push before the new address is confirmed: %d", code)
		}
		if got := n.verify(n.subscribed(), "subscribe", old.Topic); got.Code == http.StatusOK {
			if code := push(); code != http.StatusGone {
				t.Errorf("push at the old address after the new one is confirmed: %d", code)
			}
		} else {
			t.Errorf("verification of the new address: %d", got.Code)
		}
	})
}

func TestOldSubscriptionEndsWithItsLease(t *testing.T) {
	now := time.Now().UTC()
	for name, tt := range map[string]struct {
		s    subscription
		want bool
	}{
		"active":           {subscription{Until: now.Add(time.Hour)}, true},
		"just asked":       {subscription{Asked: now.Add(-time.Minute)}, true},
		"lapsed":           {subscription{Asked: now.Add(-48 * time.Hour), Until: now.Add(-time.Hour)}, false},
		"never asked":      {subscription{}, false},
		"has a token":      {subscription{Token: "0123", Until: now.Add(time.Hour), Asked: now}, false},
		"renewed, not yet": {subscription{Token: "0123", Plain: now.Add(time.Hour), Asked: now}, true},
		"renewed, lapsed":  {subscription{Token: "0123", Plain: now.Add(-time.Hour), Asked: now}, false},
	} {
		if got := tt.s.answersTo("", now); got != tt.want {
			t.Errorf("%s: answers to its old address %t", name, got)
		}
	}
}
