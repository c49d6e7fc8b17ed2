package index

import (
	"cmp"
	"slices"
	"strconv"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// scenes finds known stories, also those that take no more reports, by day and place: of what they tell and of what they recall.
type scenes struct{ told, recalled pairs }

// recollect finds the keys under which a story stands, before its reports change.
func (s *scenes) recollect(e *Entry, stands bool) {
	if !e.keyed && stands {
		e.told, e.recalled = told(e.Reports), recalled(e.Reports)
	}
	e.keyed = true
}

// put holds a story under the keys of its reports in place of those that it had, or under none.
func (s *scenes) put(e *Entry, stands bool) {
	var tells, recalls []uint64
	if stands {
		tells, recalls = told(e.Reports), recalled(e.Reports)
	}
	e.told, e.recalled = s.told.move(e.slot, e.told, tells), s.recalled.move(e.slot, e.recalled, recalls)
}

// move puts a story under other keys.
func (p *pairs) move(slot uint32, from, to []uint64) []uint64 {
	if slices.Equal(from, to) {
		return from
	}
	for _, k := range from {
		p.remove(k, slot)
	}
	for _, k := range to {
		p.add(k, slot)
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

func unique[T cmp.Ordered](keys []T) []T {
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
	marks := couples(match.Countries(&f))
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

// couples are all pairs of a few countries.
func couples(countries []string) []string {
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
	return x.entries(x.scenes.told.lookup(sceneKeys(f, match.Slack(f))))
}

// Recalling finds the stories that recall what may be this happening.
func (x *Index) Recalling(f message.Facts) []*Entry {
	return x.entries(x.scenes.recalled.lookup(sceneKeys(f, 0)))
}

// entries are the stories of some rows, by their ids.
func (x *Index) entries(slots []uint32) []*Entry {
	out := make([]*Entry, len(slots))
	for i, slot := range slots {
		out[i] = x.entry(slot)
	}
	return inOrder(out)
}

// lookup finds the stories under any of some keys that not too many have.
func (p *pairs) lookup(keys []uint64) []uint32 {
	var out []uint32
	for _, k := range keys {
		if list := p.find(k, crowded); len(list) <= crowded {
			out = append(out, list...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
