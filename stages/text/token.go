package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// Script is what a token is made of.
type Script uint8

// Scripts of tokens.
const (
	Other  Script = iota // a word in neither of our scripts, a symbol, an emoji
	Latin                // a word, an elision such as l', or a word with digits in it such as 1er and 18h32
	Arabic               // a word without digits
	Number               // digits in any system with their separators: 3.500, 1,5, ٣٥٠٠
	Punct                // one mark: comma, quotation mark, percent, a hyphen between digits
)

// Token is a word, number or punctuation mark, by byte offsets into the text that Tokens was given.
type Token struct {
	Start, End int
	Text       string // as written
	Fold       string // as Fold makes it
	Script     Script
	First      bool // first word of a sentence, where a capital letter says nothing
}

// Tokens cuts s into words, numbers and punctuation.
//
// A French elision is a token of its own (l’Etat: l’ and Etat) if it is one of the closed list of words that elide; aujourd'hui and
// M'Hamid stay whole. A hyphen between letters parts two tokens and is none itself, so that Béni-Mellal and Béni Mellal read alike.
// A no-break space inside a number keeps it whole, a plain space does not. Arabic letters written onto digits (بـ54, و11) are a token
// apart from the number.
func Tokens(s string) []Token {
	tokens := Words(s)
	markFirst(tokens, s)
	return tokens
}

// Words is Tokens for callers that do not ask which word is the first of its sentence, at two thirds of the cost.
func Words(s string) []Token {
	t := tokenizer{s: s, tokens: make([]Token, 0, likely(s))}
	it := words.FromString(s)
	for it.Next() {
		t.segment(it.Start(), it.End())
	}
	t.foldAll()
	return t.tokens
}

// likely is how many tokens s may have: its words, and a mark or an elision for every other one.
func likely(s string) int {
	spaces := strings.Count(s, " ")
	return spaces + spaces/2 + 4
}

// tokenizer collects tokens.
type tokenizer struct {
	s      string
	tokens []Token
}

// segment takes one piece between two word boundaries of UAX 29 and cuts it further where the press needs it.
func (t *tokenizer) segment(start, end int) {
	if script, plain := plainWord(t.s[start:end]); plain {
		t.add(start, end, script)
		return
	}
	r, size := utf8.DecodeRuneInString(t.s[start:])
	for unicode.IsSpace(r) && start+size < end {
		start += size
		r, size = utf8.DecodeRuneInString(t.s[start:])
	}
	switch {
	case unicode.IsSpace(r), unicode.IsControl(r):
	case isApostrophe(r) && t.endsElided(start):
		last := &t.tokens[len(t.tokens)-1]
		last.End, last.Text = end, t.s[last.Start:end]
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r):
		t.word(start, end)
	case isHyphen(r) && t.joins(start, end):
	default:
		t.add(start, end, markScript(r))
	}
}

// endsElided reports whether the last token is an elided word that the apostrophe at start leans on, as in l’« Etat ».
func (t *tokenizer) endsElided(start int) bool {
	if len(t.tokens) == 0 {
		return false
	}
	last := t.tokens[len(t.tokens)-1]
	return last.End == start && elides(last.Text, ' ')
}

// joins reports whether the hyphen at start stands between two letters, or a letter and a digit, without space.
func (t *tokenizer) joins(start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(t.s[:start])
	after, _ := utf8.DecodeRuneInString(t.s[end:])
	if !isWordRune(before) || !isWordRune(after) {
		return false
	}
	return unicode.IsLetter(before) || unicode.IsLetter(after)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isHyphen(r rune) bool { return r == '-' || r == '\u2010' || r == '\u2011' }

func markScript(r rune) Script {
	if r == '°' || unicode.IsPunct(r) || r == '+' || r == '=' || r == '<' || r == '>' || r == '|' || r == '`' || r == '´' {
		return Punct
	}
	return Other
}

// word cuts a segment that begins with a letter or digit: at elisions, at marks that UAX 29 keeps inside words but that the press writes
// without a space (:، and a full stop between Arabic letters), and between Arabic letters and digits.
func (t *tokenizer) word(start, end int) {
	from, previous := start, rune(0)
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(t.s[i:end])
		switch {
		case isApostrophe(r) && i > from && elides(t.s[from:i], after(t.s[i+size:end])):
			t.add(from, i+size, Latin)
			from = i + size
		case unicode.IsSpace(r) && !betweenDigits(previous, t.s[i+size:end]):
			t.letters(from, i)
			from = i + size
		case i > from && parts(previous, r, t.s[i+size:end]):
			t.letters(from, i)
			t.add(i, i+size, Punct)
			from = i + size
		case i > from && changes(previous, r):
			t.letters(from, i)
			from = i
		}
		if r != 'ـ' {
			previous = r
		}
		i += size
	}
	t.letters(from, end)
}

// plainWord recognises what most words are, letters of one script and nothing else, from their bytes alone.
func plainWord(s string) (Script, bool) {
	latin, arabic := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			latin = true
		case i+1 == len(s):
			return Other, false
		case c == 0xC3 && s[i+1] != 0x97 && s[i+1] != 0xB7: // À to ÿ without × and ÷
			latin = true
			i++
		case c == 0xD8 && s[i+1] >= 0xA0, c == 0xD9 && s[i+1] <= 0x8A: // ؠ to ي
			arabic = true
			i++
		default:
			return Other, false
		}
	}
	if arabic {
		return Arabic, !latin
	}
	return Latin, latin
}

// betweenDigits reports whether the narrow no-break space after previous, part of a word to UAX 29, groups the digits of a number.
func betweenDigits(previous rune, rest string) bool {
	return unicode.IsDigit(previous) && isGroup(rest)
}

// parts reports whether the mark r after previous ends a word in spite of UAX 29.
func parts(previous, r rune, rest string) bool {
	if r == '.' && unicode.IsLower(previous) && unicode.IsUpper(after(rest)) {
		return true // the end of a sentence without the space after it
	}
	switch r {
	case ':', '·', '_':
		return true
	case '.', '،', ',', ';', '؛', '\'', '’':
		return unicode.Is(unicode.Arabic, previous) && !unicode.IsDigit(previous)
	}
	return false
}

// changes reports whether Arabic letters and digits meet between previous and r.
func changes(previous, r rune) bool {
	return unicode.IsDigit(r) && isArabicLetter(previous) || isArabicLetter(r) && unicode.IsDigit(previous)
}

func isArabicLetter(r rune) bool {
	if r < 0x0620 || r <= 0x064A {
		return r >= 0x0620
	}
	return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r)
}

func isApostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == 'ʼ' || r == '‘' || r == '´' || r == '`'
}

// letters adds the word or number between two offsets, joined to the number before it if only a no-break space stands between them.
func (t *tokenizer) letters(start, end int) {
	if start >= end {
		return
	}
	script := wordScript(t.s[start:end])
	if n := len(t.tokens); script == Number && n > 0 && t.tokens[n-1].Script == Number && isGroup(t.s[start:end]) {
		last := &t.tokens[n-1]
		if gap := t.s[last.End:start]; gap == "\u00A0" || gap == "\u202F" || gap == "\u2009" {
			last.End, last.Text = end, t.s[last.Start:end]
			return
		}
	}
	t.add(start, end, script)
}

// isGroup reports whether s begins with three digits and no fourth: the form of a group of thousands.
func isGroup(s string) bool {
	digits := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			break
		}
		digits++
	}
	return digits == 3
}

func wordScript(s string) Script {
	script := Number
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z'):
			return Latin
		case unicode.IsDigit(r), !unicode.IsLetter(r):
		case unicode.Is(unicode.Arabic, r):
			return Arabic
		case unicode.Is(unicode.Latin, r):
			return Latin
		default:
			script = Other
		}
	}
	return script
}

func (t *tokenizer) add(start, end int, script Script) {
	t.tokens = append(t.tokens, Token{Start: start, End: end, Text: t.s[start:end], Script: script})
}

// foldAll folds every token. The forms that differ from what is written share one buffer, so that a text costs a handful of allocations
// whatever its length.
func (t *tokenizer) foldAll() {
	var b strings.Builder
	for i := range t.tokens {
		tok := &t.tokens[i]
		if unchanged(tok.Text) == len(tok.Text) {
			tok.Fold = tok.Text
			continue
		}
		if b.Cap() == 0 {
			b.Grow(len(t.s) - tok.Start)
		}
		start := b.Len()
		writeFold(&b, tok.Text)
		tok.Fold = b.String()[start:]
	}
}

// markFirst marks the first word of every sentence.
func markFirst(tokens []Token, s string) {
	i := 0
	for _, sentence := range Sentences(s) {
		for i < len(tokens) && (tokens[i].Start < sentence.Start || tokens[i].Script == Punct) {
			i++
		}
		if i < len(tokens) && tokens[i].Start < sentence.End {
			tokens[i].First = true
		}
	}
}
