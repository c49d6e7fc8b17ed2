package charset_test

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"rawi/stages/charset"
)

const (
	feedArabic = "أعلنت المديرية العامة للأمن الوطني عن توقيف شخص في مدينة سلا على خلفية قضية تتعلق بالتطرف"
	feedFrench = "L’été à Salé : le procureur général a précisé que l’enquête était menée à Témara"
)

// lossy writes text in a charset that need not have all its letters.
func lossy(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := encoding.ReplaceUnsupported(e.NewEncoder()).Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func declare(label, text string) string {
	return `<?xml version="1.0" encoding="` + label + `"?><rss><title>` + text + "</title></rss>"
}

func read(body []byte, contentType string) charset.Result {
	return charset.Decode(body, charset.Hint{ContentType: contentType, Declaration: charset.XML})
}

func TestFeedsAreReadWhateverTheirLabel(t *testing.T) {
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	for _, test := range []struct {
		name, contentType string
		body              []byte
		want              string
	}{
		{"utf-8 labelled latin", "text/xml; charset=iso-8859-1", []byte(declare("iso-8859-1", feedFrench)), declare("iso-8859-1", feedFrench)},
		{"two marks", "", []byte("\ufeff\ufeff" + feedFrench), feedFrench},
		{"utf-16 by mark", "", append([]byte{0xff, 0xfe}, lossy(t, utf16, declare("utf-8", feedArabic))...), declare("utf-8", feedArabic)},
		{"utf-16 without mark", "", lossy(t, utf16, declare("", feedArabic)), declare("", feedArabic)},
		{"leading NULs", "", []byte("\x00\x00<rss/>"), "<rss/>"},
		{"http charset", "text/xml; charset=iso-8859-6", lossy(t, charmap.ISO8859_6, feedArabic), feedArabic},
		{"declared alias", "", lossy(t, charmap.Windows1256, declare("ms-arab", feedArabic)), declare("ms-arab", feedArabic)},
		{"windows-1256 that says utf-8", "", lossy(t, charmap.Windows1256, declare("utf-8", feedArabic)), declare("utf-8", feedArabic)},
		{"iso-8859-6 that says nothing", "", lossy(t, charmap.ISO8859_6, feedArabic), feedArabic},
		{"windows-1252 that says nothing", "", lossy(t, charmap.Windows1252, feedFrench), feedFrench},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := read(test.body, test.contentType).Text; string(got) != test.want {
				t.Errorf("got  %s\n     %+q\nwant %s", got, got, test.want)
			}
		})
	}
}

func TestOnlyTheForeignPartOfADocumentIsDecoded(t *testing.T) {
	body := append([]byte("<title>"+feedArabic+"</title>\n<title>"), lossy(t, charmap.Windows1256, feedArabic)...)
	body = append(body, "</title>\n<title>"+feedArabic+"</title>"...)
	want := "<title>" + feedArabic + "</title>\n<title>" + feedArabic + "</title>\n<title>" + feedArabic + "</title>"
	got := read(body, "")
	if string(got.Text) != want || !got.Repaired || got.Name != "utf-8" {
		t.Errorf("got %s\n%+q as %s (repaired %t)", got.Text, got.Text, got.Name, got.Repaired)
	}
}

func TestSurrogatesInThreeBytesAreJoined(t *testing.T) {
	got := read([]byte(feedArabic+"\xed\xa0\xbd\xed\xb8\x80"), "").Text
	if want := feedArabic + "😀"; string(got) != want {
		t.Errorf("got %+q, want %+q", got, want)
	}
}

func TestForeignBytesAmongUTF8AreReadByTheirNeighbours(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"quotation marks", feedArabic + " \x93ok\x94", feedArabic + " “ok”"},
		{"an accent in a Latin word", feedArabic + " caf\xe9 noir", feedArabic + " café noir"},
		{"an accent among Arabic letters", feedArabic + "\xe9" + feedArabic, feedArabic + "\ufffd" + feedArabic},
		{"a letter cut at the end", feedFrench + " caf\xc3", feedFrench + " caf\ufffd"},
	} {
		if got := read([]byte(test.in), "").Text; string(got) != test.want {
			t.Errorf("%s: got %s (%+q), want %s", test.name, got, got, test.want)
		}
	}
}

func TestLabelsAreRepaired(t *testing.T) {
	body := lossy(t, charmap.Windows1256, "خبر")
	for _, label := range []string{"windows-1256", "win-1256", "win1256", "cp1256", "CP-1256", "WINDOWS_1256", "ms-arab", "windows-arabic", "arabic-windows"} {
		if got := read(body, "text/xml; charset="+label); string(got.Text) != "خبر" {
			t.Errorf("%s: got %s as %s", label, got.Text, got.Name)
		}
	}
	for _, label := range []string{"iso-8859-6", "iso8859-6", "iso_8859_6", "asmo-708"} {
		if got := read(lossy(t, charmap.ISO8859_6, "خبر"), "text/xml; charset="+label); string(got.Text) != "خبر" {
			t.Errorf("%s: got %s as %s", label, got.Text, got.Name)
		}
	}
	for _, label := range []string{"ansi", "ms-ansi", "cp1252", "win-1252"} {
		if got := read(lossy(t, charmap.Windows1252, "L’été"), "text/xml; charset="+label); string(got.Text) != "L’été" || got.Name != "windows-1252" {
			t.Errorf("%s: got %s as %s", label, got.Text, got.Name)
		}
	}
	for _, label := range []string{"UTF_8", "utf8", "unlabelled"} {
		if got := read(body, "text/xml; charset="+label); got.Name == "utf-8" {
			t.Errorf("%s: got %s: the bytes are no UTF-8", label, got.Name)
		}
	}
}

func TestJSONIsReadInLegacyCharsets(t *testing.T) {
	for _, charmap := range []*charmap.Charmap{charmap.Windows1256, charmap.ISO8859_6} {
		if got := read(lossy(t, charmap, `{"title":"`+feedArabic+`"}`), "application/json"); string(got.Text) != `{"title":"`+feedArabic+`"}` {
			t.Errorf("%s: got %s as %s", charmap, got.Text, got.Name)
		}
	}
}
