package facts

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// addLocal adds the names that follow quartier, حي, village; a name of the table keeps its place and gains the mark.
func (p *page) addLocal(s *sentence, found []spot) []spot {
	for _, h := range s.hits {
		if h.Class != classLocal || s.alive(h) {
			continue
		}
		start := p.skipLink(s, h.End)
		if spotAt(found, h.Start) >= 0 {
			continue
		}
		if named, ok := p.datedQuarter(s, h, start); ok {
			found = append(found, named)
			continue
		}
		if i := spotAt(found, start); i >= 0 && p.beginsAnother(s, found[i]) {
			found = slices.Delete(found, i, i+1)
		} else if i >= 0 {
			found[i].announce(s, h)
			p.ownQuarter(s, h, &found[i])
			continue
		}
		if localKind(h.Value) == places.KindRegion && p.g.Forms != nil || h.Value == "area" {
			continue // جهة التحقيق is no region; those that are stand in the table
		}
		if _, another := s.hitAt(start, classLocal); another && p.g.Forms != nil {
			continue // منطقة شاطئ السويحل: the next word announces it
		}
		if _, word := s.hitAt(start, classNotPlace); word {
			continue // شاطئ معزول, مدينة تعيش من البحر
		}
		end := p.g.withEpithet(s, start, p.g.Name(s.tokens, start))
		for _, other := range found {
			if other.start > start && other.start < end {
				end = other.start
			}
		}
		if end <= start || h.Value == "district" && !s.regionAt(end) {
			continue
		}
		from, name := start, s.surface(start, end)
		if h.Value == "site" || h.Value == "named" && start == h.End || h.Value == "terrain" {
			from, name = h.Start, s.surface(h.Start, end)
		}
		if p.g.Forms != nil {
			joined, bare := p.joined(s.tokens[h.Start].Fold, h)
			if !bare || s.describes(h, start) || strings.HasSuffix(s.tokens[h.End-1].Text, "ه") {
				continue // الحي is no name's first word, and بلده is his country
			}
			if name = s.surface(start, end); h.Value == "site" || h.Value == "terrain" || h.Value == "quarter" {
				from, name = h.Start, dropRunes(s.surface(h.Start, end), joined) // حي belongs to the name: حي السلام
			}
		}
		found = append(found, spot{
			start: from, end: end, kind: localKind(h.Value), certain: true, local: true,
			place: message.Place{Name: name, Kind: localKind(h.Value), Key: text.NameKey(s.surface(start, end))},
		})
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].start < found[j].start })
	return found
}

// beginsAnother reports whether a name that is no sure place is only the first word of the longer one announced: zone de Beni Bouattab.
func (p *page) beginsAnother(s *sentence, at spot) bool {
	return p.g.Forms == nil && !at.certain && at.match.Place != nil && p.g.Name(s.tokens, at.start) > at.end
}

// ownQuarter makes a quarter of its own of a name that حي announces and that the table has for a town elsewhere: حي الرياض, but بحي مولاي رشيد.
func (p *page) ownQuarter(s *sentence, h Hit, at *spot) {
	if end := p.g.withEpithet(s, at.start, at.end); p.g.Forms != nil && h.Value == "plain" && at.start == h.End && end > at.end {
		name := s.surface(at.start, end) // شاطئ الصويرة القديمة
		*at = spot{
			start: at.start, end: end, kind: places.KindSite, certain: true, local: true, named: true,
			place: message.Place{Name: name, Kind: places.KindSite, Key: text.NameKey(name)},
		}
		return
	}
	if p.g.Forms == nil || h.Value != "quarter" || at.kind == places.KindQuarter || at.start != h.End {
		return
	}
	joined, bare := p.joined(s.tokens[h.Start].Fold, h)
	if !bare {
		return
	}
	end := p.g.withEpithet(s, at.start, at.end)
	name := dropRunes(s.surface(h.Start, end), joined)
	*at = spot{
		start: h.Start, end: end, kind: places.KindQuarter, certain: true, local: true, named: true,
		place: message.Place{Name: name, Kind: places.KindQuarter, Key: text.NameKey(s.surface(at.start, at.end))},
	}
}

// epithets are the folded words that go on with the name of a quarter: حي المغرب الجديد.
var epithets = []string{
	"الجديد", "الجديده", "القديم", "القديمه", "الاعلي", "العليا", "السفلي", "الاسفل", "الكبير", "الكبيره", "الصغير", "الصغيره", "الشرقي", "الغربي", "الشمالي", "الجنوبي",
}

// withEpithet is the end of an Arabic name with the article, past what tells it from others of that name.
func (g *Grammar) withEpithet(s *sentence, start, end int) int {
	if g.Forms == nil || end <= start || end >= len(s.tokens) || !strings.HasPrefix(s.tokens[start].Fold, "ال") || !slices.Contains(epithets, s.tokens[end].Fold) {
		return end
	}
	return end + 1
}

// datedQuarter is an Arabic quarter named after a day or a number: حي 20 أوت, حي 500 مسكن. What looks like a date in it is none.
func (p *page) datedQuarter(s *sentence, h Hit, start int) (spot, bool) {
	if p.g.Forms == nil || h.Value != "quarter" || start != h.End || start+1 >= len(s.tokens) {
		return spot{}, false
	}
	end := start
	for _, d := range s.dates {
		if d.start == start {
			end = d.end
		}
	}
	if n, ok := p.g.Number(s.tokens, start); end == start && ok && n.End < len(s.tokens) && s.tokens[n.End].Script == text.Arabic {
		end = n.End + 1
	}
	joined, bare := p.joined(s.tokens[h.Start].Fold, h)
	if end == start || !bare {
		return spot{}, false
	}
	s.dates = slices.DeleteFunc(s.dates, func(d date) bool { return d.start >= start && d.end <= end })
	return spot{
		start: h.Start, end: end, kind: places.KindQuarter, certain: true, local: true, named: true,
		place: message.Place{Name: dropRunes(s.surface(h.Start, end), joined), Kind: places.KindQuarter, Key: text.NameKey(s.surface(start, end))},
	}, true
}

// alive reports whether the Arabic word for quarters tells that the people right before it live: أنقذوا خمسة مهاجرين أحياء.
func (s *sentence) alive(h Hit) bool {
	if h.Value != "many" || s.tokens[h.Start].Script != text.Arabic {
		return false
	}
	if strings.Contains(s.tokens[h.Start].Text, "إحياء") {
		return true // إحياء ذكرى: a memory is kept alive
	}
	if h.Start == 0 {
		return false
	}
	_, people := s.hitAt(h.Start-1, classOne, classMany, classOther, classRescue)
	return people
}

// describes reports whether what follows an Arabic word for a kind of place only describes it: قرية صغيرة, منطقة حدودية, المنطقة الشرقية.
func (s *sentence) describes(h Hit, start int) bool {
	name := s.tokens[start].Fold
	if start > 0 && s.tokens[start-1].Script == text.Punct {
		return false
	}
	definite := strings.HasPrefix(name, "ال")
	if strings.HasSuffix(s.tokens[h.End-1].Fold, "ه") && strings.HasSuffix(name, "ه") && !definite {
		return true
	}
	if strings.HasSuffix(name, "ات") && !definite && start+1 < len(s.tokens) && strings.HasSuffix(s.tokens[start+1].Fold, "ه") {
		return true // منطقة منحدرات خطرة
	}
	switch h.Value {
	case "zone":
		return s.depth > 1 || definite && !s.areaOf(h, start) || strings.HasSuffix(name, "ها") || strings.HasSuffix(name, "هم")
	case "terrain":
		if strings.HasSuffix(s.tokens[h.End-1].Fold, "وادي") {
			return false // the word before a name; واد is the one before what describes it
		}
		return s.depth > 0 || !definite // واد جاف
	}
	return false
}

// regionAt reports whether a word for a region stands at token i: مديرية المصينعة بمحافظة شبوة, but not مديرية الأمن.
func (s *sentence) regionAt(i int) bool {
	return i < len(s.tokens) && strings.HasSuffix(s.tokens[i].Fold, "محافظه") || i+1 < len(s.tokens) && s.tokens[i+1].Fold == "محافظه"
}

// areaOf reports whether an Arabic word for an area, with a preposition written onto it, is one with the definite name behind it: بمنطقة العقيلة.
func (s *sentence) areaOf(h Hit, start int) bool {
	known := slices.ContainsFunc(s.hits, func(other Hit) bool { return other.Start <= start && start < other.End })
	return !known && s.tokens[h.Start].Fold == "بمنطقه"
}

// localKind is the kind of place that a value of the lexicon stands for.
func localKind(value string) string {
	switch value {
	case "named", "quarter":
		return places.KindQuarter
	case "village", "zone", "town", "district":
		return places.KindCity
	case "area", "region":
		return places.KindRegion
	}
	return places.KindSite
}

// joined is how many letters Arabic joins to the word for a kind of place; bare is false where the article is among them.
func (p *page) joined(fold string, h Hit) (runes int, bare bool) {
	for _, form := range p.g.Forms(nil, fold) {
		if slices.Contains(p.g.Lexicon.Lookup(form), h.Entry) {
			before := strings.TrimSuffix(fold, form)
			return utf8.RuneCountInString(before), !strings.HasSuffix(before, "ال") && !strings.HasSuffix(before, "لل")
		}
	}
	return 0, true
}

// skipLink passes over "de", "d'", "du", "de la" between a kind of place and its name.
func (p *page) skipLink(s *sentence, i int) int {
	linked := func(i int) bool { return i > 0 && i < len(s.tokens) && slices.Contains(p.g.Links, s.tokens[i].Fold) }
	for linked(i) {
		i++
	}
	if i < len(s.tokens) && linked(i-1) && slices.Contains(p.g.Determiners, s.tokens[i].Fold) && s.tokens[i].Text == s.tokens[i].Fold {
		i++
	}
	return i
}
