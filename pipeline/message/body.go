package message

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Body holds bytes as they were fetched. In JSON they are a string where they are valid UTF-8, which readers can read and which compresses
// several times better than base64, and otherwise an object {"base64": "..."}. Both give back the same bytes.
type Body []byte

// binary is the JSON form of bytes that are no UTF-8.
type binary struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON writes the string or the object.
func (b Body) MarshalJSON() ([]byte, error) {
	if !utf8.Valid(b) {
		return json.Marshal(binary{b})
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // a page is full of < and >
	if err := e.Encode(string(b)); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads either form.
func (b *Body) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*b = Body(text)
		return nil
	}
	var other binary
	if err := json.Unmarshal(data, &other); err != nil {
		return fmt.Errorf("body is neither a string nor base64: %w", err)
	}
	*b = other.Base64
	return nil
}
