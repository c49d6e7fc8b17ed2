// Package story makes the public record of a story from its reports: what most independent sources say, and what others say beside it.
package story

import (
	"cmp"
	"slices"

	"rawi/pipeline/message"
)

// Build computes from the members of a story all that follows from them. What it keeps of s is its identity, its revision and change, its
// decision, its reports' titles and addresses, and its links to other stories. Members without a report in s are left out.
func Build(s message.Story, members []message.Member) message.Story {
	s.Type = message.StoryV1
	members = withReports(members, s.Reports)
	s.Reports = reports(s.Reports, members)
	if len(members) == 0 {
		return s
	}
	voices := independent(members)
	s.Independent = len(voices)
	s.Facts, s.Values = facts(members, voices)
	s.Kind, s.Country = s.Facts.Kind, s.Facts.Country
	s.Titles = titles(s.Reports, members)
	s.FirstSeen, s.LastChanged = members[0].Published, members[0].Published
	for _, m := range members {
		if m.Published.Before(s.FirstSeen) {
			s.FirstSeen = m.Published
		}
		if m.Published.After(s.LastChanged) {
			s.LastChanged = m.Published
		}
	}
	return s
}

func withReports(members []message.Member, reports []message.Report) []message.Member {
	known := map[string]bool{}
	for _, r := range reports {
		known[r.Article] = true
	}
	return slices.DeleteFunc(slices.Clone(members), func(m message.Member) bool { return !known[m.Article] })
}

// reports orders the reports of members by publication.
func reports(all []message.Report, members []message.Member) []message.Report {
	member := map[string]message.Member{}
	for _, m := range members {
		member[m.Article] = m
	}
	var out []message.Report
	for _, r := range all {
		if m, ok := member[r.Article]; ok {
			r.CopyOf = m.CopyOf
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b message.Report) int {
		if d := member[a.Article].Published.Compare(member[b.Article].Published); d != 0 {
			return d
		}
		return cmp.Compare(a.Article, b.Article)
	})
	return out
}

// independent groups articles by the source that they ultimately rest on: copies speak with the voice of their original, outlets of one
// owner with one voice.
func independent(members []message.Member) map[string][]string {
	voice := map[string]string{}
	for _, m := range members {
		voice[m.Article] = owner(m)
	}
	voices := map[string][]string{}
	for _, m := range members {
		v := voice[m.Article]
		if original, ok := voice[m.CopyOf]; ok {
			v = original
		}
		voices[v] = append(voices[v], m.Article)
	}
	return voices
}

func owner(m message.Member) string {
	if m.Family != "" {
		return "family " + m.Family
	}
	return m.Source
}

// titles takes for each language the title of the report that tells most.
func titles(reports []message.Report, members []message.Member) map[string]string {
	detail := map[string]int{}
	for _, m := range members {
		detail[m.Article] = told(m)
	}
	best, out := map[string]int{}, map[string]string{}
	for _, r := range reports {
		if n := detail[r.Article]; r.Title != "" && n > best[r.Language] {
			best[r.Language], out[r.Language] = n, r.Title
		}
	}
	return out
}

// told is how much a report tells: facts count more than words.
func told(m message.Member) int {
	f := m.Facts
	n := 1 + len(m.Signature.Words)/10 + 3*len(f.Places) + 2*len(f.Agencies) + 2*len(f.Partners) + 2*len(f.Seized)
	for _, c := range []*message.Count{f.Arrested, f.Killed, f.Wounded, f.Rescued} {
		if c != nil {
			n += 4
		}
	}
	if f.Day != nil {
		n += 4
	}
	if f.Ages != nil {
		n += 4
	}
	return n
}
