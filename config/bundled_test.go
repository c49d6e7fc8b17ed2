package config_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"rawi/config"
)

// bundled reads all bundled lists together: they may be used together.
func bundled(t *testing.T) []config.Source {
	t.Helper()
	var names []string
	for _, name := range config.Bundled() {
		names = append(names, "'bundled:"+name+"'")
	}
	l, err := config.Load(write(t, "rawi.yaml", "source_files: ["+strings.Join(names, ", ")+"]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return l.Sources
}

// zones are those of the countries that bundled outlets are in.
var zones = map[string]string{
	"MA": "Africa/Casablanca", "DZ": "Africa/Algiers", "TN": "Africa/Tunis", "MR": "Africa/Nouakchott", "LY": "Africa/Tripoli", "FR": "Europe/Paris",
	"GB": "Europe/London", "QA": "Asia/Qatar", "AE": "Asia/Dubai", "TR": "Europe/Istanbul", "DE": "Europe/Berlin",
}

func TestBundledSourcesAreDescribedWhole(t *testing.T) {
	for _, s := range bundled(t) {
		if s.Title == "" || s.Country == "" || s.Family == "" || s.Language != "fr" && s.Language != "ar" {
			t.Errorf("%s lacks title, country, family or language: %+v", s.Name, s)
		}
		if s.Zone != zones[s.Country] {
			t.Errorf("%s is in %s and in %s", s.Name, s.Country, s.Zone)
		}
		if _, err := time.LoadLocation(s.Zone); err != nil {
			t.Error(err)
		}
		if len(s.Allow) > 0 {
			t.Errorf("%s opens %v to everybody who uses the list", s.Name, s.Allow)
		}
		script := unicode.Latin
		if s.Language == "ar" && s.Name != "le12" { // which writes its name so in Arabic text too
			script = unicode.Arabic
		}
		if !strings.ContainsFunc(s.Title, func(r rune) bool { return unicode.Is(script, r) }) {
			t.Errorf("%s publishes in %s under the title %s (%+q)", s.Name, s.Language, s.Title, s.Title)
		}
	}
}

// TestBundledSourcesOfOneHouseAreOneFamily holds what is told apart by its language only, or lies under one domain, to one owner.
func TestBundledSourcesOfOneHouseAreOneFamily(t *testing.T) {
	families, domains := map[string]config.Source{}, map[string]config.Source{}
	twins := map[string]config.Source{}
	for _, s := range bundled(t) {
		for _, address := range s.Addresses() {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			domain, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
			if err != nil {
				t.Fatal(err)
			}
			if other, ok := domains[domain]; ok && other.Family != s.Family {
				t.Errorf("%s and %s share %s, not the family: %s, %s", s.Name, other.Name, domain, s.Family, other.Family)
			}
			domains[domain] = s
		}
		stem, edition := strings.TrimSuffix(strings.TrimSuffix(s.Name, "-fr"), "-ar"), s.Name[max(0, len(s.Name)-2):]
		if stem != s.Name {
			if edition != s.Language {
				t.Errorf("%s is in %s", s.Name, s.Language)
			}
			if other, ok := twins[stem]; ok && (other.Family != s.Family || other.Country != s.Country || other.Zone != s.Zone || other.Kind != s.Kind) {
				t.Errorf("%s and %s are editions of one outlet and differ: %+v, %+v", s.Name, other.Name, s, other)
			}
			twins[stem] = s
		}
		if other, ok := families[s.Family]; ok && other.Country != s.Country {
			t.Errorf("family %s is in %s and %s", s.Family, s.Country, other.Country)
		}
		families[s.Family] = s
	}
}
