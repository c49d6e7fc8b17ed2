package charset

import "strings"

// shape is what the high bytes of a text show. In Latin text accents stand alone among ASCII letters; a text in a script of its own has hardly
// any other.
type shape struct {
	high, beside int // bytes from 0xc0, and those of them with another one beside them
	any, paired  int // bytes from 0x80, and those of them behind another one
	count        [256]int
	windows, iso int // the article ال, the commonest pair of letters of Arabic, in windows-1256 and ISO 8859-6
	joined       int // 0xbd before a letter: the œ of ISO 8859-15
}

// shapeOf looks at the beginning of a body.
func shapeOf(body []byte) (s shape) {
	body = body[:min(len(body), sampled*4)]
	for i, b := range body {
		if b < 0x80 {
			continue
		}
		s.any++
		s.count[b]++
		before, after := neighbours(body, i)
		if before >= 0x80 {
			s.paired++
		}
		switch {
		case before == 0xc7 && b == 0xe1:
			s.windows++
		case before == 0xc7 && b == 0xe4:
			s.iso++
		case b == 0xbd && after >= 'a' && after <= 'z':
			s.joined++
		}
		if b < 0xc0 {
			continue
		}
		s.high++
		if before >= 0xc0 || after >= 0xc0 {
			s.beside++
		}
	}
	return s
}

// neighbours are the bytes beside the i-th, 0 where there is none.
func neighbours(b []byte, i int) (before, after byte) {
	if i > 0 {
		before = b[i-1]
	}
	if i+1 < len(b) {
		after = b[i+1]
	}
	return before, after
}

// latin names the Latin charset where the letters above ASCII stand alone, as accents do, or is "".
func (s shape) latin() string {
	switch {
	case s.beside*3 > s.high:
		return ""
	case s.joined > 0 && s.count[0x9c] == 0:
		return "iso-8859-15" // œ is 0xbd there; in windows-1252 that is a fraction, which no letter follows
	}
	return "windows-1252"
}

// arabic names the Arabic charset that the bytes can only be, or is "".
func (s shape) arabic(language string) string {
	if s.high < 8 || s.beside*3 < s.high*2 {
		return ""
	}
	expected := language == "ar" || strings.HasPrefix(language, "ar-")
	switch {
	case s.iso > 2*s.windows && s.iso*60 >= s.high:
		return "iso-8859-6"
	case s.windows*60 >= s.high && s.windows > 0, expected:
		return "windows-1256"
	}
	return ""
}

// likelier chooses between the Latin charset and the two Arabic ones for what is too short to show more: Arabic words are runs of high bytes,
// and its commonest letters differ.
func (s shape) likelier() string {
	switch {
	case s.paired*2 < s.any:
		return "windows-1252"
	case s.count[0xe1]+s.count[0xed] >= s.count[0xe8]+s.count[0xea]: // lam and yeh of windows-1256 against waw and yeh of ISO 8859-6
		return "windows-1256"
	}
	return "iso-8859-6"
}
