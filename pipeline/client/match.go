package client

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"rawi/pipeline/message"
)

// Kinds are those that a query may name.
func Kinds() []string {
	return []string{
		message.KindOperation, message.KindIncident, message.KindDisaster, message.KindPolitics, message.KindEconomy, message.KindJustice,
		message.KindSport, message.KindCulture, message.KindOpinion, message.KindRoundup, message.KindOther,
	}
}

// CheckKind says what is wrong with a kind that no story has. A filter that is mistyped would be silent for ever.
func CheckKind(kind string) error {
	if !slices.Contains(Kinds(), kind) {
		return fmt.Errorf("kind %s: there is no such kind; the kinds are %s", quoted(kind), strings.Join(Kinds(), ", "))
	}
	return nil
}

// CheckCountry says what is wrong with a country that no story has.
func CheckCountry(code string) error {
	region, err := language.ParseRegion(code)
	known := err == nil && len(code) == 2 && region.IsCountry() && strings.EqualFold(region.Canonicalize().String(), code)
	if known || strings.EqualFold(code, Unknown) {
		return nil
	}
	return fmt.Errorf("country %s: wants two letters of ISO 3166-1, such as MA, or %s for those without a country", quoted(code), Unknown)
}

// CheckLanguage says what is wrong with a language that nothing is written in.
func CheckLanguage(tag string) error {
	if _, err := language.Parse(tag); err != nil || tag == "" {
		return fmt.Errorf("language %s: wants a BCP 47 tag, such as fr or ar", quoted(tag))
	}
	return nil
}

// quoted is a value as it may stand in an error, whoever wrote it.
func quoted(value string) string {
	const most = 80
	if utf8.RuneCountInString(value) > most {
		value = string([]rune(value)[:most]) + "…"
	}
	return fmt.Sprintf("%+q", value)
}

// Covers reports whether a language that was asked for covers that of a text, both BCP 47 tags in any case: "fr" covers "fr" and "fr-MA", and "fr-MA"
// does not cover "fr" (basic filtering of RFC 4647).
func Covers(asked, tag string) bool {
	asked, tag = strings.ToLower(asked), strings.ToLower(tag)
	return tag == asked || strings.HasPrefix(tag, asked+"-")
}
