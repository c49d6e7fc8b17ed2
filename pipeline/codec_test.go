package pipeline

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
)

func testCodec(t testing.TB) codec {
	t.Helper()
	c, err := newCodec(Default().Publish)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

func TestLongMessagesAreCompressed(t *testing.T) {
	c := testCodec(t)
	for _, size := range []int{10, 200 << 10} {
		in := raw(1)
		in.Body = []byte(strings.Repeat("سلا ", size/4))
		m, err := c.encode(in, "")
		if err != nil {
			t.Fatal(err)
		}
		if compressed := m.Header.Get(headerEncoding) == "zstd"; compressed != (size > compressAbove) {
			t.Errorf("%d bytes: compressed is %v", size, compressed)
		}
		body, err := c.decode(m.Header, m.Data)
		if err != nil {
			t.Fatal(err)
		}
		var out message.Raw
		if err := json.Unmarshal(body, &out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in.Body, out.Body); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzDecode(f *testing.F) {
	c := testCodec(f)
	f.Add("", []byte(`{"type":"raw.v1"}`))
	f.Add("zstd", c.enc.EncodeAll([]byte(`{"type":"raw.v1"}`), nil))
	f.Add("gzip", []byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, encoding string, data []byte) {
		body, err := c.decode(nats.Header{headerEncoding: {encoding}}, data)
		if err == nil && len(body) > decodedLimit {
			t.Errorf("%d bytes came out of %d", len(body), len(data))
		}
	})
}
