package feed

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the oldest hubs sign with it, and WebSub keeps it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Callback returns the handler that hubs reach under the callback address. A push makes its feed due at once; what it holds is not read, the
// feed itself is, so that nothing comes in by another door.
func (p *Poller) Callback() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", p.verify)
	mux.HandleFunc("POST /", p.pushed)
	return mux
}

// subscribed returns the feed that a request of a hub is about, with what was agreed, or answers that there is none.
func (p *Poller) subscribed(w http.ResponseWriter, r *http.Request) (Feed, subscription, bool) {
	id, token, _ := strings.Cut(path.Base(r.URL.Path), "-")
	p.mu.Lock()
	f, ok := p.byID[id]
	p.mu.Unlock()
	if !ok {
		gone(w)
		return f, subscription{}, false
	}
	sub, err := p.subscription(r.Context(), f.URL)
	if err != nil {
		p.log.Warn("a hub is not answered", "feed", shown(f.URL), "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return f, sub, false
	}
	if !sub.answersTo(token, time.Now().UTC()) {
		gone(w)
		return f, sub, false
	}
	return f, sub, true
}

// gone answers whoever asks for what there is not, or has not its token. A hub takes that for the end of a subscription.
func gone(w http.ResponseWriter) { http.Error(w, "no such subscription", http.StatusGone) }

// verify answers a hub that wants to know whether it was us who subscribed.
func (p *Poller) verify(w http.ResponseWriter, r *http.Request) {
	f, sub, ok := p.subscribed(w, r)
	if !ok {
		return
	}
	query, now := r.URL.Query(), time.Now().UTC()
	switch {
	case query.Get("hub.topic") != sub.Topic || sub.Topic == "":
		http.Error(w, "no such topic", http.StatusNotFound)
		return
	case query.Get("hub.mode") == "denied":
		sub.Refused, sub.Until = clip(query.Get("hub.reason"), 200), time.Time{}
		if sub.Refused == "" {
			sub.Refused = "without a reason"
		}
	case query.Get("hub.mode") != "subscribe" || now.Sub(sub.Asked) > verifyWithin:
		http.Error(w, "not asked for", http.StatusNotFound)
		return
	default:
		sub.Lease = leaseAsked.Seconds()
		if seconds, err := strconv.ParseUint(query.Get("hub.lease_seconds"), 10, 31); err == nil && seconds > 0 {
			sub.Lease = min(float64(seconds), sub.Lease)
		}
		sub.Until = now.Add(time.Duration(sub.Lease * float64(time.Second)))
		if _, token, _ := strings.Cut(path.Base(r.URL.Path), "-"); token != "" {
			sub.Plain = time.Time{} // the hub has the new address
		}
	}
	if err := p.keepSubscription(r.Context(), f.URL, sub); err != nil {
		p.log.Warn("a hub's answer is not kept", "feed", shown(f.URL), "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, query.Get("hub.challenge")) // a hub that hangs up asks again
}

// pushed hears that a feed has something new. One that did not come from the hub is answered as if it had: whoever sent it learns nothing.
func (p *Poller) pushed(w http.ResponseWriter, r *http.Request) {
	f, sub, ok := p.subscribed(w, r)
	if !ok {
		return
	}
	now := time.Now().UTC()
	body := http.MaxBytesReader(w, r.Body, p.cfg.MaxBody)
	if !signed(body, sub.Secret, r.Header.Get("X-Hub-Signature")) || !sub.active(now) {
		p.log.Debug("a push was not signed by the hub", "feed", shown(f.URL))
		w.WriteHeader(http.StatusAccepted)
		return
	}
	sub.Pushed = now
	err := p.keepSubscription(r.Context(), f.URL, sub)
	if err == nil {
		err = p.schedule.Hasten(r.Context(), f.URL)
	}
	if err != nil {
		p.log.Warn("a push comes to nothing", "feed", shown(f.URL), "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// signed reports whether a body carries the signature of who knows the secret, written method=hex.
func signed(body io.Reader, secret, signature string) bool {
	method, value, _ := strings.Cut(signature, "=")
	want, err := hex.DecodeString(value)
	if err != nil || secret == "" {
		return false
	}
	var sum func() hash.Hash
	switch strings.ToLower(method) {
	case "sha1":
		sum = sha1.New
	case "sha256":
		sum = sha256.New
	case "sha384":
		sum = sha512.New384
	case "sha512":
		sum = sha512.New
	default:
		return false
	}
	mac := hmac.New(sum, []byte(secret))
	if _, err := io.Copy(mac, body); err != nil {
		return false
	}
	return hmac.Equal(mac.Sum(nil), want)
}
