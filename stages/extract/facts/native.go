package facts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/text"
)

// native reports whether the token names people by their country: trois Nigérians, أربعة لبنانيين. Where a language has capitals, it has one.
func (p *page) native(s *sentence, i int) bool {
	t := s.tokens[i]
	if t.Script == text.Latin && !unicode.IsUpper(firstRune(t.Text)) {
		return false
	}
	iso, adjective, _ := p.g.Places.Country(t.Fold, p.g.Tag)
	return iso != "" && adjective
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// oneNative reports whether Arabic names one person by their country as the object of the verb before: توقف مغربيا, but not رجلا مغربيا.
func (p *page) oneNative(s *sentence, i int) bool {
	fold := s.tokens[i].Fold
	object := strings.HasSuffix(fold, "يا")
	if i == 0 || !object && !strings.HasSuffix(fold, "ي") || !object && !s.taken(i) || !p.native(s, i) {
		return false
	}
	if !object {
		return true
	}
	if p.g.Stop[s.tokens[i-1].Fold] { // في ليبيا
		return false
	}
	_, described := s.hitAt(i-1, classOne, classMany)
	return !described
}

// stateAfter reports whether an Arabic word after a number below eleven can only be the state itself, not one of its people: ستة أوقفتهم إسبانيا, but
// عشرون سوريا.
func (p *page) stateAfter(n int, fold string) bool {
	return p.g.Forms != nil && n < fewestOfOne && strings.HasSuffix(fold, "يا")
}

// taken reports whether a word for an arrest stands right before token i, with على between them or not: القبض على ليبي.
func (s *sentence) taken(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classArrest && h.Value == "v" && (h.End == i || h.End == i-1 && s.tokens[i-1].Fold == "علي")
	})
}

// twos are the words for two that follow what they count: موظفين اثنين.
var twos = []string{"اثنين", "اثنان", "اثنتين", "اثنتان"}

// twoOf reports whether the Arabic word for Monday counts two people told of before: المصابين الاثنين الآخرين.
func (s *sentence) twoOf(d date) bool {
	if d.end != d.start+1 || d.start == 0 || d.end >= len(s.tokens) || s.tokens[d.start].Fold != "الاثنين" {
		return false
	}
	dual := func(fold string) bool {
		return strings.HasPrefix(fold, "ال") && (strings.HasSuffix(fold, "ين") || strings.HasSuffix(fold, "ان"))
	}
	return dual(s.tokens[d.start-1].Fold) && dual(s.tokens[d.end].Fold)
}

// twoFollow reports whether a number, verb or pronoun of the dual stands soon after token i, which makes two of what might be any number:
// مواطنين مغربيين يبلغان من العمر.
func (s *sentence) twoFollow(i int) bool {
	const reach = 8
	for _, t := range s.tokens[min(i, len(s.tokens)):min(i+reach, len(s.tokens))] {
		verb := strings.HasPrefix(t.Fold, "ي") && strings.HasSuffix(t.Fold, "ان") && utf8.RuneCountInString(t.Fold) > 5
		if verb || slices.Contains(twos, t.Fold) || strings.HasSuffix(t.Fold, "هما") || strings.HasPrefix(t.Fold, "اللذ") && strings.HasSuffix(t.Fold, "ن") && t.Fold != "الذين" {
			return true
		}
		if t.Script == text.Punct && t.Text != "(" && t.Text != "،" {
			return false
		}
	}
	return false
}
