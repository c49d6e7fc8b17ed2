package message_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"rawi/pipeline/message"
)

func TestBodyIsReadableWhereItIsText(t *testing.T) {
	got, err := json.Marshal(message.Raw{Body: message.Body("سلا \"x\"\n")})
	if err != nil {
		t.Fatal(err)
	}
	if want := `"body":"سلا \"x\"\n"`; !strings.Contains(string(got), want) {
		t.Errorf("got %s, want %s in it", got, want)
	}
}

func FuzzBodyComesBackAsItWas(f *testing.F) {
	f.Add([]byte("<p>سلا</p>\u2028\x00"))
	f.Add([]byte("\xd3\xe1\xc7")) // windows-1256
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, in []byte) {
		encoded, err := json.Marshal(message.Body(in))
		if err != nil {
			t.Fatal(err)
		}
		var out message.Body
		if err := json.Unmarshal(encoded, &out); err != nil || !bytes.Equal(in, out) {
			t.Errorf("%q -> %s -> %q (%v)", in, encoded, out, err)
		}
	})
}
