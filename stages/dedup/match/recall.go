package match

import "rawi/pipeline/message"

// Recalls tells whether a recalled happening is the one that another report tells: the days meet, nothing contradicts, and a place or two
// other facts agree. What is recalled is told in a sentence or two, so it is judged by its typed facts alone.
func (m *Matcher) Recalls(recalled, told message.Facts) bool {
	if apart(told.Kind) {
		return false
	}
	gap, ok := daysBetween(recalled, told)
	if !ok || gap > Slack(recalled) || contradict(recalled, told) {
		return false
	}
	agreed := m.placesAgree(recalled, told)
	if agreed < 0 && !m.sameArea(recalled, told) {
		return false
	}
	agreed = max(agreed, 0) + factsAgree(recalled, told)
	if gap > announced {
		return agreed >= certain
	}
	return agreed >= likely
}

// recallsUndated tells whether a report, which names no day for what it recalls, recalls what an earlier one tells: that lies where its own
// happening does, and the numbers of people agree with it and not with its own. La deuxième opération du genre dans la ville, après celle où trois
// hommes ont été arrêtés.
func (m *Matcher) recallsUndated(recalled message.Facts, by, told *Report) bool {
	own, other := &by.Facts, &told.Facts
	if recalled.Day != nil || apart(other.Kind) || contradict(recalled, *other) || later(told, by) {
		return false
	}
	if !anyDiffers(&recalled, own) || anyDiffers(&recalled, other) {
		return false
	}
	agreed := m.placesAgree(recalled, *other)
	if agreed < 0 || m.placesAgree(*own, *other) < 0 {
		return false
	}
	agreed += sameCount(recalled.Arrested, other.Arrested) + sameCount(recalled.Killed, other.Killed)
	if shares(recalled.Agencies, other.Agencies) && !shares(recalled.Agencies, own.Agencies) {
		agreed++
	}
	return agreed >= undated
}

// anyDiffers tells whether two happenings count other people arrested or killed.
func anyDiffers(a, b *message.Facts) bool {
	return differs(a.Arrested, b.Arrested) || differs(a.Killed, b.Killed)
}

func differs(a, b *message.Count) bool { return a != nil && b != nil && a.N != b.N }

// How many agreements make a recalled happening likely the one told, how many do where the days do not quite meet, and how many where it
// has no day, and the happening of its report differs.
const (
	likely  = 4
	certain = 7
	undated = 3
)

// announced is how many days may lie between an act and the day on which others date it.
const announced = 2

// Slack is how many days a recalled happening may lie from where its report dates it: a month if it names only the month, since what
// others remember of a date is its season.
func Slack(recalled message.Facts) int {
	if recalled.Day != nil && recalled.Day.Precision == message.PrecisionMonth {
		return 31
	}
	return announced
}

// contradict tells whether two happenings differ in a way that no wording explains.
func contradict(a, b message.Facts) bool {
	x, y := family(a.Action), family(b.Action)
	if x != "" && y != "" && x != y && (step(x) || step(y)) {
		return true
	}
	return a.Ages != nil && b.Ages != nil && (a.Ages.Min > b.Ages.Max+1 || b.Ages.Min > a.Ages.Max+1)
}

// factsAgree counts what two happenings have in common beyond place and day.
func factsAgree(a, b message.Facts) int {
	n := sameCount(a.Arrested, b.Arrested) + sameCount(a.Killed, b.Killed)
	if a.Ages != nil && b.Ages != nil && *a.Ages == *b.Ages {
		n += 2
	}
	if shares(a.Agencies, b.Agencies) {
		n++
	}
	if len(a.Partners) > 0 && len(b.Partners) > 0 && shares(a.Partners, b.Partners) {
		n++
	}
	switch x := family(a.Action); {
	case x != "" && x == family(b.Action):
		n++
	case x != "": // what is recalled by what was done is not an accident
		n -= 2
	}
	if a.Group != "" && a.Group == b.Group {
		n++
	}
	if gap, ok := daysBetween(a, b); ok && gap <= announced && exactDay(a) && exactDay(b) {
		n++
	}
	return n
}

func exactDay(f message.Facts) bool {
	from, to, ok := Days(f.Day)
	return ok && to-from <= announced
}

// daysBetween is the gap between the days of two happenings, 0 where they touch; not ok where one has none.
func daysBetween(a, b message.Facts) (int, bool) {
	from, to, ok := Days(a.Day)
	f, t, also := Days(b.Day)
	return max(0, f-to, from-t), ok && also
}

// step tells whether an action is never another one told in other words.
func step(action string) bool { return exclusive(action) || action == message.ActionTrial }

// compareBackground weighs that one report only recalls what the other tells.
func (c *comparison) compareBackground() {
	for _, f := range c.a.Recalled {
		if c.m.Recalls(f, c.b.Facts) || c.m.recallsUndated(f, c.a, c.b) {
			c.veto("background", "the earlier report recalls the other's happening")
			return
		}
	}
	for _, f := range c.b.Recalled {
		if c.m.Recalls(f, c.a.Facts) || c.m.recallsUndated(f, c.b, c.a) {
			c.veto("background", "the later report recalls the other's happening")
			return
		}
	}
}

// placesAgree is 2 where a scene is shared, 0 where one side names none, -1 where both name scenes and none agree.
func (m *Matcher) placesAgree(a, b message.Facts) int {
	x, y := scenes(&a), scenes(&b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	c := comparison{m: m}
	for _, p := range x {
		for _, q := range y {
			if value, _ := c.relation(p, q); value >= 0.45 {
				return 2
			}
		}
	}
	return -1
}

// sameArea tells whether a scene of one happening lies so near one of the other that both may be names of it: a mountain range and the town below.
func (m *Matcher) sameArea(a, b message.Facts) bool {
	for _, p := range scenes(&a) {
		for _, q := range scenes(&b) {
			if p.ID != "" && q.ID != "" && m.places.Near(p.ID, q.ID, faraway) {
				return true
			}
		}
	}
	return false
}

func sameCount(a, b *message.Count) int {
	switch {
	case a == nil || b == nil || a.N != b.N:
		return 0
	case a.N > 2:
		return 2
	}
	return 1
}

func shares(a, b []string) bool {
	both, _ := overlap(a, b)
	return both != ""
}
