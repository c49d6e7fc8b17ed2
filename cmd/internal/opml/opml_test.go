package opml_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"rawi/cmd/internal/opml"
	"rawi/config"
)

func none(string) bool { return false }

func read(t *testing.T, text string) opml.List {
	t.Helper()
	l, err := opml.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSourcesComeBackAsTheyWere(t *testing.T) {
	sources := []config.Source{
		{
			Name: "riverside-ar", Title: `ضفة النهر "2" & <b>`, Country: "MA", Language: "ar", Kind: "portal", Family: "riverside", Zone: "Africa/Casablanca",
			Feeds: []string{"https://riverside.example/ar/?format=feed&type=rss", "https://riverside.example/ar/2"},
		},
		{Name: "plain", Feeds: []string{"https://plain.example/feed"}},
		{
			Name: "watched", Title: "L'Écho", Language: "fr", Paused: true, HighAccuracy: true, Budget: 20, Number: `-(\d+)\.html`,
			Sections: []config.Section{
				{URL: "https://watched.example/a", Links: `^/a/\d+<'"`},
				{URL: "https://watched.example/b", Interval: config.Duration(90 * time.Minute), Budget: 5},
			},
		},
		{Name: "paced", FullText: "always", Interval: config.Duration(30 * time.Minute), Feeds: []string{"https://paced.example/feed"}},
	}
	var b bytes.Buffer
	if err := opml.Write(&b, "Mes sources", sources); err != nil {
		t.Fatal(err)
	}
	l := read(t, b.String())
	got, notes := l.Sources(none, none)
	if !reflect.DeepEqual(got, sources) || len(notes) > 0 || l.Title != "Mes sources" || l.Damaged {
		t.Errorf("got %+v\nwant %+v\nnotes %v, list %q damaged %t\n%s", got, sources, notes, l.Title, l.Damaged, b.String())
	}
}

func TestBundledListsComeBackAsTheyWere(t *testing.T) {
	loaded, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := opml.Write(&b, "", loaded.Sources); err != nil {
		t.Fatal(err)
	}
	got, notes := read(t, b.String()).Sources(none, none)
	if !reflect.DeepEqual(got, loaded.Sources) || len(notes) > 0 {
		t.Errorf("%d of %d sources, notes %v", len(got), len(loaded.Sources), notes)
	}
}

func TestPaceThatIsNoneIsNotTakenOver(t *testing.T) {
	text := `<opml xmlns:rawi="https://rawi.example/"><body><outline type="rss" xmlUrl="https://a.example/feed" rawi:name="a" rawi:interval="bald"
		rawi:budget="-3" rawi:full_text="jein"/><outline type="link" url="https://a.example/page" rawi:name="a" rawi:section_interval="1s"
		rawi:section_budget="viel"/></body></opml>`
	got, notes := read(t, text).Sources(none, none)
	if len(got) != 1 || got[0].Interval != 0 || got[0].Budget != 0 || got[0].FullText != "" || got[0].Sections[0].Interval != 0 || got[0].Sections[0].Budget != 0 {
		t.Errorf("got %+v", got)
	}
	if len(notes) != 5 {
		t.Errorf("notes %v, want one for each", notes)
	}
}

func TestPrivateAddressesAreNotHandedOn(t *testing.T) {
	var b bytes.Buffer
	s := config.Source{Name: "a", Feeds: []string{"http://intranet.example/feed"}, Allow: []string{"10.0.0.0/8"}}
	if err := opml.Write(&b, "", []config.Source{s}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "10.0.0.0") {
		t.Errorf("handed on:\n%s", b.String())
	}
	hostile := strings.Replace(b.String(), `type="rss"`, `type="rss" rawi:allow="127.0.0.0/8" allow="127.0.0.0/8"`, 1)
	if got, _ := read(t, hostile).Sources(none, none); len(got) != 1 || got[0].Allow != nil {
		t.Errorf("a list opened private addresses: %+v", got)
	}
}

// TestListsOfOtherReaders reads what other programs write: nested folders, titles in either attribute or in none, attributes in any case.
func TestListsOfOtherReaders(t *testing.T) {
	l := read(t, `<?xml version="1.0" encoding="UTF-8"?>
<OPML version="1.0"><head><title>Presse &eacute;crite</title></head><body>
<outline text="Maroc"><outline text="Quotidiens">
  <outline title="Le Matin" type="rss" XMLURL="https://lematin.example.ma/rss" htmlUrl="https://lematin.example.ma/" language="fr-MA"/>
  <outline xmlurl=" https://www.press.tn/feed " />
</outline></outline>
<outline text="العلم" xmlUrl="feed://alalam.example/rss&x=1" language="arabic please"/>
<outline text="Le Matin encore" xmlUrl="http://www.lematin.example.ma/rss/"/>
<outline text="Fichier" xmlUrl="file:///etc/passwd"/>
<outline text="Site" type="link" url="https://site.example/"/>
<outline text="Un dossier vide"/>
</body></OPML>`)
	got, notes := l.Sources(func(name string) bool { return name == "press" }, none)
	want := []config.Source{
		{Name: "example", Title: "Le Matin", Language: "fr", Country: "MA", Zone: "Africa/Casablanca", Feeds: []string{"https://lematin.example.ma/rss"}},
		{Name: "press-2", Country: "TN", Zone: "Africa/Tunis", Feeds: []string{"https://www.press.tn/feed"}},
		{Name: "alalam", Title: "العلم", Feeds: []string{"http://alalam.example/rss&x=1"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if said := strings.Join(notes, "\n"); len(notes) != 3 || !strings.Contains(said, "Le Matin encore") || !strings.Contains(said, `"file:///etc/passwd"`) ||
		!strings.Contains(said, "arabic please") {
		t.Errorf("notes:\n%s", said)
	}
	if l.Title != "Presse écrite" {
		t.Errorf("title %q", l.Title)
	}
}

func TestListInAnotherCharset(t *testing.T) {
	text := `<?xml version="1.0" encoding="windows-1256"?><opml><body><outline text="الخبر اليومي من الجزائر" xmlUrl="https://a.example/"/></body></opml>`
	body, err := charmap.Windows1256.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if l := read(t, string(body)); l.Outlines[0].Title != "الخبر اليومي من الجزائر" {
		t.Errorf("title %s (%+q)", l.Outlines[0].Title, l.Outlines[0].Title)
	}
}

func TestWhatIsSoundOfADamagedListIsKept(t *testing.T) {
	const first = `<opml><body><outline text="Un & deux` + "\x08" + `" xmlUrl="https://a.example/?a=1&b=2"/>`
	for name, rest := range map[string]string{
		"broken off": `<outline text="tr`, "wrong end": `</outlines></body>`, "markup": `<outline text="<`, "control character": "\x01</body></opml>",
	} {
		l := read(t, first+rest)
		if len(l.Outlines) != 1 || !l.Damaged || l.Outlines[0].Title != "Un & deux" || l.Outlines[0].Feed != "https://a.example/?a=1&b=2" {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

func TestWhatIsNoListIsToldInWords(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{"", "no <opml> element"},
		{"\x89PNG\r\n\x1a\n\x00\x00", "no <opml> element"},
		{"<html><body>", "it begins with <html>"},
		{"<rss version='2.0'></rss>", "it begins with <rss>"},
		{"{}", "no <opml> element"},
		{"<opml><body><outline", "without a single feed"},
		{"<opml>" + strings.Repeat("<outline>", 900_000), "nested deeper than 256"},
		{strings.Repeat(" ", opml.MaxBytes+1), "more than 8 MiB"},
	} {
		if _, err := opml.Read([]byte(tt.body)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.20q: got %v, want %s", tt.body, err, tt.want)
		}
	}
}

func TestLongListIsCapped(t *testing.T) {
	l := read(t, "<opml><body>"+strings.Repeat(`<outline xmlUrl="https://a.example/"/>`, 20_000))
	if len(l.Outlines) != 10_000 || !l.Capped {
		t.Errorf("%d outlines, capped %t", len(l.Outlines), l.Capped)
	}
}

func TestEmptyListIsOne(t *testing.T) {
	if l := read(t, "<opml/>"); len(l.Outlines) != 0 || l.Damaged {
		t.Errorf("%+v", l)
	}
}

func FuzzWhateverIsReadCanBeConfigured(f *testing.F) {
	f.Add([]byte(`<opml xmlns:rawi="urn:rawi:source"><body><outline text="a" xmlUrl="https://a.example/" rawi:name="a" rawi:country="MA" rawi:zone="Local"/></body></opml>`))
	f.Add([]byte(`<opml xmlns:x="y"><body><outline type="link" x:name="b" url="https://b.example/" x:links="("/><outline xmlUrl="feed:https://b.example/"/></body></opml>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		l, err := opml.Read(body)
		if err != nil {
			return
		}
		sources, _ := l.Sources(none, none)
		if len(sources) == 0 {
			return
		}
		c := config.Default()
		c.Sources = sources
		if err := c.Validate(); err != nil {
			t.Errorf("%q gives %+v: %v", body, sources, err)
		}
		var b bytes.Buffer
		if err := opml.Write(&b, "", sources); err != nil {
			t.Fatal(err)
		}
		again, err := opml.Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, notes := again.Sources(none, none); !reflect.DeepEqual(got, sources) {
			t.Errorf("%q: %+v became %+v %v", body, sources, got, notes)
		}
	})
}
