package places

import (
	"slices"
	"strings"

	"rawi/stages/text"
)

// addCues reads the words that announce a place: language, kind ("" for any), words apart by "|".
func (t *Table) addCues() error {
	f, err := data.Open("data/cues.tsv")
	if err != nil {
		return err
	}
	defer f.Close()
	return eachRow(f, 3, func(c []string) error {
		for w := range strings.SplitSeq(c[2], "|") {
			t.cues[text.Fold(w)] = strings.TrimSpace(c[1])
		}
		return nil
	})
}

// Announces reports whether a folded word announces the name of a kind of place: ville, مدينة.
func (t *Table) Announces(fold string) bool { return t.cues[fold] != "" }

// reach is how far before a name its cue may stand: "la ville côtière de Fès".
const reach = 3

// cueBefore looks for a word that announces a place and for the kind it announces. A joined Arabic preposition is a cue of its own.
func (t *Table) cueBefore(words []word, c candidate) (kind string, cued bool) {
	cued = c.prep
	for i := c.from - 1; i >= 0 && i >= c.from-reach; i-- {
		w := &words[i]
		if w.form == "" {
			break
		}
		kind, ok := t.cue(w)
		if ok && (kind != "" || i == c.from-1) {
			return kind, true
		}
		if !ok && !link(w.form) {
			break
		}
	}
	return "", cued
}

// link words may stand between the cue and the name.
func link(form string) bool {
	switch form {
	case "de", "d", "du", "la", "le", "l", "les", "des", "ville":
		return true
	}
	return false
}

func (t *Table) cue(w *word) (kind string, ok bool) {
	if !w.arabic {
		kind, ok = t.cues[w.form]
		return kind, ok
	}
	var space [maxVariants]variant
	for _, v := range variants(w.form, &space) {
		if kind, ok = t.cues[v.form]; ok {
			return kind, true
		}
	}
	if joined, ok := strings.CutSuffix(w.form, quarter); ok && slices.Contains(joinable, joined) {
		return t.cues[quarter], true
	}
	return "", false
}

// quarter is the one cue too short to have particles taken off, and joinable are those that it may have.
const quarter = "حي"

var joinable = []string{"و", "ف", "ب", "ل", "وب", "ول", "فب"}

// announced is stricter than cueBefore: a joined preposition does not do.
func (t *Table) announced(words []word, c candidate) bool {
	c.prep = false
	_, cued := t.cueBefore(words, c)
	return cued
}
