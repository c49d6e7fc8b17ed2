package number

import (
	"strings"

	"rawi/stages/text"
)

// French reads the number that starts at token i: digits in every notation (3500, 3.500, 3 500, 1,5), words up to milliards, digits before
// mille, million or milliard, and collective nouns ("une dizaine", "des dizaines de milliers") as approximate. "un" and "une" are 1.
// Ordinals and dates are not numbers.
func French(tokens []text.Token, i int) (Number, bool) {
	r := frenchReader{tokens}
	n, ok := r.number(i)
	if !ok || r.isOrdinal(n.End) {
		return Number{}, false
	}
	return n, true
}

type frenchReader struct{ tokens []text.Token }

func (r frenchReader) at(i int) (word, bool) {
	if i < 0 || i >= len(r.tokens) || r.tokens[i].Script != text.Latin {
		return word{}, false
	}
	w, ok := frenchWords[r.tokens[i].Fold]
	return w, ok
}

// isOrdinal reports whether the token at i turns the number before it into an ordinal: vingt-deuxième.
func (r frenchReader) isOrdinal(i int) bool {
	if i >= len(r.tokens) || !follows(r.tokens, i) {
		return false
	}
	fold := r.tokens[i].Fold
	return strings.HasSuffix(fold, "ieme") || strings.HasSuffix(fold, "iemes")
}

func (r frenchReader) number(i int) (Number, bool) {
	n := Number{Start: i}
	total, current, end := 0.0, 0.0, i
	for {
		value, next := r.part(end)
		w, ok := r.at(next)
		switch {
		case ok && w.kind == power && (next > end || end == i || total > 0) && (total == 0 || w.value < lowest(total)):
			total += max(value, 1) * w.value
			end = next + 1
			continue
		case next > end:
			current, end = value, next
		}
		break
	}
	n.Value, n.End = total+current, end
	return r.collective(n)
}

// lowest is the power of a thousand that total ends in, so that deux millions trois mille goes down and never up.
func lowest(total float64) float64 {
	for _, p := range [...]float64{1e9, 1e6, 1e3} {
		if total >= p && int64(total)%int64(p) == 0 {
			return p
		}
	}
	return 0
}

// part reads what may stand before mille or million: digits, or words below a thousand (eleven to nineteen hundred included).
func (r frenchReader) part(i int) (float64, int) {
	if value, end := digits(r.tokens, i, r.countsThings(i+1)); end > i {
		return value, end
	}
	value, end := r.belowHundred(i)
	if w, ok := r.at(end); ok && w.kind == hundred && value < 20 && (end == i || value > 1) {
		rest, next := r.belowHundred(end + 1)
		return max(value, 1)*w.value + rest, next
	}
	return value, end
}

// countsThings reports whether the word at i is the plural of something that is counted one by one, before which a comma groups thousands as in
// English: 31,200 comprimés, but 1,240 tonne and 21,900 dinars.
func (r frenchReader) countsThings(i int) bool {
	if i >= len(r.tokens) || r.tokens[i].Script != text.Latin || !follows(r.tokens, i) {
		return false
	}
	fold := r.tokens[i].Fold
	if w, ok := r.at(i); ok && w.kind != unit {
		return false
	}
	return len(fold) > 3 && strings.HasSuffix(fold, "s")
}

func (r frenchReader) belowHundred(i int) (float64, int) {
	w, ok := r.at(i)
	switch {
	case !ok:
		return 0, i
	case w.kind == unit && w.value == 4:
		if next, ok := r.at(i + 1); ok && next.kind == eighty && follows(r.tokens, i+1) {
			return r.withUnit(80, i+2, 19)
		}
		return w.value, i + 1
	case w.kind == unit && w.value == 10:
		value, end := r.withUnit(w.value, i+1, 9)
		if value < 17 {
			return w.value, i + 1
		}
		return value, end
	case w.kind == unit:
		return w.value, i + 1
	case w.kind == ten && w.value == 60:
		return r.withUnit(w.value, i+1, 19)
	case w.kind == ten, w.kind == eighty:
		return r.withUnit(w.value, i+1, 9)
	}
	return 0, i
}

// withUnit adds the unit at i, at most limit, to a ten; before un and onze an "et" may stand.
func (r frenchReader) withUnit(tens float64, i int, limit float64) (float64, int) {
	and := i < len(r.tokens) && r.tokens[i].Fold == "et"
	at := i
	if and {
		at++
	}
	w, ok := r.at(at)
	if !ok || w.kind != unit || w.value == 0 || w.value > limit || and && w.value != 1 && w.value != 11 {
		return tens, i
	}
	if w.value == 10 {
		if value, end := r.withUnit(10, at+1, 9); value >= 17 {
			return tens + value, end
		}
	}
	return tens + w.value, at + 1
}

// collective reads the collective nouns at the end of n: une [bonne] dizaine, deux douzaines, dizaines de milliers, une demi-douzaine.
func (r frenchReader) collective(n Number) (Number, bool) {
	counted := n.End > n.Start
	at := n.End
	if counted && at < len(r.tokens) && isShade(r.tokens[at].Fold) {
		at++
	}
	factor := 1.0
	if w, ok := r.at(at); ok && w.kind == half {
		factor = w.value
		at++
	}
	w, ok := r.at(at)
	if !ok || w.kind != about {
		return n, counted
	}
	plural := strings.HasSuffix(r.tokens[at].Fold, "s")
	if !counted {
		n.Value, n.Plural = 1, plural
	}
	n.Value, n.Approx, n.End = n.Value*factor*w.value, true, at+1
	for n.End+1 < len(r.tokens) && r.tokens[n.End].Fold == "de" {
		next, ok := r.at(n.End + 1)
		if !ok || next.kind != about && next.kind != power || next.value < 1000 {
			break
		}
		n.Value *= next.value
		n.End += 2
	}
	return n, true
}

func isShade(fold string) bool {
	return fold == "bonne" || fold == "petite" || fold == "bon" || fold == "petit"
}
