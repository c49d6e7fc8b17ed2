package pipeline

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
)

// Whoever may write to the stream of dead letters must not thereby give orders to the server, with the key of who retries them.
func TestADeadLetterThatSomebodyElseWroteGivesNoOrders(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1))
	body, err := json.Marshal(raw(2))
	if err != nil {
		t.Fatal(err)
	}
	letter := func(of string, header map[string]string) message.Dead {
		return message.Dead{
			Type: message.DeadV1, Stage: of, Reason: "forged", Stream: streamRaw, Sequence: 1, Of: of, MsgID: "m", Header: header, Body: body,
			First: time.Now(), Last: time.Now(),
		}
	}
	put(t, b, letter("$JS.API.STREAM.PURGE.RAW", nil), letter("news.raw. x", nil),
		letter(raw(2).Subject(), map[string]string{HeaderKind: message.RawV1, "Nats-Rollup": "all", nats.MsgIdHdr: "another", "a\r\nb": "c"}))
	for i, want := range []string{"no stream stores", "invalid subject", ""} {
		_, err := b.Retry(t.Context(), uint64(i+1))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("letter %d: got %v, want %q", i+1, err, want)
		}
	}
	all := stored(t, b, streamRaw)
	if len(all) != 2 {
		t.Fatalf("%d messages are left, want both", len(all))
	}
	if h := all[1].Header; h.Get("Nats-Rollup") != "" || h.Get(HeaderKind) != message.RawV1 {
		t.Errorf("headers are %v", h)
	}
}
