package story

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// tally counts who gives which value of one fact.
type tally struct {
	order  []string // values by first mention
	by     map[string][]string
	values map[string]any
}

func newTally() *tally { return &tally{by: map[string][]string{}, values: map[string]any{}} }

func (t *tally) add(key, article string, value any) {
	if key == "" {
		return
	}
	if _, ok := t.by[key]; !ok {
		t.order = append(t.order, key)
		t.values[key] = value
	}
	t.by[key] = append(t.by[key], article)
}

// ranked are the values, that of most voices first, then that of most reports, then by first mention.
func (t *tally) ranked(voices map[string]string) []string {
	rank := slices.Clone(t.order)
	weight := map[string]int{}
	for key, articles := range t.by {
		distinct := map[string]bool{}
		for _, a := range articles {
			distinct[voices[a]] = true
		}
		weight[key] = 1000*len(distinct) + len(articles)
	}
	slices.SortStableFunc(rank, func(a, b string) int { return cmp.Compare(weight[b], weight[a]) })
	return rank
}

// facts merges what members say, fact by fact, and lists every value with the reports that give it. Members stand by publication; those of
// which only the identity is kept say nothing.
func facts(told []telling, voice map[string]string) (message.Facts, []message.Value) {
	m := merger{voice: voice}
	for _, t := range told {
		if !t.member.Reduced || t.member.Facts.Kind != "" {
			m.members = append(m.members, t.member)
		}
	}
	return m.merge(), m.out
}

type merger struct {
	members []*message.Member
	voice   map[string]string
	out     []message.Value
}

func (m *merger) merge() message.Facts {
	var f message.Facts
	f.Kind = text(m, "kind", func(f message.Facts) string { return f.Kind })
	f.Action = text(m, "action", func(f message.Facts) string { return f.Action })
	f.Country = text(m, "country", func(f message.Facts) string { return f.Country })
	f.Group = text(m, "group", func(f message.Facts) string { return f.Group })
	f.Day = one(m, "day", func(f message.Facts) *message.Days { return f.Day }, days)
	f.Announced = one(m, "announced", func(f message.Facts) *message.Days { return f.Announced }, days)
	f.Arrested = one(m, "arrested", func(f message.Facts) *message.Count { return f.Arrested }, number)
	f.Killed = toll(m, "killed", func(f message.Facts) *message.Count { return f.Killed })
	f.Wounded = toll(m, "wounded", func(f message.Facts) *message.Count { return f.Wounded })
	f.Rescued = toll(m, "rescued", func(f message.Facts) *message.Count { return f.Rescued })
	f.Ages = one(m, "ages", func(f message.Facts) *message.Range { return f.Ages }, ages)
	f.Places = list(m, "places", func(f message.Facts) []message.Place { return f.Places }, place)
	f.Agencies = list(m, "agencies", func(f message.Facts) []string { return f.Agencies }, itself)
	f.Partners = list(m, "partners", func(f message.Facts) []string { return f.Partners }, itself)
	f.Seized = list(m, "seized", func(f message.Facts) []message.Goods { return f.Seized }, goods)
	f.Persons = list(m, "persons", func(f message.Facts) []message.Person { return f.Persons }, person)
	return f
}

// text is the value of most voices.
func text(m *merger, fact string, get func(message.Facts) string) string {
	t := newTally()
	for _, x := range m.members {
		v := get(x.Facts)
		t.add(v, x.Article, v)
	}
	if rank := m.publish(fact, t); len(rank) > 0 {
		return rank[0]
	}
	return ""
}

// one is the value of most voices of a fact that has one value a report.
func one[T any](m *merger, fact string, get func(message.Facts) *T, key func(T) string) *T {
	t := newTally()
	for _, x := range m.members {
		if v := get(x.Facts); v != nil {
			t.add(key(*v), x.Article, *v)
		}
	}
	rank := m.publish(fact, t)
	if len(rank) == 0 {
		return nil
	}
	best := t.values[rank[0]].(T)
	return &best
}

// toll is the number to go by where people come to harm. It rises as more is known, so a later report counts for more than an earlier one, and
// what an authority says for more than what others say: the last official number stands until two independent sources give another. Where
// there is none, it is the last number given. Copies repeat what they copy, however late.
func toll(m *merger, fact string, get func(message.Facts) *message.Count) *message.Count {
	one(m, fact, get, number)
	since := map[string]map[string]bool{} // voices that gave a number after the official one that stands
	var last *message.Count
	official := false
	for _, x := range m.members {
		v := get(x.Facts)
		if v == nil || x.CopyOf != "" {
			continue
		}
		key := number(*v)
		if since[key] == nil {
			since[key] = map[string]bool{}
		}
		since[key][m.voice[x.Article]] = true
		if v.Official || !official || len(since[key]) > 1 {
			last = v
		}
		if v.Official {
			official, since = true, map[string]map[string]bool{}
		}
	}
	if last == nil {
		return nil
	}
	best := *last
	return &best
}

// list are all values of a fact that may have several a report, that of most voices first.
func list[T any](m *merger, fact string, get func(message.Facts) []T, key func(T) string) []T {
	t := newTally()
	for _, x := range m.members {
		seen := map[string]bool{}
		for _, v := range get(x.Facts) {
			if k := key(v); !seen[k] {
				seen[k] = true
				t.add(k, x.Article, v)
			}
		}
	}
	var out []T
	for _, k := range m.publish(fact, t) {
		out = append(out, t.values[k].(T))
	}
	return out
}

// publish lists the values of one fact and returns them by rank.
func (m *merger) publish(fact string, t *tally) []string {
	rank := t.ranked(m.voice)
	for _, k := range rank {
		m.out = append(m.out, message.Value{Fact: fact, Value: k, Reports: t.by[k], Passages: m.passages(fact, k, t.by[k])})
	}
	return rank
}

func itself(s string) string { return s }

func days(d message.Days) string {
	if d.From == d.To {
		return d.From
	}
	return d.From + ".." + d.To
}

func number(c message.Count) string {
	var b strings.Builder
	if c.Approx {
		b.WriteString("about ")
	}
	fmt.Fprint(&b, c.N)
	if c.Max > c.N {
		fmt.Fprintf(&b, "-%d", c.Max)
	}
	return b.String()
}

func ages(r message.Range) string {
	if r.Min == r.Max {
		return fmt.Sprint(r.Min)
	}
	return fmt.Sprintf("%d-%d", r.Min, r.Max)
}

func place(p message.Place) string {
	if p.ID != "" {
		return p.ID
	}
	return cmp.Or(p.Key, p.Name)
}

func goods(g message.Goods) string {
	if g.Amount == 0 {
		return g.Concept
	}
	b, _ := json.Marshal(g.Amount) // a float64 that was read from JSON can be written
	return strings.TrimSpace(g.Concept + " " + string(b) + " " + g.Unit)
}

func person(p message.Person) string { return cmp.Or(p.Key, p.Name) }
