package pipeline

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
)

func eventOf(t *testing.T, s message.Story) *nats.Msg {
	t.Helper()
	c := testCodec(t)
	c.publish = Publish{CloudEvents: true}
	m, err := c.encode(s, "")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestStoriesAreCloudEvents holds the headers to what the specification demands of each attribute.
func TestStoriesAreCloudEvents(t *testing.T) {
	s := story("s1", "MA", 3, message.ChangeUpdate)
	s.Decision.At = time.Date(2026, 11, 22, 17, 0, 0, 0, time.FixedZone("", 3600))
	m := eventOf(t, s)
	for name, want := range map[string]string{
		"ce-specversion": "1.0", "ce-id": "s1:3", "ce-source": "/rawi/stories", "ce-type": "rawi.story.v1.update",
		"ce-subject": "news.story.operation.ma.s1", "ce-time": "2026-11-22T16:00:00Z", "ce-datacontenttype": "application/json",
		"content-type": "application/json",
	} {
		if got := m.Header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, err := url.Parse(m.Header["ce-source"][0]); err != nil {
		t.Errorf("the source is no URI reference: %v", err)
	}
	if _, err := time.Parse(time.RFC3339, m.Header["ce-time"][0]); err != nil {
		t.Error(err)
	}
	attribute := regexp.MustCompile(`^ce-[a-z0-9]{1,20}$`)
	for name := range m.Header {
		if strings.HasPrefix(name, "ce-") && !attribute.MatchString(name) {
			t.Errorf("%s is no name of an attribute", name)
		}
	}
	var data message.Story
	if err := json.Unmarshal(m.Data, &data); err != nil || data.ID != "s1" {
		t.Errorf("the data is %.80s: %v", m.Data, err)
	}
	if plain, err := testCodec(t).encode(s, ""); err != nil || plain.Header["ce-id"] != nil {
		t.Errorf("without the setting the headers are %v (%v)", plain.Header, err)
	}
}

func TestEveryEventHasAnIDOfItsOwn(t *testing.T) {
	moved := story("s1", "DZ", 3, message.ChangeRetract)
	ids := map[string]bool{}
	for _, s := range []message.Story{
		story("s1", "MA", 2, message.ChangeUpdate), story("s1", "MA", 3, message.ChangeUpdate), story("s1", "MA", 3, message.ChangeRetract),
		moved, story("s2", "MA", 3, message.ChangeUpdate),
	} {
		m := eventOf(t, s)
		ids[m.Header["ce-id"][0]] = true
		if again := eventOf(t, s); again.Header["ce-id"][0] != m.Header["ce-id"][0] {
			t.Errorf("the same message has the ids %s and %s", m.Header["ce-id"][0], again.Header["ce-id"][0])
		}
	}
	if len(ids) != 5 {
		t.Errorf("five events have the ids %v", ids)
	}
}

func TestHeadersHoldWhatNATSCanCarry(t *testing.T) {
	for text, want := range map[string]string{`a b`: "a%20b", `"50%"`: "%2250%25%22", "سلا": "%D8%B3%D9%84%D8%A7", "a\r\nb": "a%0D%0Ab", "a-b/c:d": "a-b/c:d"} {
		if got := escaped(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}

func TestBodiesAreLeftPlainWhereThatIsWanted(t *testing.T) {
	long := story("s1", "MA", 1, message.ChangeNew)
	long.Titles["ar"] = strings.Repeat("سلا ", 10_000)
	longest := story("s1", "MA", 2, message.ChangeNew)
	longest.Titles["ar"] = strings.Repeat("سلا ", 200_000)
	c := testCodec(t)
	for _, p := range []Publish{{Compress: true}, {}, {CloudEvents: true}} {
		c.publish = p
		for _, s := range []message.Story{long, longest} {
			m, err := c.encode(s, "")
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			if p.Compress || s.Revision == 2 { // no server has to take that much
				want = "zstd"
			}
			if got := m.Header.Get(headerEncoding); got != want {
				t.Errorf("%+v: %d bytes have the encoding %q, want %q", p, len(m.Data), got, want)
			}
			if p.CloudEvents && want != "" && m.Header["ce-datacontenttype"][0] != "application/zstd" {
				t.Errorf("a compressed event says %q", m.Header["ce-datacontenttype"])
			}
		}
		if m, err := c.encode(raw(1), ""); err != nil || m.Header["ce-id"] != nil {
			t.Errorf("a page is an event: %v", m.Header)
		}
	}
	cfg := testConfig(t)
	cfg.Publish = Publish{Compress: true, CloudEvents: true}
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "set publish.compress to false") {
		t.Errorf("got %v", err)
	}
}

// TestARetriedStoryIsAnEventToo publishes a dead letter of a sink again.
func TestARetriedStoryIsAnEventToo(t *testing.T) {
	cfg := testConfig(t)
	cfg.Publish = Publish{CloudEvents: true}
	b := openBus(t, cfg)
	put(t, b, story("s1", "MA", 1, message.ChangeNew))
	e := stored(t, b, streamStories)[0]
	err := b.Bury(t.Context(), message.Dead{
		Type: message.DeadV1, Stage: "sink-desk", Reason: "http_410", Stream: streamStories, Sequence: e.Sequence, Of: e.Subject, MsgID: e.ID,
		Header: map[string]string{HeaderKind: message.StoryV1}, Body: e.Body,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Retry(t.Context(), deadLetters(t, b)[0].Sequence); err != nil {
		t.Fatal(err)
	}
	all := stored(t, b, streamStories)
	if len(all) != 2 || len(all[1].Header["ce-id"]) != 1 || all[1].Header["ce-id"][0] != "s1:1" {
		t.Errorf("%d stories, the last with %v", len(all), all[len(all)-1].Header)
	}
}
