package index

import (
	"cmp"
	"slices"
	"strconv"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// scenes finds known stories, also those that take no more reports, by day and place: of what they tell and of what they recall.
type scenes struct {
	told, recalled map[uint64][]*Entry
}

func newScenes() scenes {
	return scenes{told: map[uint64][]*Entry{}, recalled: map[uint64][]*Entry{}}
}

// put holds a story under these keys in place of those that it had.
func (s scenes) put(e *Entry, told, recalled []uint64) {
	e.told = move(s.told, e, e.told, told)
	e.recalled = move(s.recalled, e, e.recalled, recalled)
}

func move(m map[uint64][]*Entry, e *Entry, from, to []uint64) []uint64 {
	if slices.Equal(from, to) {
		return from
	}
	for _, k := range from {
		if m[k] = without(m[k], e); len(m[k]) == 0 {
			delete(m, k)
		}
	}
	for _, k := range to {
		m[k] = append(m[k], e)
	}
	return to
}

func told(reports []*match.Report) []uint64 {
	var out []uint64
	for _, r := range reports {
		out = append(out, sceneKeys(r.Facts, 0)...)
	}
	return unique(out)
}

func recalled(reports []*match.Report) []uint64 {
	var out []uint64
	for _, r := range reports {
		for _, f := range r.Recalled {
			out = append(out, sceneKeys(f, match.Slack(f))...)
		}
	}
	return unique(out)
}

func unique(keys []uint64) []uint64 {
	slices.Sort(keys)
	return slices.Compact(keys)
}

// longest is how many days a dated happening may span and still be found by its day.
const longest = 40

// sceneKeys are the weeks of a happening, wider by so many days on either side, each with its places and with its pairs of countries: a
// report that recalls an old operation may name the services that worked together and no town. Nothing of a happening without a day.
func sceneKeys(f message.Facts, slack int) []uint64 {
	from, to, ok := match.Days(f.Day)
	if !ok || to-from > longest {
		return nil
	}
	marks := pairs(match.Countries(f))
	for _, p := range f.Places {
		if p.ID != "" && p.Kind != "country" {
			marks = append(marks, p.ID)
		}
	}
	var out []uint64
	for week := (from - slack) / 7; week <= (to+slack)/7; week++ {
		for _, m := range marks {
			out = append(out, match.Key(match.Place, m+"@"+strconv.Itoa(week)))
		}
	}
	return out
}

// pairs are all pairs of a few countries.
func pairs(countries []string) []string {
	const most = 5
	countries = slices.Clone(countries[:min(len(countries), most)])
	slices.Sort(countries)
	var out []string
	for i, a := range countries {
		for _, b := range countries[i+1:] {
			out = append(out, a+"+"+b)
		}
	}
	return out
}

// Told finds the stories whose main happening may be this one.
func (x *Index) Told(f message.Facts) []*Entry {
	return lookup(x.scenes.told, sceneKeys(f, match.Slack(f)))
}

// Recalling finds the stories that recall what may be this happening.
func (x *Index) Recalling(f message.Facts) []*Entry {
	return lookup(x.scenes.recalled, sceneKeys(f, 0))
}

func lookup(m map[uint64][]*Entry, keys []uint64) []*Entry {
	var out []*Entry
	for _, k := range keys {
		if list := m[k]; len(list) <= crowded {
			out = append(out, list...)
		}
	}
	slices.SortFunc(out, func(a, b *Entry) int { return cmp.Compare(a.ID(), b.ID()) })
	return slices.Compact(out)
}
