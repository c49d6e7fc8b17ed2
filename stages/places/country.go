package places

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rawi/stages/text"
)

// countryWord is what one word or name says about a country.
type countryWord struct {
	iso       string
	adjective bool
}

// addCountries takes every country's names from CLDR (golang.org/x/text) and its other names and adjectives from data/countries.tsv.
func (t *Table) addCountries() error {
	french, arabic := display.Regions(language.French), display.Regions(language.Arabic)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() || r.Canonicalize() != r || r.String() != string([]rune{a, b}) {
				continue
			}
			fr, ar := french.Name(r), arabic.Name(r)
			if fr == "" || ar == "" {
				continue
			}
			p := Place{ID: r.String(), Kind: KindCountry, Country: r.String(), Names: Names{French: []string{fr}, Arabic: []string{ar}}}
			if err := t.add(p); err != nil {
				return err
			}
		}
	}
	return t.readCountries()
}

// readCountries adds the rows of data/countries.tsv: ISO code, further French names, further Arabic names, other names, French
// adjectives, Arabic adjectives, flags.
func (t *Table) readCountries() error {
	f, err := data.Open("data/countries.tsv")
	if err != nil {
		return err
	}
	defer f.Close()
	err = eachRow(f, 7, func(c []string) error {
		p, ok := t.ByID(c[0])
		if !ok {
			return fmt.Errorf("no country %q in CLDR", c[0])
		}
		p.Names.French = append(p.Names.French, list(c[1])...)
		p.Names.Arabic = append(p.Names.Arabic, list(c[2])...)
		p.Names.Other = append(p.Names.Other, list(c[3])...)
		p.Flags = list(c[6])
		t.addAdjectives(c[0], list(c[4]), list(c[5]))
		return nil
	})
	if err != nil {
		return fmt.Errorf("data/countries.tsv: %w", err)
	}
	for i := range t.places {
		p := &t.places[i]
		for _, names := range [][]string{p.Names.French, p.Names.Arabic, p.Names.Other} {
			t.addCountryNames(p.ID, names)
		}
	}
	return nil
}

func (t *Table) addCountryNames(iso string, names []string) {
	for _, n := range names {
		t.addCountryWord(strings.Join(nameWords(n), " "), countryWord{iso: iso})
	}
}

func (t *Table) addAdjectives(iso string, french, arabic []string) {
	for _, a := range french {
		for _, form := range frenchForms(text.Fold(a)) {
			t.addCountryWord(form, countryWord{iso: iso, adjective: true})
		}
	}
	for _, a := range arabic {
		for _, form := range arabicForms(text.Fold(a)) {
			t.addCountryWord(form, countryWord{iso: iso, adjective: true})
		}
	}
}

// addCountryWord keeps the first meaning of a word: the file lists the country of a shared adjective first.
func (t *Table) addCountryWord(form string, w countryWord) {
	if _, taken := t.country[form]; !taken && form != "" {
		t.country[form] = w
		t.countryEnds[ending(form)] = true
	}
}

// endingBytes are three Arabic letters, which the shortest Arabic word for a country has.
const endingBytes = 6

// ending is how a word ends, whatever Arabic joins to its beginning: most words are told from all countries by it alone.
func ending(form string) string { return form[max(0, len(form)-endingBytes):] }

// frenchForms are the genders and numbers of a folded masculine adjective; a form that ends in "/" is irregular and stands alone.
func frenchForms(a string) []string {
	if alone, ok := strings.CutSuffix(a, "/"); ok {
		return []string{alone, alone + "s"}
	}
	feminine := a + "e"
	switch {
	case strings.HasSuffix(a, "en"):
		feminine = a + "ne"
	case strings.HasSuffix(a, "e"):
		feminine = a
	}
	plural := a + "s"
	if strings.HasSuffix(a, "s") {
		plural = a
	}
	return []string{a, plural, feminine, feminine + "s"}
}

// arabicForms are the forms of a folded relation adjective in ي without its article; any other word stands alone (broken plurals).
func arabicForms(a string) []string {
	if !strings.HasSuffix(a, "ي") {
		return []string{a}
	}
	return []string{a, a + "ه", a + "ا", a + "ون", a + "ين", a + "ان", a + "ات", a + "تين", a + "تان"}
}

// Country tells which country a folded word or name stands for, and whether it is an adjective or a name of its people rather than the
// country's name. Words of a name are apart by a space or a hyphen. Arabic particles and the article may be joined to it.
func (t *Table) Country(fold string, lang string) (iso string, adjective, ok bool) {
	if joint(fold) >= 0 {
		fold = strings.Join(nameWords(fold), " ")
	}
	if lang == "ar" && !t.countryEnds[ending(fold)] {
		return "", false, false
	}
	if w, ok := t.country[fold]; ok {
		return w.iso, w.adjective, true
	}
	if lang != "ar" {
		return "", false, false
	}
	var space [maxVariants]variant
	for _, v := range variants(fold, &space) {
		if w, ok := t.country[v.form]; ok {
			return w.iso, w.adjective, true
		}
		if bare, cut := strings.CutPrefix(v.form, "ال"); cut {
			if w, ok := t.country[bare]; ok && w.adjective {
				return w.iso, true, true
			}
		}
	}
	return "", false, false
}

// addCombining reads the first parts of adjectives of two countries: ISO code, folded forms apart by "|".
func (t *Table) addCombining() error {
	f, err := data.Open("data/combining.tsv")
	if err != nil {
		return err
	}
	defer f.Close()
	return eachRow(f, 2, func(c []string) error {
		if _, ok := t.ByID(c[0]); !ok {
			return fmt.Errorf("no country %q in CLDR", c[0])
		}
		for _, form := range list(c[1]) {
			t.combining[form] = c[0]
		}
		return nil
	})
}

// Combining is the country of the folded first part of an adjective that tells of two countries as one, such as franco before espagnole;
// empty where it is none.
func (t *Table) Combining(fold string) string { return t.combining[fold] }
