package message_test

import (
	"net/url"
	"strings"
	"testing"

	"rawi/pipeline/message"
)

func TestIdentityJoinsTheFormsOfOneAddress(t *testing.T) {
	for _, tt := range []struct{ name, a, b string }{
		{"fragment", "https://a.example/x#top", "https://a.example/x"},
		{"scheme and case of the host", "http://A.example/x", "https://a.example/x"},
		{"www", "https://www.a.example/x", "https://a.example/x"},
		{"default port", "https://a.example:443/x", "https://a.example/x"},
		{"tracking", "https://a.example/x?utm_source=rss&id=3&fbclid=9", "https://a.example/x?id=3"},
		{"escaped ampersand", "https://a.example/x?id=3&amp;utm_medium=rss", "https://a.example/x?id=3"},
		{"trailing slash", "https://a.example/x/", "https://a.example/x"},
		{"home page", "https://a.example/", "https://a.example"},
		{"case of escapes", "https://a.example/%d8%b3%d9%84%d8%a7", "https://a.example/%D8%B3%D9%84%D8%A7"},
		{"Arabic path, escaped or not", "https://a.example/سلا", "https://a.example/%D8%B3%D9%84%D8%A7"},
		{"tracking that an escape hides", "https://a.example/x?utm%5Fsource=rss&amp;amp;fbclid=9&#038;id=3", "https://a.example/x?id=3"},
		{"feed's mark", "https://a.example/x?id=3&ref=rss", "https://a.example/x?id=3"},
		{"mobile host", "https://m.a.example/x", "https://www.a.example/x"},
		{"AMP host", "https://amp.a.example/x", "https://a.example/x"},
		{"AMP path", "https://a.example/x/amp/", "https://a.example/x"},
		{"AMP before the path", "https://a.example/amp/b/x", "https://a.example/b/x"},
		{"AMP file", "https://a.example/x.amp.html", "https://a.example/x.html"},
		{"AMP parameter", "https://a.example/x?outputType=amp&id=3", "https://a.example/x?id=3"},
		{"session", "https://a.example/x;jsessionid=A1?id=3", "https://a.example/x?id=3"},
		{"international name", "https://الجريدة.example/x", "https://xn--mgbeimj6iwb.example/x"},
		{"international name in capitals", "https://JOURNÉE.example/x", "https://xn--journe-fva.example/x"},
		{"Arabic query, escaped or not", "https://a.example/?s=سلا", "https://a.example/?s=%d8%b3%d9%84%d8%a7"},
		{"escapes without need", "https://a.example/%61%2Dx", "https://a.example/a-x"},
		{"space in the path", "https://a.example/a b", "https://a.example/a%20b"},
		{"line end in the middle", "https://a.example/a\n\tb", "https://a.example/ab"},
		{"direction mark around it", "\u200fhttps://a.example/x\u200f \u00a0", "https://a.example/x"},
		{"escape that is none", "https://a.example/100%-sale", "https://a.example/100%25-sale"},
		{"backslashes", `https:\\a.example\x`, "https://a.example/x"},
		{"user", "https://desk@a.example/x", "https://a.example/x"},
		{"dot after the host", "https://a.example./x", "https://a.example/x"},
		{"dot segments", "https://a.example/b/../x", "https://a.example/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a, b := message.Identity(tt.a), message.Identity(tt.b); a != b {
				t.Errorf("%q -> %q\n%q -> %q", tt.a, a, tt.b, b)
			}
		})
	}
}

func TestIdentityKeepsDifferentArticlesApart(t *testing.T) {
	for _, tt := range []struct{ name, a, b string }{
		{"query selects", "https://a.example/?p=1", "https://a.example/?p=2"},
		{"escaped slash", "https://a.example/a%2Fb", "https://a.example/a/b"},
		{"subdomain", "https://fr.a.example/1", "https://ar.a.example/1"},
		{"port", "https://a.example:8443/1", "https://a.example/1"},
		{"parameter that may select", "https://a.example/x?ref=8812", "https://a.example/x?ref=8813"},
		{"value that is no mark", "https://a.example/x?amp=12", "https://a.example/x"},
		{"section named like a mark", "https://a.example/amplitude", "https://a.example/litude"},
		{"two labels", "https://m.example/x", "https://example/x"},
		{"case of the path", "https://a.example/A", "https://a.example/a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a := message.Identity(tt.a); a == message.Identity(tt.b) {
				t.Errorf("%q and %q are both %q", tt.a, tt.b, a)
			}
		})
	}
}

func TestIdentityLeavesOtherTextAlone(t *testing.T) {
	for _, in := range []string{"", "tag:a.example,2021:1", "urn:uuid:1", "/relative", "http://[::1", "javascript:alert(1)"} {
		if got := message.Identity(in); got != in {
			t.Errorf("Identity(%q) = %q", in, got)
		}
	}
}

func TestNumberOfTheOutletDecides(t *testing.T) {
	outlet := message.Outlet{Name: "journal", Number: `-(\d{6,})\.html`}
	a, b := outlet.Identity("https://www.a.example/sport/match-en-direct-4711234.html?utm_source=x"), outlet.Identity("https://a.example/une/victoire-4711234.html")
	if a != b || a == message.Identity("https://a.example/une/victoire-4711234.html") {
		t.Errorf("%q and %q", a, b)
	}
	for _, other := range []string{"https://b.example/une/victoire-4711234.html", "https://a.example/une/victoire-4711235.html", "https://a.example/une/victoire", "urn:x"} {
		if outlet.Identity(other) == a {
			t.Errorf("%q is the same article", other)
		}
	}
	if got := (message.Outlet{Number: "("}).Identity("https://a.example/1"); got != "https://a.example/1" {
		t.Errorf("with an expression that cannot be read: %q", got)
	}
}

func FuzzIdentityIsStableAndKeepsItsHost(f *testing.F) {
	f.Add("https://www.a.example:443/%d8?utm_source=x&a=%2f#f")
	f.Add("HTTP:\\\\m.Á.example.:80\\a\tb;jsessionid=1?&amp;amp;q=%zz")
	f.Add("https://m.amp.www.a.example/amp/amp/x/amp?amp&amp=1")
	f.Fuzz(func(t *testing.T, in string) {
		once := message.Identity(in)
		if twice := message.Identity(once); twice != once {
			t.Errorf("%q -> %q -> %q", in, once, twice)
		}
		address, ok := message.Address(in)
		if !ok {
			if once != in {
				t.Errorf("%q is no address and has the identity %q", in, once)
			}
			return
		}
		if again, ok := message.Address(address); !ok || again != address {
			t.Errorf("%q -> %q -> %q, %t", in, address, again, ok)
		}
		fetched, err := url.Parse(address)
		if err != nil {
			t.Fatalf("%q: %v", address, err)
		}
		known, err := url.Parse(once)
		if err != nil {
			t.Fatalf("%q: %v", once, err)
		}
		if host := known.Hostname(); host == "" || host != fetched.Hostname() && !strings.HasSuffix(fetched.Hostname(), "."+host) {
			t.Errorf("%q is at %q and known at %q", in, fetched.Hostname(), host)
		}
	})
}

func TestAddressKeepsWhatSelectsThePage(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.A.example/x?utm_source=rss&id=3#top": "https://www.a.example/x?utm_source=rss&id=3",
		"http://m.a.example/amp/x/":                       "http://m.a.example/amp/x/",
		"https://a.example":                               "https://a.example/",
		"https://desk:s3cret@a.example/x":                 "https://desk:s3cret@a.example/x",
		"https://a.example/a%2fb?c=%e9":                   "https://a.example/a%2Fb?c=%E9",
	} {
		if got, ok := message.Address(in); !ok || got != want {
			t.Errorf("Address(%q) = %q, %t; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "x", "/x", "ftp://a.example/x", "http:x", "https://", "https:///x", "https://a b.example/", "http://[::1", "https://a.example:port/"} {
		if got, ok := message.Address(in); ok {
			t.Errorf("Address(%q) = %q", in, got)
		}
	}
}
