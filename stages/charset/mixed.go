package charset

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decodeMixed keeps what is valid and decodes the rest line by line and element by element, because what comes from another charset is a run
// of those.
func decodeMixed(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/8)
	for len(b) > 0 {
		end := bytes.IndexAny(b, "<\n") + 1
		if end == 0 {
			end = len(b)
		}
		out = append(out, decodeRun(b[:end])...)
		b = b[end:]
	}
	return out
}

func decodeRun(run []byte) []byte {
	if utf8.Valid(run) {
		return run
	}
	run = joinSurrogates(run)
	if mostlyUTF8(run) {
		return decodeStray(run)
	}
	s := shapeOf(run)
	name := s.latin()
	if name == "" {
		name = s.likelier()
	}
	enc, _ := find(name)
	out, err := enc.NewDecoder().Bytes(run)
	if err != nil {
		return bytes.ToValidUTF8(run, []byte("\ufffd"))
	}
	return out
}

// decodeStray decodes single bytes between valid letters, as windows-1252: an editor's dash or quotation mark, an accent beside a Latin letter.
// What is left of a letter that was cut, and an accent among letters of another script, means nothing.
func decodeStray(run []byte) []byte {
	out := make([]byte, 0, len(run)+8)
	for i := 0; i < len(run); {
		r, size := utf8.DecodeRune(run[i:])
		if r == utf8.RuneError && size == 1 {
			r = stray(run, i)
		}
		out = utf8.AppendRune(out, r)
		i += size
	}
	return out
}

func stray(run []byte, i int) rune {
	before, after := neighbours(run, i)
	sign, accent := run[i] < 0xc0, asciiLetter(before) || asciiLetter(after)
	if !utf8.FullRune(run[i:]) || !sign && !accent {
		return utf8.RuneError
	}
	return charmap.Windows1252.DecodeByte(run[i])
}

func asciiLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// joinSurrogates turns pairs of three-byte surrogates (CESU-8) into the letter they stand for, and drops single ones.
func joinSurrogates(run []byte) []byte {
	if !bytes.Contains(run, []byte{0xed}) {
		return run
	}
	out := make([]byte, 0, len(run))
	for i := 0; i < len(run); {
		high, ok := surrogate(run[i:])
		if !ok {
			out = append(out, run[i])
			i++
			continue
		}
		i += 3
		if low, ok := surrogate(run[min(i, len(run)):]); ok && high < 0xdc00 && low >= 0xdc00 {
			out = utf8.AppendRune(out, (high-0xd800)<<10+(low-0xdc00)+0x10000)
			i += 3
		}
	}
	return out
}

func surrogate(b []byte) (rune, bool) {
	if len(b) < 3 || b[0] != 0xed || b[1] < 0xa0 || b[1] > 0xbf || b[2]&0xc0 != 0x80 {
		return 0, false
	}
	return rune(b[0]&0x0f)<<12 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f), true
}
