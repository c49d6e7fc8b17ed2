package charset

import (
	"bytes"
	_ "embed"
	"mime"
	"strings"
	"sync"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"

	"rawi/stages/tsv"
)

// declared is how far into the body a declaration is looked for. The 1,024 bytes of the HTML standard miss real dailies that declare theirs at
// byte 18,000.
const declared = 64 << 10

//go:embed data/aliases.tsv
var aliasTable string

// aliases are read once and never written again.
var aliases = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, row := range tsv.Rows(aliasTable, 2) {
		names[row[0]] = row[1]
	}
	return names
})

// served is the charset of a Content-Type.
func served(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err == nil {
		return params["charset"]
	}
	// Servers write what mime refuses: "text/html; charset=utf-8; charset=windows-1256", "text/html charset=iso-8859-1".
	_, label, _ := strings.Cut(strings.ToLower(contentType), "charset=")
	return cutLabel(label)
}

// XML finds the label in the XML declaration of a document, in lower case, or "".
func XML(body []byte) string {
	return xmlLabel(bytes.ToLower(body[:min(len(body), 1024)]))
}

func xmlLabel(head []byte) string {
	_, line, ok := bytes.Cut(head, []byte("<?xml"))
	if !ok {
		return ""
	}
	line, _, _ = bytes.Cut(line, []byte("?>"))
	_, label, ok := bytes.Cut(line, []byte("encoding"))
	label = bytes.TrimLeft(label, " \t\r\n")
	if !ok || !bytes.HasPrefix(label, []byte("=")) {
		return ""
	}
	return cutLabel(string(bytes.TrimLeft(label[1:], " \t\r\n")))
}

// HTML finds the first label that a page declares of itself, in lower case, or "": <meta charset>, <meta content="...charset=...">, or the XML
// declaration that it begins with.
func HTML(body []byte) string {
	head := bytes.ToLower(body[:min(len(body), declared)])
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml")) {
		if label := xmlLabel(head); label != "" {
			return label
		}
	}
	for {
		_, rest, ok := bytes.Cut(head, []byte("<meta"))
		if !ok {
			return ""
		}
		tag, _, _ := bytes.Cut(rest, []byte(">"))
		if _, label, ok := bytes.Cut(tag, []byte("charset=")); ok {
			return cutLabel(string(label))
		}
		head = rest
	}
}

func cutLabel(s string) string {
	s = strings.TrimLeft(s[:min(len(s), 80)], " \t\"'")
	if i := strings.IndexAny(s, " \t\r\n\"';,/>?"); i >= 0 {
		s = s[:i]
	}
	return s
}

// find knows the labels of the Encoding Standard, and the commonest ways to misspell them.
func find(label string) (encoding.Encoding, string) {
	label = strings.ToLower(strings.Trim(label, " \t\"';"))
	if label == "" {
		return nil, ""
	}
	for _, try := range spellings(label) {
		enc, err := htmlindex.Get(try)
		if err != nil {
			continue
		}
		name, err := htmlindex.Name(enc)
		if err == nil {
			return enc, name
		}
	}
	return nil, ""
}

func spellings(label string) []string {
	bare := strings.NewReplacer("_", "", "-", "", " ", "").Replace(label)
	digits := strings.TrimLeft(bare, "abcdefghijklmnopqrstuvwxyz")
	tries := []string{label, bare}
	if name := aliases()[label]; name != "" {
		tries = append(tries, name)
	}
	switch letters := strings.TrimSuffix(bare, digits); letters {
	case "win", "windows", "cp", "ansi", "ms", "x":
		tries = append(tries, "windows-"+digits)
	case "iso", "latin":
		if rest, ok := strings.CutPrefix(digits, "8859"); ok {
			tries = append(tries, "iso-8859-"+rest)
		}
	}
	return tries
}

// guess is the statistical detector's opinion: the last word, for bytes that nothing else explains. Its recognisers race each other, so that
// equal confidence comes back in any order: the first by name wins.
func guess(body []byte) string {
	all, err := chardet.NewHtmlDetector().DetectAll(body[:min(len(body), sampled)])
	if err != nil {
		return ""
	}
	best := chardet.Result{Confidence: 29}
	for _, r := range all {
		if r.Confidence > best.Confidence || r.Confidence == best.Confidence && r.Charset < best.Charset {
			best = r
		}
	}
	return best.Charset
}
