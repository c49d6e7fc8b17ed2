package ar

import (
	"strings"

	"rawi/stages/extract/facts"
	"rawi/stages/text"
)

// shortestStem is how many bytes must remain when joined particles are taken off for the lexicon: two letters are too often part of the word.
const shortestStem = 3 * len("ا")

// forms appends a token's possible bare forms, itself first.
func forms(dst []string, fold string) []string {
	all := text.AppendClitics(dst, fold)
	kept := all[:len(dst)+1]
	for _, f := range all[len(kept):] {
		if len(f) >= shortestStem || f == "حي" || particle(f) && strings.HasPrefix(fold, "و") { // بحي is in the quarter of
			kept = append(kept, f)
		}
	}
	return kept
}

// particle reports the short words that phrases of the lexicon begin with, to which "and" is joined: وفي سياق متصل, ولا علاقة.
func particle(form string) bool {
	switch form {
	case "في", "من", "لا", "لم":
		return true
	}
	return false
}

// longestQuoted is how many tokens a name between quotation marks may have.
const longestQuoted = 6

// name reports where the proper name that starts at token i ends. Arabic has no capitals: one word, two where the first asks for another,
// or all between quotation marks.
func name(tokens []text.Token, i int) int {
	if i >= len(tokens) || tokens[i].Script != text.Arabic {
		return i
	}
	if i > 0 && (tokens[i-1].Fold == "«" || tokens[i-1].Fold == "“") {
		for j := i; j < len(tokens) && j < i+longestQuoted; j++ {
			if tokens[j].Fold == "»" || tokens[j].Fold == "”" {
				return j
			}
		}
	}
	fold := tokens[i].Fold
	if functionWord(fold) {
		return i
	}
	end := i + 1
	for end < len(tokens) && end < i+longestName && tokens[end].Script == text.Arabic && (opensName(tokens[end-1].Fold) || joinsName(tokens[end].Fold)) {
		end++
	}
	return end
}

// longestName is how many tokens a name without quotation marks may have: سيدي علي بن عون.
const longestName = 4

// joinsName reports the words that stand in the middle of a name.
func joinsName(fold string) bool {
	return fold == "بن" || fold == "ابن" || fold == "ولد" || fold == "دي"
}

// functionWord reports words that no name begins with.
func functionWord(fold string) bool {
	switch fold {
	case "في", "من", "الي", "علي", "عن", "التي", "الذي", "الذين", "هذا", "هذه", "ذلك", "تلك", "كان", "كانت", "قد", "لم", "ان", "و", "شعبي", "سكني", "كما",
		"نفسه", "نفسها", "ذاته", "ذاتها", "مجاور", "المجاور", "المذكور", "المذكوره", "مختلفه", "اخري", "بين", "حيث", "الواقع", "واحد",
		"قرب", "بالقرب", "قريبه", "تقع", "يقع", "تابعه", "التابعه", "واقعه", "الواقعه", "نائيه", "صغيره", "حدوديه", "مجاوره", "شمال", "جنوب", "شرق", "غرب",
		"شمالي", "جنوبي", "شرقي", "غربي", "غير", "السابق", "الجديد", "المنتخب", "الحالي", "الراحل", "الاسبق", "وسط", "وزير":
		return true
	}
	if rest, ok := strings.CutPrefix(fold, "و"); ok && rest != "" && functionWord(rest) {
		return true
	}
	return strings.HasPrefix(fold, "بال") || strings.HasPrefix(fold, "لل")
}

// opensName reports the first words of names that go on: سيدي منصور, بني مكادة, عين الشق.
func opensName(fold string) bool {
	switch fold {
	case "سيدي", "سيد", "مولاي", "بني", "اولاد", "ابن", "بن", "ابو", "ابي", "ام", "عين", "عبد", "دار", "باب", "جامع", "قصر", "راس", "تل", "كفر", "بير", "بئر", "حمام",
		"سوق", "واد", "وادي", "لاله", "حاسي", "برج", "الشيخ", "محمد", "لا", "سان", "سانت", "نهج", "شارع", "حد", "خميس", "اثنين", "ثلاثاء", "سبت", "جمعه", "ايت",
		"ولد", "دي", "اهل", "قره", "نجع", "كوم", "ميت", "شبين", "دير", "بيت", "حاره", "عزبه", "زاويه", "قلعه", "مرسي", "فم", "ثنيه", "مشرع", "جبل", "حوض", "جزيره", "غابه",
		"حوش", "خربه", "كديه", "هنشير", "غار", "منزل", "لوس", "سانتا", "بو", "با", "عرب", "بورت", "كاب", "الحاج", "اول", "فاتح":
		return true
	}
	return false
}

// remote reports whether the hit stands after كان and قد: its people were arrested before the time told of.
func remote(tokens []text.Token, hit facts.Hit) bool {
	const reach = 14
	since := false
	for i := hit.Start - 1; i >= 0 && i >= hit.Start-reach; i-- {
		switch tokens[i].Fold {
		case "قد":
			since = true
		case "كان", "كانت", "كانوا", "وكان", "وكانت", "وكانوا", "فكان":
			return since
		case ".", "؛", ":":
			return false
		}
	}
	return false
}
