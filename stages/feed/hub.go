package feed

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/message"
)

// WebSub is how hubs reach this daemon, so that feeds which have one are asked when something is new instead of from time to time.
type WebSub struct {
	Callback string `yaml:"callback"` // public address that leads to Listen; empty subscribes to no hub
	Listen   string `yaml:"listen"`   // host:port where hubs are answered
}

func (w WebSub) validate() error {
	if w.Callback == "" {
		return nil
	}
	if u, err := url.Parse(w.Callback); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("websub.callback: %q is no http or https address that hubs could reach", shown(w.Callback))
	}
	if _, _, err := net.SplitHostPort(w.Listen); err != nil {
		return fmt.Errorf("websub.listen: %q wants host:port", w.Listen)
	}
	return nil
}

const (
	// leaseAsked is for how long we subscribe. Hubs may grant less, and are asked again when a third of it is left.
	leaseAsked = 10 * 24 * time.Hour
	// askAgain is how long a hub has that did not answer, or refused.
	askAgain = 6 * time.Hour
	// verifyWithin is how long after we asked a hub may want to know whether it was us.
	verifyWithin = time.Hour
	// pushedWithin is how soon after a push news counts as its doing, and how old news may be that a hub is not blamed for.
	pushedWithin = 10 * time.Minute
)

// subscription is what is agreed with a hub about a feed. It stands in the store, because a hub may reach another daemon than the one that
// polls the feed.
type subscription struct {
	Hub     string    `json:"hub"`
	Topic   string    `json:"topic"`
	Secret  string    `json:"secret"`          // that the hub signs with
	Token   string    `json:"token,omitempty"` // in the path that the hub calls; empty in subscriptions of versions that had none
	Plain   time.Time `json:"plain,omitzero"`  // until when such a one is still called without it
	Asked   time.Time `json:"asked"`
	Lease   float64   `json:"lease,omitempty"` // seconds that the hub granted
	Until   time.Time `json:"until,omitzero"`
	Pushed  time.Time `json:"pushed,omitzero"` // last word of the hub
	Late    time.Time `json:"late,omitzero"`   // a poll found news that the hub had not told
	Refused string    `json:"refused,omitempty"`
}

// active reports whether the hub has promised to tell.
func (s subscription) active(now time.Time) bool { return s.Until.After(now) }

// trusted reports whether it has kept the promise so far.
func (s subscription) trusted(now time.Time) bool { return s.active(now) && s.Pushed.After(s.Late) }

// due reports whether the hub has to be asked, for the first time or again.
func (s subscription) due(hub, topic string, now time.Time) bool {
	if s.Hub != hub || s.Topic != topic {
		return true
	}
	left := s.Until.Sub(now).Seconds()
	return left < s.Lease/3 && now.Sub(s.Asked) >= askAgain
}

func hubKey(feedURL string) string { return "feed.hub." + feedID(feedURL) }

func feedID(feedURL string) string { return message.ArticleID(feedURL) }

func (p *Poller) subscription(ctx context.Context, feedURL string) (subscription, error) {
	var s subscription
	b, err := p.store.Get(ctx, hubKey(feedURL))
	if err != nil {
		return s, fmt.Errorf("read subscription: %w", err)
	}
	if b != nil && json.Unmarshal(b, &s) != nil {
		s = subscription{} // it is asked for again
	}
	return s, nil
}

func (p *Poller) keepSubscription(ctx context.Context, feedURL string, s subscription) error {
	b, err := json.Marshal(s)
	if err == nil {
		err = p.store.Put(ctx, hubKey(feedURL), b)
	}
	if err != nil {
		return fmt.Errorf("keep subscription: %w", err)
	}
	return nil
}

// hubWait sees to the subscription of a feed that was read, and returns its next wait: long where a hub tells, for hubs die without a word.
func (p *Poller) hubWait(ctx context.Context, f Feed, s *state, wait time.Duration) time.Duration {
	if p.cfg.WebSub.Callback == "" || s.Hub == "" {
		s.Pushes = ""
		return wait
	}
	sub, err := p.subscription(ctx, f.URL)
	if err == nil {
		sub, err = p.agree(ctx, f, *s, sub)
	}
	if err != nil {
		p.log.Debug("hub not subscribed to", "feed", shown(f.URL), "hub", shown(s.Hub), "err", err)
		s.Pushes = shown(err.Error())
		return wait
	}
	fresh := s.Rhythm.New.Equal(s.Last)
	told := s.Last.Sub(sub.Pushed) < pushedWithin
	switch {
	case told && !fresh:
		wait = p.cfg.Floor // what was pushed is not in the feed yet
	case sub.trusted(s.Last):
		wait = max(wait, p.cfg.Ceiling)
	}
	s.Pushes = sub.words(s.Last)
	return wait
}

// words say how far a hub can be relied on.
func (s subscription) words(now time.Time) string {
	switch {
	case s.Refused != "":
		return "the hub refused: " + s.Refused
	case !s.active(now):
		return "asked, not confirmed by the hub yet"
	case s.trusted(now):
		return "told by the hub until " + s.Until.UTC().Format(time.DateOnly)
	case s.Late.IsZero():
		return "confirmed, nothing told yet"
	}
	return "confirmed, but news came without a word from the hub"
}

// agree brings the subscription up to date: a hub that let news pass in silence is no longer relied on, one whose lease ends is asked again.
func (p *Poller) agree(ctx context.Context, f Feed, s state, sub subscription) (subscription, error) {
	now := s.Last
	relied := sub.trusted(now) || sub.active(now) && sub.Late.IsZero()
	missed := relied && s.Rhythm.New.Equal(now) && now.Sub(sub.Pushed) > pushedWithin && now.Sub(s.Newest) > pushedWithin
	ask := sub.due(s.Hub, s.topic(f), now)
	if !missed && !ask {
		return sub, nil
	}
	if missed {
		sub.Late = now
	}
	if !ask {
		return sub, p.keepSubscription(ctx, f.URL, sub)
	}
	if sub.Hub != s.Hub || sub.Topic != s.topic(f) {
		sub = subscription{Hub: s.Hub, Topic: s.topic(f), Secret: newSecret()}
	}
	if sub.Token == "" {
		sub.Token, sub.Plain = newToken(), sub.Until
	}
	sub.Asked, sub.Refused = now, ""
	if err := p.keepSubscription(ctx, f.URL, sub); err != nil { // before it is asked: it may want to know while it is
		return sub, err
	}
	err := p.askHub(ctx, f, sub)
	if notYet(err) { // it was not asked
		sub.Asked = time.Time{}
		err = errors.Join(err, p.keepSubscription(ctx, f.URL, sub))
	}
	return sub, err
}

func newSecret() string { return random(32) }

// newToken is long enough that nobody comes upon it by trying.
func newToken() string { return random(16) }

func random(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// path is the last part of the address that the hub calls. The feed's id finds the subscription, which then knows its token.
func (s subscription) path(f Feed) string { return feedID(f.URL) + "-" + s.Token }

// answersTo reports whether a token is the subscription's, or none where it may still be called without one.
func (s subscription) answersTo(token string, now time.Time) bool {
	switch {
	case token != "":
		return subtle.ConstantTimeCompare([]byte(token), []byte(s.Token)) == 1
	case s.Token == "":
		return s.active(now) || now.Sub(s.Asked) <= verifyWithin
	}
	return s.Plain.After(now)
}

// topic is the name by which the hub knows the feed.
func (s state) topic(f Feed) string {
	if s.Topic != "" {
		return s.Topic
	}
	return s.url(f)
}

func (p *Poller) askHub(ctx context.Context, f Feed, sub subscription) error {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	form := url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {sub.Topic}, "hub.secret": {sub.Secret},
		"hub.callback":      {strings.TrimRight(p.cfg.WebSub.Callback, "/") + "/" + sub.path(f)},
		"hub.lease_seconds": {strconv.Itoa(int(leaseAsked.Seconds()))},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sub.Hub, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("ask hub: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask hub: %w", err)
	}
	if err := res.Body.Close(); err != nil {
		return fmt.Errorf("ask hub: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return errors.New("ask hub: " + res.Status)
	}
	return nil
}

// linkHeader returns the address of a relation in the Link headers of an answer, absolute, or nothing.
func linkHeader(h http.Header, rel string, base *url.URL) string {
	for _, line := range h.Values("Link") {
		for part := range strings.SplitSeq(line, ",") {
			target, parameters, ok := strings.Cut(strings.TrimSpace(part), ">")
			if !ok || !strings.HasPrefix(target, "<") {
				continue
			}
			for parameter := range strings.SplitSeq(parameters, ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
				if strings.EqualFold(name, "rel") && hasWord(strings.Trim(value, `"`), rel) {
					return resolve(target[1:], base)
				}
			}
		}
	}
	return ""
}

func hasWord(text, word string) bool {
	for w := range strings.FieldsSeq(text) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}
