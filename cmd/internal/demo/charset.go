package demo

import (
	"fmt"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// encode turns UTF-8 markup into the outlet's charset; letters that it lacks become numeric references, as editors of such sites write them.
func encode(markup []byte, charset string) ([]byte, error) {
	if charset == "utf-8" {
		return markup, nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %s: %w", charset, err)
	}
	return encoding.HTMLEscapeUnsupported(e.NewEncoder()).Bytes(markup)
}
