package number

import (
	"strconv"
	"strings"

	"rawi/stages/text"
)

// mostDigits bounds what is read as a number; longer runs are account numbers and identifiers.
const mostDigits = 15

// digits reads the number in digits at token i, with groups of thousands in tokens of their own (3 500). thousandComma says whether the
// language's press writes 3,500 for three thousand five hundred. The second result is the index after it, i where there is none.
func digits(tokens []text.Token, i int, thousandComma bool) (float64, int) {
	if i >= len(tokens) || tokens[i].Script != text.Number {
		return 0, i
	}
	first := tokens[i].Fold
	end := i + 1
	if !isLeadingGroup(first) {
		value, ok := parseDigits(first, thousandComma)
		if !ok {
			return 0, i
		}
		return value, end
	}
	var joined strings.Builder
	joined.WriteString(first)
	for follows(tokens, end) && tokens[end].Script == text.Number && opensWithGroup(tokens[end].Fold) {
		joined.WriteString(tokens[end].Fold)
		end++
	}
	value, ok := parseDigits(joined.String(), thousandComma)
	if !ok {
		return 0, i
	}
	return value, end
}

// isLeadingGroup reports whether s may be the first group of a number written in groups: one to three digits, no zero before them.
func isLeadingGroup(s string) bool {
	return len(s) >= 1 && len(s) <= 3 && s[0] != '0' && onlyDigits(s)
}

// opensWithGroup reports whether s is a group of three digits, alone or before decimals.
func opensWithGroup(s string) bool {
	return len(s) >= 3 && onlyDigits(s[:3]) && (len(s) == 3 || s[3] == ',' && onlyDigits(s[4:]))
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseDigits reads one token: 3500, 3.500, 3٬500, 3 500 with no-break spaces, 1,5, 1٫5. Dates and versions (18.12.2021) are none.
func parseDigits(s string, thousandComma bool) (float64, bool) {
	if len(s) > 4*mostDigits {
		return 0, false
	}
	s = separators.Replace(s)
	whole, fraction, decimal := cutDecimal(s, thousandComma)
	whole, ok := joinGroups(whole)
	if !ok || len(whole) > mostDigits || decimal && !onlyDigits(fraction) {
		return 0, false
	}
	if decimal {
		whole += "." + fraction
	}
	value, err := strconv.ParseFloat(whole, 64)
	return value, err == nil
}

var separators = strings.NewReplacer("\u00A0", " ", "\u202F", " ", "\u2009", " ", "٬", " ", "'", " ", "٫", ",", "،", ",")

// cutDecimal parts s at its decimal mark. A mark before exactly three digits groups thousands, unless only a zero stands before it; a
// single comma does so in Arabic, in French only before three zeros, because 1,240 tonne is a decimal there.
func cutDecimal(s string, thousandComma bool) (whole, fraction string, decimal bool) {
	i := strings.LastIndexAny(s, ".,")
	if i < 0 {
		return s, "", false
	}
	head, tail := s[:i], s[i+1:]
	if len(tail) != 3 || head == "0" {
		return head, tail, true
	}
	if s[i] == '.' || thousandComma || tail == "000" || strings.Contains(head, ",") {
		return head + " " + tail, "", false
	}
	return head, tail, true
}

// joinGroups removes the marks between groups of three digits.
func joinGroups(s string) (string, bool) {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '.' || r == ',' })
	for i, g := range groups {
		if !onlyDigits(g) || i > 0 && len(g) != 3 || len(groups) > 1 && len(g) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), len(groups) > 0
}
