package outbound

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// behind is a guard whose requests go through a proxy that answers everything itself, and counts.
func behind(t *testing.T, exceptions ...Exception) (*Guard, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	cfg := Default()
	cfg.Proxy, cfg.Exceptions = proxy.URL, exceptions
	g := New(cfg)
	t.Cleanup(g.Close)
	return g, &asked
}

// A proxy resolves names by itself, so that nothing is known of an address but what the URL spells.
func TestNoSpellingOfAForbiddenAddressReachesAProxy(t *testing.T) {
	g, asked := behind(t)
	for _, host := range []string{
		"127.0.0.1", "127.0.0.1.", "127.1", "127.1.", "127.0.1", "2130706433", "2130706433.", "0x7f000001", "0X7F000001", "0x7F.1", "0177.0.0.1",
		"017700000001", "0x7f.0.0x0.01", "127.0.0.01", "00000177.0.0.1", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[0:0:0:0:0:ffff:7f00:0001]",
		"[::127.0.0.1]", "[::1]", "[0::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25eth0]",
		"①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "0ⓧ7f.1", "127.0.0\u00ad.1", "0", "0.0.0.0", "10.1", "0xa9fea9fe", "169.254.43518",
		"0251.0376.0251.0376", "192.168.257", "3232235777", "localhost", "LOCALHOST", "localhost.", "www.localhost", "a.b.LocalHost.", "ⓛocalhost",
		"localhost.localdomain", "ip6-localhost", "999.1.1.1", "1.2.3.4.5", "0x1ffffffff", "08.1.1.1", "1..2", "4294967296",
		"journal.example@127.1", "user:secret@0x7f.1", "http:secret@[::1]",
	} {
		for _, target := range []string{"http://" + host + "/", "https://" + host + "/meta-data"} {
			if _, err := get(t.Context(), client(g), target); err == nil {
				t.Errorf("%s is not refused", target)
			} else if asked.Load() > 0 {
				t.Errorf("%s reached the proxy: %v", target, err)
			} else {
				wantReason(t, err, ReasonForbidden)
			}
			asked.Store(0)
		}
	}
}

func TestPublicNamesAndAddressesReachAProxy(t *testing.T) {
	g, asked := behind(t, Exception{Host: "127.1", Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	for _, host := range []string{
		"journal.example", "JOURNAL.example.", "1.1.1.1", "16843009", "0x01.1.1.1", "[2606:4700::1111]", "صحيفة.example", "3.journal.example", "0x7f.example",
		"127.0.0.1.example", "localhost.example", "my-localhost", "1and1.example", "under_score.example",
		"127.1", // for which there is an exception
		"127.0.0.1@journal.example",
	} {
		if _, err := get(t.Context(), client(g), "http://"+host+"/"); err != nil || asked.Swap(0) != 1 {
			t.Errorf("%s: %v; want it to arrive at the proxy", host, err)
		}
	}
}

// FuzzSpelled writes addresses in all forms that inet_aton reads, and hands in what else a URL may hold.
func FuzzSpelled(f *testing.F) {
	f.Add(uint32(0x7f000001), byte(1), byte(0), "①②⑦.1")
	f.Add(uint32(0xa9fea9fe), byte(3), byte(5), "xn--0-.0x")
	f.Fuzz(func(t *testing.T, address uint32, parts, bases byte, other string) {
		_, _ = spelled(other)
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], address)
		want, n := netip.AddrFrom4(b), int(parts%4)
		var labels []string
		for i := range n {
			labels = append(labels, fmt.Sprintf([]string{"%d", "%#o", "%#x", "%#X"}[bases>>i&3], b[i]))
		}
		labels = append(labels, fmt.Sprintf([]string{"%d", "%#o", "%#x", "%#X"}[bases>>6&3], uint64(address)&(1<<(8*(4-n))-1)))
		text := strings.Join(labels, ".")
		if got, err := spelled(text); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	})
}
