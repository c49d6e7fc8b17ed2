package facts

import (
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

// officePrefix begins the key of an official told by the office alone, which no key of a name does.
const officePrefix = "office:"

// personsOf gathers the people named, which is by a name after a title or an office, and officials told by their office alone.
func (p *page) personsOf(main []*sentence) ([]message.Person, []message.Evidence) {
	var persons []message.Person
	var evidence []message.Evidence
	seen := map[string]bool{}
	add := func(s *sentence, who message.Person, rule string, start, end int) {
		if len(persons) == maxPersons || who.Key == "" || seen[who.Key] {
			return
		}
		seen[who.Key] = true
		persons = append(persons, who)
		if e, ok := s.evidence("persons", who.Name, rule, start, end); ok {
			evidence = append(evidence, e)
		}
	}
	for _, s := range main {
		for _, h := range s.hits {
			who, rule, start, end := p.person(s, h)
			add(s, who, rule, start, end)
		}
		for _, at := range s.someone {
			if at.end-at.start > 1 {
				add(s, message.Person{Name: at.place.Name, Key: at.place.Key}, "person/name", at.start, at.end)
			}
		}
	}
	return persons, evidence
}

// person is who a title or an office stands for; without a key where nobody is told by it.
func (p *page) person(s *sentence, h Hit) (who message.Person, rule string, start, end int) {
	if h.Class != classTitle && h.Class != classOffice {
		return who, "", 0, 0
	}
	start, end = p.holder(s, h)
	name := s.surface(start, end)
	if key := text.NameKey(name); key != "" && spotAt(s.spots, start) < 0 && (h.Class == classTitle || p.mayBeName(s, start, end)) {
		role := h.Value
		if h.Class == classOffice {
			role = official
		}
		return message.Person{Name: name, Key: key, Role: role}, "person/title", start, end
	}
	if h.Class == classTitle {
		return who, "", 0, 0
	}
	name = s.surface(h.Start, h.End)
	return message.Person{Name: name, Key: officePrefix + h.Value, Role: official}, "person/office", h.Start, h.End
}

// holder is the name of who a title or an office stands for: behind a comma where a language has capitals, and with the family name after
// عبد الوافي.
func (p *page) holder(s *sentence, h Hit) (start, end int) {
	const whole = 2 // words of a name that nobody doubts
	start, end = p.personAfter(s, h)
	switch {
	case p.g.Forms == nil && h.Class == classOffice && start < len(s.tokens) && s.tokens[start].Fold == ",":
		if behind := p.g.Name(s.tokens, start+1); behind-start > whole {
			return start + 1, behind
		}
	case p.g.Forms != nil && end-start == whole && end < len(s.tokens) && strings.HasPrefix(s.tokens[start].Fold, "عبد"):
		if s.tokens[end].Script == text.Arabic && p.mayBeName(s, end, end+1) && !p.joinsAnother(s, end) {
			end++
		}
	}
	return start, end
}

// joinsAnother reports whether "and" is written onto token i.
func (p *page) joinsAnother(s *sentence, i int) bool {
	return p.g.AndPrefix != "" && strings.HasPrefix(s.tokens[i].Fold, p.g.AndPrefix)
}

// mayBeName reports whether words after an office can be the name of who holds it, in a script without capitals: عبد الوافي لفتيت, but not
// في تصريح or المغربي.
func (p *page) mayBeName(s *sentence, start, end int) bool {
	if p.g.Forms == nil {
		return true
	}
	for i := start; i < end; i++ {
		_, word := s.hitAt(i, classAnnounce, classStatement, classOperation, classLocative, classPart, classService)
		if word || p.g.Stop[s.tokens[i].Fold] || s.inDate(i) {
			return false
		}
	}
	return !strings.HasPrefix(s.tokens[start].Fold, "ال")
}

// official is the role of people who hold an office.
const official = "official"

// personAfter is the name after a title: past whose office it is, and two words long where the language does not show where it ends.
func (p *page) personAfter(s *sentence, h Hit) (start, end int) {
	start = h.End
	for start < len(s.tokens) && p.countryAt(s, start) != "" {
		start++ // الرئيس الأمريكي باراك أوباما
	}
	end = p.g.Name(s.tokens, start)
	if p.g.Forms != nil && end == start+1 && end < len(s.tokens) && s.tokens[end].Script == text.Arabic && !p.g.Stop[s.tokens[end].Fold] {
		end++
	}
	return start, end
}
