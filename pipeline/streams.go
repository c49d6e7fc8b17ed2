package pipeline

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// Names of the streams.
const (
	streamFetch    = "FETCH"
	streamRaw      = "RAW"
	streamLang     = "LANG"
	streamArticles = "ARTICLES"
	streamState    = "STATE"
	streamStories  = "STORIES"
	streamDead     = "DEAD"
	streamAdvisory = "ADVISORY"
)

// layout is one stream as it is wanted. Limits retention everywhere: work-queue retention forgets message ids at a restart.
type layout struct {
	name       string
	subjects   []string
	share      int64         // of the store, in thousandths
	window     time.Duration // in which a repeated message id is recognised: longer than all delays of a message together
	age        time.Duration
	perSubject int64 // messages kept of each subject; 0 means all
	discardOld bool  // what happens when it is full: the oldest go, instead of the publisher having to wait
}

const day = 24 * time.Hour

// StateAge is how long the state of a story is kept without change. What decides by older stories forgets them at the next start.
const StateAge = 430 * day

// layouts are in the order in which data flows. The shares leave 80 thousandths for buckets.
func layouts() []layout {
	return []layout{
		{name: streamFetch, subjects: []string{message.FetchSubjects}, share: 20, window: day, age: 3 * day},
		{name: streamRaw, subjects: []string{message.RawSubjects}, share: 300, window: day, age: 3 * day},
		{name: streamLang, subjects: []string{message.LangSubjects}, share: 270, window: 6 * time.Hour, age: 3 * day},
		{name: streamArticles, subjects: []string{message.ArticleSubjects, message.RulingSubjects}, share: 150, window: 6 * time.Hour, age: 30 * day},
		{name: streamState, subjects: []string{message.StateSubjects}, share: 70, window: 6 * time.Hour, age: StateAge, perSubject: 1},
		{name: streamStories, subjects: []string{message.StorySubjects}, share: 70, window: day, age: 90 * day, perSubject: 20, discardOld: true},
		{name: streamDead, subjects: []string{message.DeadSubjects}, share: 30, window: 3 * day, age: 30 * day, discardOld: true},
		{name: streamAdvisory, subjects: advisories(), share: 10, window: time.Minute, age: 7 * day, discardOld: true},
	}
}

// advisories tell of messages that the server gave up by itself: the net below our own dead letters.
func advisories() []string {
	return []string{"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"}
}

// bucketShare is what one key-value bucket gets of the store, in thousandths: there are seven of them, and the streams leave room for eight.
const bucketShare = 10

// onto sets what the layout wants in a stream's configuration and leaves what the server filled in.
func (l layout) onto(c jetstream.StreamConfig, cfg Config) jetstream.StreamConfig {
	c.Name, c.Subjects = l.name, l.subjects
	c.Retention, c.Storage, c.Compression = jetstream.LimitsPolicy, jetstream.FileStorage, jetstream.S2Compression
	c.MaxBytes = cfg.MaxStoreBytes / 1000 * l.share
	c.MaxAge, c.Duplicates = l.age, l.window
	c.Replicas, c.AllowDirect = cfg.Replicas, true
	c.Discard = jetstream.DiscardNew
	if l.discardOld {
		c.Discard = jetstream.DiscardOld
	}
	if l.perSubject > 0 {
		c.MaxMsgsPerSubject = l.perSubject
	}
	return c
}

// ensureStreams makes the streams that are missing and changes those that differ. A stream that is right is not touched: while a cluster
// node is down, an update that changes nothing is not without risk.
func (b *Bus) ensureStreams(ctx context.Context) error {
	for _, l := range layouts() {
		err := b.patiently(ctx, func(ctx context.Context) error { return b.ensureStream(ctx, l) })
		if code := codeOf(err); code == codeNoResources || code == codeNoStorage {
			return fmt.Errorf("stream %s: %w: the server has no room for max_store_bytes %d, lower it", l.name, err, b.cfg.MaxStoreBytes)
		}
		if err != nil {
			return fmt.Errorf("stream %s: %w", l.name, err)
		}
	}
	return nil
}

func (b *Bus) ensureStream(ctx context.Context, l layout) error {
	s, err := b.js.Stream(ctx, l.name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = b.js.CreateStream(ctx, l.onto(jetstream.StreamConfig{}, b.cfg))
		if !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			return err
		}
		s, err = b.js.Stream(ctx, l.name) // a daemon with other limits that starts beside this one has made it meanwhile
	}
	if err != nil {
		return err
	}
	is := s.CachedInfo().Config
	want := l.onto(is, b.cfg)
	if reflect.DeepEqual(is, want) {
		return nil
	}
	if _, err = b.js.UpdateStream(ctx, want); err == nil && is.Replicas != want.Replicas {
		b.log.Info("stream has another number of copies now", "stream", l.name, "had", is.Replicas, "replicas", want.Replicas)
	}
	return err
}

// streamOf is the stream that stores a subject, or a filter over subjects; "" when none does.
func streamOf(subject string) string {
	for _, l := range layouts() {
		for _, s := range l.subjects {
			if strings.HasPrefix(subject, strings.TrimSuffix(s, ">")) {
				return l.name
			}
		}
	}
	return ""
}

// patience is the age at which a message has to have ended, some time before its stream forgets it.
func patience(stream string) time.Duration {
	for _, l := range layouts() {
		if l.name == stream {
			return l.age - l.age/24
		}
	}
	return 0
}

// covers says whether a subject matches a filter.
func covers(filter, subject string) bool {
	want, have := strings.Split(filter, "."), strings.Split(subject, ".")
	for i, token := range want {
		if token == ">" {
			return len(have) > i
		}
		if i >= len(have) || token != "*" && token != have[i] {
			return false
		}
	}
	return len(want) == len(have)
}
