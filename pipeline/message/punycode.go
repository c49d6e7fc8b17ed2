package message

import (
	"strings"
	"unicode/utf8"
)

// asciiName is the form of a host's name that is looked up: lower case, each label with other letters in Punycode (RFC 3492). A label that
// cannot be written like that stays as it is.
func asciiName(name string) string {
	if isASCII(name) {
		return strings.TrimSuffix(strings.ToLower(name), ".")
	}
	name = strings.ToLower(strings.NewReplacer("。", ".", "．", ".", "｡", ".").Replace(name))
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for i, label := range labels {
		if !isASCII(label) && utf8.ValidString(label) {
			labels[i] = "xn--" + punycode(label)
		}
	}
	return strings.Join(labels, ".")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Parameters of RFC 3492, section 5.
const (
	puBase, puMin, puMax   = 36, 1, 26
	puSkew, puDamp         = 38, 700
	puFirstBias, puInitial = 72, 128
)

// punycode follows the encoding procedure of RFC 3492, section 6.3.
func punycode(label string) string {
	var out strings.Builder
	runes := []rune(label)
	for _, r := range runes {
		if r < puInitial {
			out.WriteRune(r)
		}
	}
	basic := out.Len()
	if basic > 0 {
		out.WriteByte('-')
	}
	next, delta, bias := rune(puInitial), 0, puFirstBias
	for handled := basic; handled < len(runes); {
		least := rune(utf8.MaxRune + 1)
		for _, r := range runes {
			if r >= next && r < least {
				least = r
			}
		}
		delta += int(least-next) * (handled + 1)
		next = least
		for _, r := range runes {
			switch {
			case r < next:
				delta++
			case r == next:
				puDigits(&out, delta, bias)
				bias = puAdapt(delta, handled+1, handled == basic)
				delta = 0
				handled++
			}
		}
		delta++
		next++
	}
	return out.String()
}

// puDigits writes a delta as a generalised variable-length integer.
func puDigits(out *strings.Builder, delta, bias int) {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := puBase; ; k += puBase {
		threshold := min(max(k-bias, puMin), puMax)
		if delta < threshold {
			out.WriteByte(digits[delta])
			return
		}
		out.WriteByte(digits[threshold+(delta-threshold)%(puBase-threshold)])
		delta = (delta - threshold) / (puBase - threshold)
	}
}

func puAdapt(delta, points int, first bool) int {
	if first {
		delta /= puDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (puBase-puMin)*puMax/2 {
		delta /= puBase - puMin
		k += puBase
	}
	return k + (puBase-puMin+1)*delta/(delta+puSkew)
}
