package pipeline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

func story(id, country string, revision int, change string) message.Story {
	return message.Story{
		Type: message.StoryV1, ID: id, Kind: message.KindOperation, Country: country, Revision: revision, Change: change,
		Titles: map[string]string{"ar": "توقيف مشتبه فيه بسلا"},
	}
}

func TestCurrentStories(t *testing.T) {
	b := openBus(t, testConfig(t))
	merged := story("s4", "MA", 2, message.ChangeMerge)
	merged.MergedInto = "s1"
	put(
		t, b,
		story("s1", "MA", 1, message.ChangeNew), story("s1", "MA", 2, message.ChangeUpdate),
		story("s2", "", 1, message.ChangeNew), story("s2", "", 2, message.ChangeRetract), story("s2", "DZ", 2, message.ChangeUpdate), // moved
		story("s3", "MA", 1, message.ChangeNew), story("s3", "MA", 2, message.ChangeRetract), // gone
		story("s4", "MA", 1, message.ChangeNew), merged,
	)
	stories, err := Stories(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range stories {
		got = append(got, s.Subject()+" "+s.Change)
	}
	want := []string{"news.story.operation.ma.s1 update", "news.story.operation.dz.s2 update"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	e := stored(t, b, streamStories)[0]
	if e.Header.Get(HeaderStory) != "s1" || e.Header.Get(HeaderRevision) != "1" || e.Header.Get(HeaderChange) != message.ChangeNew {
		t.Errorf("headers are %v", e.Header)
	}
}

func TestNothingStoredIsNothingRead(t *testing.T) {
	b := openBus(t, testConfig(t))
	if stories, err := Stories(t.Context(), b); err != nil || len(stories) != 0 {
		t.Errorf("got %v, %v", stories, err)
	}
	if letters := deadLetters(t, b); len(letters) != 0 {
		t.Errorf("got %v", letters)
	}
}

func TestTailFollowsSeveralStreams(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1), story("s1", "MA", 1, message.ChangeNew), story("s2", "DZ", 1, message.ChangeNew))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan string, 10)
	ended := make(chan error, 1)
	go func() {
		ended <- b.Tail(ctx, []string{message.RawSubjects, "news.story.*.ma.>"}, Since(time.Now().Add(-time.Hour)), func(e Envelope) error {
			seen <- e.Stream
			return nil
		})
	}()
	got := map[string]int{}
	for range 2 {
		got[<-seen]++
	}
	put(t, b, raw(2))
	got[<-seen]++
	if diff := cmp.Diff(map[string]int{streamRaw: 2, streamStories: 1}, got); diff != "" {
		t.Error(diff)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the end of ctx is no error, got %v", err)
	}
}

func TestTailEndsWithTheReadersError(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1))
	err := b.Tail(t.Context(), []string{message.RawSubjects}, Beginning(), func(Envelope) error { return errBroken })
	if !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	if err := b.Tail(t.Context(), []string{"orders.>"}, Live(), nil); err == nil {
		t.Error("a subject that no stream stores was accepted")
	}
}

func TestBucketKeepsValues(t *testing.T) {
	cfg := testConfig(t)
	const url = "https://outlet.example/سلا?a=1&b=2"
	t.Run("put", func(t *testing.T) {
		k, err := openBus(t, cfg).Bucket(t.Context(), "news_seen", 30*day)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := k.Get(t.Context(), url); v != nil || err != nil {
			t.Errorf("absent key gives %q, %v", v, err)
		}
		if err := k.Put(t.Context(), url, []byte("etag")); err != nil {
			t.Fatal(err)
		}
	})
	k, err := openBus(t, cfg).Bucket(t.Context(), "news_seen", 20*day)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := k.Get(t.Context(), url); string(v) != "etag" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
	if v, _ := k.Get(t.Context(), url+"3"); v != nil {
		t.Error("two URLs share a key")
	}
}

// TestAnOldRevisionIsNotToldAfterANewerOne stands for a daemon that was frozen while another one took over.
func TestAnOldRevisionIsNotToldAfterANewerOne(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	for _, s := range []message.Story{story("s1", "MA", 5, message.ChangeUpdate), story("s1", "MA", 2, message.ChangeUpdate), story("s1", "MA", 6, message.ChangeUpdate)} {
		ack, err := p.store(t.Context(), newCounter("publish"), s, "")
		if err != nil {
			t.Fatal(err)
		}
		if old := s.Revision == 2; ack.Duplicate != old {
			t.Errorf("revision %d: duplicate %t, want %t", s.Revision, ack.Duplicate, old)
		}
	}
	stories, err := Stories(t.Context(), b)
	if err != nil || len(stories) != 1 || stories[0].Revision != 6 {
		t.Errorf("got %+v (%v), want revision 6", stories, err)
	}
	if told := stored(t, b, streamStories); len(told) != 2 {
		t.Errorf("%d messages on the story's subject, want revisions 5 and 6", len(told))
	}
}

func TestTailNamesTheFormOfAWrongSubject(t *testing.T) {
	b := openBus(t, testConfig(t))
	timed, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, subject := range []string{"news.story..ma", "news.story.", "news.story.>.ma", "news.story.op*", "news.story.a b", "news.story.a\nb"} {
		err := b.Tail(timed, []string{subject}, Beginning(), func(Envelope) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "such as news.story.operation.ma.>") {
			t.Errorf("%q: %v", subject, err)
		}
	}
}
