package story

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// quoted is how many reports of a value are quoted: the first show what it rests on, and every quotation is stored with each revision.
const quoted = 2

// passages are the sentences by which reports give a value, by article.
func (m *merger) passages(fact, value string, articles []string) map[string]string {
	var out map[string]string
	for _, x := range m.members {
		if len(out) == quoted || !slices.Contains(articles, x.Article) {
			continue
		}
		i := slices.IndexFunc(x.Passages, func(p message.Passage) bool {
			return slices.ContainsFunc(p.Gives, func(g message.Given) bool { return g.Fact == fact && gives(g.Value, value, x.Facts) })
		})
		if i < 0 {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[x.Article] = x.Passages[i].Text
	}
	return out
}

// gives tells whether evidence, which names a value as the report does, is for a merged value.
func gives(evidence, value string, f message.Facts) bool {
	switch {
	case evidence == value, evidence == value+"-"+value: // a single age
		return true
	case strings.HasPrefix(value, evidence+".."), strings.HasPrefix(value, evidence+" "), strings.HasPrefix(value, evidence+"-"):
		return true // the first day, goods without their amount, the lower bound
	case strings.HasPrefix(value, "about "):
		return gives(evidence, strings.TrimPrefix(value, "about "), f)
	}
	return slices.ContainsFunc(f.Places, func(p message.Place) bool { return p.Name == evidence && place(p) == value }) ||
		slices.ContainsFunc(f.Persons, func(p message.Person) bool { return p.Name == evidence && person(p) == value })
}

// tolls are the steps of the numbers of people that a happening hurt, by publication: what repeats the number that stands is no step. Copies
// repeat what they copy.
func tolls(told []telling) []message.Toll {
	var out []message.Toll
	for _, fact := range []struct {
		name string
		get  func(message.Facts) *message.Count
	}{
		{"killed", func(f message.Facts) *message.Count { return f.Killed }},
		{"wounded", func(f message.Facts) *message.Count { return f.Wounded }},
		{"rescued", func(f message.Facts) *message.Count { return f.Rescued }},
	} {
		stands := ""
		for _, t := range told {
			n := fact.get(t.member.Facts)
			if n == nil || t.member.CopyOf != "" || number(*n) == stands {
				continue
			}
			stands = number(*n)
			out = append(out, message.Toll{Fact: fact.name, Value: stands, Article: t.member.Article, Published: t.member.Published, Official: n.Official})
		}
	}
	return out
}
