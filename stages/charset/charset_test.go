package charset_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"rawi/stages/charset"
)

const (
	arabic = "أعلنت السلطات المغربية اليوم الجمعة أن المكتب المركزي للأبحاث القضائية تمكن من توقيف شخص بمدينة سلا"
	french = "Les autorités ont annoncé vendredi l'arrestation d'un homme âgé de vingt-quatre ans à Salé, près de la capitale."
)

func encode(t testing.TB, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBytesProveMoreThanDeclarations(t *testing.T) {
	late := "<html><head>" + strings.Repeat("<!-- padding -->", 1500)
	tests := []struct {
		name        string
		body        []byte
		contentType string
		language    string
		want        string // text that must be in the result
		charset     string
	}{
		{"utf-8 without a word", []byte(french), "text/html", "", "annoncé", "utf-8"},
		{"utf-8 called latin-1 by the server", []byte(french), "text/html; charset=iso-8859-1", "", "annoncé", "utf-8"},
		{"utf-8 called windows-1256 by the page", []byte(`<meta charset="windows-1256">` + arabic), "", "", "السلطات", "utf-8"},
		{"utf-8 cut in mid-letter", []byte(arabic)[:len(arabic)-1], "text/html", "", "بمدينة", "utf-8"},
		{"one broken byte in utf-8", []byte(arabic + "\xff" + arabic), "text/html", "", "بمدينة سلا\uFFFD", "utf-8"},
		{"byte order mark", []byte("\xef\xbb\xbf" + french), "text/html; charset=windows-1256", "", "annoncé", "utf-8"},
		{"utf-16 with mark", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), french), "", "", "annoncé", "utf-16le"},
		{"latin-1 by header", encode(t, charmap.ISO8859_1, french), "text/html; charset=ISO-8859-1", "", "annoncé", "windows-1252"},
		{"latin-1 by nobody", encode(t, charmap.ISO8859_1, french), "", "", "annoncé", "windows-1252"},
		{"windows-1256 by header", encode(t, charmap.Windows1256, arabic), "text/html; charset=windows-1256", "", "السلطات", "windows-1256"},
		{"windows-1256 misspelt", encode(t, charmap.Windows1256, arabic), "text/html; charset=cp-1256", "", "السلطات", "windows-1256"},
		{"windows-1256 by nobody", encode(t, charmap.Windows1256, arabic), "text/html", "", "السلطات", "windows-1256"},
		{"windows-1256 served as latin-1", encode(t, charmap.Windows1256, arabic), "text/html; charset=iso-8859-1", "", "السلطات", "windows-1256"},
		{"iso-8859-6 by nobody", encode(t, charmap.ISO8859_6, arabic), "", "", "السلطات", "iso-8859-6"},
		{"late meta", encode(t, charmap.Windows1256, late+`<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">`+arabic), "", "", "السلطات", "windows-1256"},
		{"xml declaration", encode(t, charmap.ISO8859_15, `<?xml version="1.0" encoding="iso-8859-15"?><p>`+french), "", "", "annoncé", "iso-8859-15"},
		{"called utf-8 but latin-1", encode(t, charmap.ISO8859_1, french), "text/html; charset=utf-8", "", "annoncé", "windows-1252"},
		{"cyrillic by statistics", encode(t, charmap.Windows1251, strings.Repeat("Полиция задержала подозреваемого в столице страны. ", 8)), "", "", "Полиция", "windows-1251"},
		{"header that mime refuses", encode(t, charmap.Windows1256, arabic), "text/html; charset=windows-1256; charset=windows-1256", "", "السلطات", "windows-1256"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := charset.Decode(tt.body, charset.Hint{ContentType: tt.contentType, Declaration: charset.HTML, Language: tt.language})
			text, name := string(got.Text), got.Name
			if name != tt.charset {
				t.Errorf("charset: got %s, want %s", name, tt.charset)
			}
			if !strings.Contains(text, tt.want) {
				t.Errorf("text: got %.80s (%+.80q), want %s (%+q) in it", text, text, tt.want, tt.want)
			}
		})
	}
}

func TestBinaryIsToldFromText(t *testing.T) {
	tests := []struct {
		name string
		body string
		want bool
	}{
		{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", true},
		{"pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", true},
		{"zeros", strings.Repeat("\x00\x01", 500), true},
		{"html", "<!doctype html><p>" + french, false},
		{"windows-1256", string(encode(t, charmap.Windows1256, arabic)), false},
		{"one stray control", "<p>" + french + "\x01" + french, false},
		{"utf-16", string(encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), french)), false},
		{"empty", "", false},
	}
	for _, tt := range tests {
		if got := charset.Binary([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(french), "text/html; charset=iso-8859-1", "fr")
	f.Add(encode(f, charmap.Windows1256, arabic), "", "ar")
	f.Add([]byte("\x1b$B%F%9%H\x1b(B"), "text/html; charset=iso-2022-jp", "")
	f.Add([]byte("<meta charset=utf-7><meta"), "charset", "")
	f.Add([]byte(declare("utf-8", feedArabic)), "text/xml", "")
	f.Add(encode(f, charmap.Windows1256, feedArabic), "text/xml; charset=x", "")
	f.Add([]byte("\xff\xfe\x00"), "", "")
	f.Fuzz(func(t *testing.T, body []byte, contentType, language string) {
		for _, declaration := range []func([]byte) string{charset.HTML, charset.XML, nil} {
			hint := charset.Hint{ContentType: contentType, Declaration: declaration, Language: language}
			got := charset.Decode(body, hint)
			if !utf8.Valid(got.Text) || got.Name == "" {
				t.Fatalf("got invalid text or no name from %q", body)
			}
			if again := charset.Decode(body, hint); !bytes.Equal(again.Text, got.Text) {
				t.Fatalf("two readings of %q differ", body)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	page := encode(b, charmap.Windows1256, strings.Repeat(arabic+"\n<p class=\"x\">", 1000))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		charset.Decode(page, charset.Hint{Declaration: charset.HTML})
	}
}
