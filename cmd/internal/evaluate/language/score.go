package language

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"
	"unicode"

	"rawi/pipeline/message"
)

// Count is how the texts of one language, or of one length, were told.
type Count struct {
	Texts  int            `json:"texts"`
	Right  int            `json:"right"`
	Untold int            `json:"und"`   // nothing was said; where the stage has no name for the language this is the best it can do
	French int            `json:"as_fr"` // wrongly
	Arabic int            `json:"as_ar"` // wrongly
	Taken  map[string]int `json:"taken_for,omitempty"`
}

// Class are the texts of one length.
type Class struct {
	Letters string `json:"letters"`
	French  Count  `json:"fr"`     // texts that are French
	Arabic  Count  `json:"ar"`     // texts that are Arabic
	Others  Count  `json:"others"` // all others
}

// Cost is the processor time and the time on the clock of one text.
type Cost struct {
	CPU     time.Duration `json:"cpu_mean_ns"`
	CPU99   time.Duration `json:"cpu_p99_ns"`
	Wall    time.Duration `json:"wall_mean_ns"`
	Wall99  time.Duration `json:"wall_p99_ns"`
	Longest time.Duration `json:"wall_longest_ns"`
}

// Score sums up how texts were told.
type Score struct {
	Texts       int              `json:"texts"`
	Right       int              `json:"right"`
	Mixed       int              `json:"mixed"`
	Languages   map[string]Count `json:"languages"`
	Lengths     []Class          `json:"lengths"`
	Confidences map[string]Count `json:"confidences"`
	Methods     map[string]Count `json:"methods"`
	Cost        Cost             `json:"cost"`
	Loaded      uint64           `json:"stage_bytes"` // live memory that the stage holds

	took []Took
}

// lengths are the classes of length, each from so many letters on.
var lengths = []struct {
	name string
	from int
}{{"under 20", 0}, {"20 to 59", 20}, {"60 to 119", 60}, {"120 to 199", 120}, {"200 to 499", 200}, {"500 to 1999", 500}, {"2000 and more", 2000}}

// Add counts one prediction.
func (s *Score) Add(t Text, p Prediction, took Took) {
	if s.Languages == nil {
		s.Languages, s.Confidences, s.Methods = map[string]Count{}, map[string]Count{}, map[string]Count{}
		for _, l := range lengths {
			s.Lengths = append(s.Lengths, Class{Letters: l.name})
		}
	}
	s.Texts++
	if p.Language == t.Language {
		s.Right++
	}
	if p.Mixed {
		s.Mixed++
	}
	for key, counts := range map[string]map[string]Count{t.Language: s.Languages, p.Confidence: s.Confidences, p.Method: s.Methods} {
		counts[key] = counts[key].and(t, p)
	}
	class := &s.Lengths[classOf(*t.Text)]
	switch t.Language {
	case "fr":
		class.French = class.French.and(t, p)
	case "ar":
		class.Arabic = class.Arabic.and(t, p)
	default:
		class.Others = class.Others.and(t, p)
	}
	s.took = append(s.took, took)
}

func classOf(text string) int {
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return sort.Search(len(lengths), func(i int) bool { return lengths[i].from > letters }) - 1
}

// and is a count with one text more.
func (c Count) and(t Text, p Prediction) Count {
	c.Texts++
	if p.Language == t.Language {
		c.Right++
		return c
	}
	switch p.Language {
	case message.Undetermined:
		c.Untold++
		return c
	case "fr":
		c.French++
	case "ar":
		c.Arabic++
	}
	if c.Taken == nil {
		c.Taken = map[string]int{}
	}
	c.Taken[p.Language]++
	return c
}

// Finish works out what the texts cost. loaded is the live memory of the stage in bytes.
func (s *Score) Finish(loaded uint64) {
	s.Loaded = loaded
	s.Lengths = slices.DeleteFunc(s.Lengths, func(c Class) bool { return c.French.Texts+c.Arabic.Texts+c.Others.Texts == 0 })
	if len(s.took) == 0 {
		return
	}
	s.Cost.CPU, s.Cost.CPU99, _ = spread(s.took, func(t Took) time.Duration { return t.CPU })
	s.Cost.Wall, s.Cost.Wall99, s.Cost.Longest = spread(s.took, func(t Took) time.Duration { return t.Wall })
}

// spread is the mean, what 99 % of the texts take no more than, and the most.
func spread(took []Took, of func(Took) time.Duration) (mean, p99, most time.Duration) {
	all := make([]time.Duration, len(took))
	for i, t := range took {
		all[i] = of(t)
		mean += all[i]
	}
	slices.Sort(all)
	return mean / time.Duration(len(all)), all[(99*len(all)+99)/100-1], all[len(all)-1]
}

// byTexts are the keys of counts, those with most texts first.
func byTexts(counts map[string]Count) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b].Texts-counts[a].Texts, cmp.Compare(a, b))
	})
}
