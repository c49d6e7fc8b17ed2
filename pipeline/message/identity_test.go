package message_test

import (
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

func FuzzIdentityIsStable(f *testing.F) {
	f.Add("https://www.a.example:443/%d8?utm_source=x&a=%2f#f")
	f.Fuzz(func(t *testing.T, in string) {
		once := message.Identity(in)
		if twice := message.Identity(once); twice != once {
			t.Errorf("%q -> %q -> %q", in, once, twice)
		}
	})
}
