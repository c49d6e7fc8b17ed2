package registry

import (
	"regexp"
	"testing"
	"time"
)

func TestNamesSayWhoseTheyAre(t *testing.T) {
	for _, tt := range []struct{ address, language, taken, want string }{
		{"https://www.hespress.com/feed", "ar", "", "hespress"},
		{"https://fr.hespress.com/feed", "fr", "", "hespress-fr"},
		{"https://www.aps.dz/ar/?format=feed&type=rss", "ar", "", "aps-ar"},
		{"https://www.hespress.com/feed", "ar", "hespress", "hespress-ar"},
		{"https://fr.hespress.com/feed", "fr", "hespress-fr", "hespress-fr-2"},
		{"https://feeds.bbci.co.uk/arabic/rss.xml", "ar", "", "bbci-ar"},
		{"https://journal.blogspot.com/feeds/posts/default", "fr", "", "journal"},
		{"http://127.0.0.1:41234/", "fr", "", "127-0-0-1-41234"},
		{"http://[::1]:80/", "fr", "", "1-80"},
		{"https://الخبر.موقع/feed", "ar", "", "outlet"},
		{"https://xn--mgbb3c0c.example/feed", "ar", "", "xn-mgbb3c0c"},
		{"::", "", "", "outlet"},
	} {
		got := Name(tt.address, tt.language, func(name string) bool { return name == tt.taken })
		if got != tt.want {
			t.Errorf("%s is named %q, want %q", tt.address, got, tt.want)
		}
	}
}

func FuzzNameIsAlwaysOneThatConfigurationTakes(f *testing.F) {
	valid := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	f.Add("https://a.example/feed", "fr", 3)
	f.Fuzz(func(t *testing.T, address, language string, taken int) {
		n := 0
		got := Name(address, language, func(string) bool { n++; return n <= min(taken, 100) })
		if !valid.MatchString(got) {
			t.Errorf("%q gives %q", address, got)
		}
	})
}

func TestCountriesHaveTheZoneTheySay(t *testing.T) {
	codes := map[string]bool{}
	for _, c := range countries() {
		if len(c.code) != 2 || len(c.domain) != 2 || codes[c.code] {
			t.Errorf("row %+v", c)
		}
		codes[c.code] = true
		if _, err := time.LoadLocation(c.zone); err != nil {
			t.Error(err)
		}
	}
	if got := ZoneOf(CountryOf("www.leboursier.ma")); got != "Africa/Casablanca" {
		t.Errorf("zone of .ma is %q", got)
	}
	if CountryOf("press.example") != "" || CountryOf("") != "" || ZoneOf("US") != "" {
		t.Error("a country was made up")
	}
}
