package opml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"rawi/config"
)

// Write writes sources as OPML 2.0: an outline for each feed and each watched page, with what is known of the outlet in attributes, so that
// Read and Sources give the same sources back. Which private addresses a source may reach is not handed on.
func Write(w io.Writer, title string, sources []config.Source) error {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<opml version="2.0" xmlns:rawi="` + namespace + `">` + "\n  <head><title>")
	escape(&b, title)
	b.WriteString("</title></head>\n  <body>\n")
	for _, s := range sources {
		for _, feed := range s.Feeds {
			outline(&b, s, pair{"type", "rss"}, pair{"xmlUrl", feed})
		}
		for _, page := range s.Sections {
			outline(&b, s, pair{"type", "link"}, pair{"url", page.URL}, pair{"rawi:links", page.Links},
				pair{"rawi:section_interval", span(page.Interval)}, pair{"rawi:section_budget", count(page.Budget)})
		}
	}
	b.WriteString("  </body>\n</opml>\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	return nil
}

type pair struct{ name, value string }

func outline(b *bytes.Buffer, s config.Source, own ...pair) {
	text := s.Title
	if text == "" {
		text = s.Name // readers show it, and OPML 2.0 wants it
	}
	b.WriteString("    <outline")
	attributes := append([]pair{{"text", text}}, own...)
	attributes = append(attributes, pair{"language", s.Language}, pair{"rawi:name", s.Name}, pair{"rawi:country", s.Country}, pair{"rawi:kind", s.Kind},
		pair{"rawi:family", s.Family}, pair{"rawi:zone", s.Zone}, pair{"rawi:paused", yes(s.Paused)},
		pair{"rawi:number", s.Number}, pair{"rawi:full_text", s.FullText}, pair{"rawi:interval", span(s.Interval)}, pair{"rawi:budget", count(s.Budget)},
		pair{"rawi:high_accuracy", yes(s.HighAccuracy)})
	for _, a := range attributes {
		if a.value != "" {
			b.WriteString(" " + a.name + `="`)
			escape(b, a.value)
			b.WriteString(`"`)
		}
	}
	b.WriteString("/>\n")
}

// yes is what is written of a switch that is on; one that is off is left out.
func yes(on bool) string {
	if on {
		return "true"
	}
	return ""
}

// span is a duration, and nothing where none is set; count is the same for a number.
func span(d config.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func escape(b *bytes.Buffer, text string) {
	_ = xml.EscapeText(b, []byte(text)) // a buffer takes everything
}
