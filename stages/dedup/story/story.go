// Package story makes the public record of a story from its reports: what most independent sources say, and what others say beside it.
package story

import (
	"cmp"
	"slices"
	"time"

	"rawi/pipeline/message"
)

// Build computes from the members of a story all that follows from them. What it keeps of s is its identity, its revision and change, its
// decision, its reports' titles and addresses, its links to other stories, and when it was first seen, unless a member was fetched before.
// Members without a report in s are left out.
func Build(s message.Story, members []message.Member) message.Story {
	s.Type = message.StoryV1
	told := pair(s.Reports, members)
	s.Reports = reports(told)
	if len(told) == 0 {
		return s
	}
	voice := independent(told)
	s.Independent = len(distinct(voice))
	s.Facts, s.Values = facts(told, voice)
	s.Tolls = tolls(told)
	s.Kind, s.Country = s.Facts.Kind, s.Facts.Country
	s.Titles = titles(told)
	s.FirstSeen, s.LastChanged = firstSeen(s.FirstSeen, told), s.Decision.At.UTC()
	return s
}

// telling is a member of a story with its report.
type telling struct {
	member *message.Member
	report message.Report
}

// pair joins members with their reports, by publication.
func pair(reports []message.Report, members []message.Member) []telling {
	known := make(map[string]int, len(reports))
	for i, r := range reports {
		known[r.Article] = i
	}
	out := make([]telling, 0, len(members))
	for i := range members {
		m := &members[i]
		if j, ok := known[m.Article]; ok {
			r := reports[j]
			r.CopyOf = m.CopyOf
			out = append(out, telling{m, r})
		}
	}
	slices.SortFunc(out, func(a, b telling) int {
		if d := a.member.Published.Compare(b.member.Published); d != 0 {
			return d
		}
		return cmp.Compare(a.member.Article, b.member.Article)
	})
	return out
}

func reports(told []telling) []message.Report {
	var out []message.Report
	for _, t := range told {
		out = append(out, t.report)
	}
	return out
}

// firstSeen is the earliest fetch of a story's reports. A correction takes the place of its report, so what was known before counts too.
func firstSeen(known time.Time, told []telling) time.Time {
	first := known
	for _, t := range told {
		fetched := t.member.Fetched
		if fetched.IsZero() {
			fetched = t.member.Published
		}
		if first.IsZero() || fetched.Before(first) {
			first = fetched
		}
	}
	return first.UTC()
}

// independent names for each article the source that it ultimately rests on: copies speak with the voice of their original, outlets of one
// owner with one voice.
func independent(told []telling) map[string]string {
	owners := make(map[string]string, len(told))
	for _, t := range told {
		owners[t.member.Article] = owner(t.member)
	}
	voice := make(map[string]string, len(told))
	for _, t := range told {
		article := t.member.Article
		voice[article] = owners[article]
		if original, ok := owners[t.member.CopyOf]; ok {
			voice[article] = original
		}
	}
	return voice
}

func distinct(voice map[string]string) map[string]bool {
	out := map[string]bool{}
	for _, v := range voice {
		out[v] = true
	}
	return out
}

func owner(m *message.Member) string {
	if m.Family != "" {
		return "family " + m.Family
	}
	return m.Source
}

// titles takes for each language the title of the report that tells most.
func titles(all []telling) map[string]string {
	best, out := map[string]int{}, map[string]string{}
	for _, t := range all {
		lang := t.report.Language
		if n := detail(t.member); t.report.Title != "" && n > best[lang] {
			best[lang], out[lang] = n, t.report.Title
		}
	}
	return out
}

// detail is how much a report tells: facts count more than words.
func detail(m *message.Member) int {
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
