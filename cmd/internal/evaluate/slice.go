package evaluate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Slices are the figures of a grouping by what makes it hard.
type Slices struct {
	Languages map[string]Pairs `json:"languages"` // pairs by their two languages: "ar-fr"
	Sizes     map[string]Pairs `json:"sizes"`     // pairs by the number of reports that the larger of their labelled stories has
	Copies    Pairs            `json:"copies"`    // pairs of which one is labelled as a near copy of the other
	Traps     map[string]Trap  `json:"traps"`     // pairs that are labelled apart, by why they might be taken for one
}

// Trap counts the pairs of one class, and those of them that were merged.
type Trap struct {
	Pairs  int `json:"pairs"`
	Merged int `json:"merged"`
}

// Classes of traps. A pair counts in the first that fits.
const (
	TrapMention    = "mention"    // one recalls the other's story
	TrapPeripheral = "peripheral" // one answers to the other's happening or comes back to it
	TrapPlace      = "same_place" // two happenings in one town within two weeks
	TrapDay        = "same_day"   // two happenings of one kind on one day, elsewhere
	TrapFollow     = "follow_up"  // within a week, and one is a trial, an opinion, a balance
)

// Slice cuts the figures of a grouping by languages, sizes of stories and classes of traps. Pairs without a routed language, and those that
// are neither right nor wrong, are left out.
func Slice(gold []Labelled, pred map[string]string) Slices {
	s := Slices{Languages: map[string]Pairs{}, Sizes: map[string]Pairs{}, Traps: map[string]Trap{}}
	for _, class := range []string{TrapMention, TrapPeripheral, TrapPlace, TrapDay, TrapFollow} {
		s.Traps[class] = Trap{}
	}
	size := map[string]int{}
	for _, r := range gold {
		if r.Role != "peripheral" {
			size[r.Story]++
		}
	}
	put := func(x, y Labelled) bool {
		return pred[x.ID] != "" && pred[x.ID] == pred[y.ID]
	}
	for i, x := range gold {
		for _, y := range gold[i+1:] {
			if routed(x) && routed(y) && !slices.Contains(x.Maybe, cmp.Or(y.Event, "-")) {
				s.add(x, y, max(size[x.Story], size[y.Story]), put(x, y))
			}
		}
	}
	for _, all := range []map[string]Pairs{s.Languages, s.Sizes} {
		for key, p := range all {
			p.rate()
			all[key] = p
		}
	}
	s.Copies.rate()
	return s
}

func (s *Slices) add(x, y Labelled, size int, put bool) {
	scored := x.Role != "peripheral" && y.Role != "peripheral"
	same := scored && x.Story == y.Story
	if class := trap(x, y); class != "" && !same {
		t := s.Traps[class]
		t.Pairs++
		if put {
			t.Merged++
		}
		s.Traps[class] = t
	}
	if !scored || !same && !put {
		return
	}
	languages := []string{x.Language, y.Language}
	slices.Sort(languages)
	count(s.Languages, strings.Join(languages, "-"), same, put)
	count(s.Sizes, sizeClass(size), same, put)
	if x.Near == y.ID || y.Near == x.ID {
		s.Copies.count(same, put)
	}
}

func count(all map[string]Pairs, key string, same, put bool) {
	p := all[key]
	p.count(same, put)
	all[key] = p
}

// sizeClass names a class of sizes.
func sizeClass(n int) string {
	switch {
	case n <= 3:
		return strconv.Itoa(n)
	case n <= 7:
		return "4-7"
	}
	return "8+"
}

// trap is the class of a pair that is labelled apart, "" where nothing makes it look like one.
func trap(x, y Labelled) string {
	apart := x.Time().Sub(y.Time()).Abs()
	const week = 7 * 24 * time.Hour
	switch {
	case x.Role == "peripheral" || y.Role == "peripheral":
		if x.About != "" && x.About == y.Event || y.About != "" && y.About == x.Event {
			return TrapPeripheral
		}
		return ""
	case slices.Contains(x.Mentions, y.Story) || slices.Contains(y.Mentions, x.Story):
		return TrapMention
	case apart > 2*week:
		return ""
	case town(x) != "" && town(x) == town(y):
		return TrapPlace
	case x.Kind == y.Kind && x.Facts.text("date") != "" && x.Facts.text("date") == y.Facts.text("date"):
		return TrapDay
	case apart <= week && follows(x) != follows(y):
		return TrapFollow
	}
	return ""
}

// town is the first labelled place, in the report's own words: it is comparable in one language alone.
func town(r Labelled) string {
	if places := r.Facts.texts("places"); len(places) > 0 {
		return places[0]
	}
	return ""
}

// follows tells whether a report is of a kind that follows a happening.
func follows(r Labelled) bool {
	return r.Kind == "justice" || r.Kind == "opinion" || r.Kind == "roundup"
}
