package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// Bounds of who speaks in a title.
const (
	longestLabel = 5 // tokens before a colon that may be who speaks
	speakers     = 6 // tokens of who speaks, and how many keys are kept of them
)

// struck are the classes of words by which a sentence tells a happening before it comes to what is said of it. Others, such as the liberation of a
// country, stand in the names of those who speak.
var struck = []Class{classArrest, classKill, classWound, classDismantle, classFoil, classSeize, classRaid, classAttack, classAccident}

// speech reads what somebody says or does about a happening, where that is what a report has to tell: its title says so before it names the
// happening. Nothing of a report on a court: it condemns and demands by its trade.
func (p *page) speech(kind string) (*message.Speech, []message.Evidence) {
	if p.g.Speech == nil || kind == message.KindJustice && !p.condemnsAnAct() {
		return nil, nil
	}
	for _, s := range p.sentences {
		if s.depth >= 0 {
			break
		}
		if said, e := p.titleSpeech(s); said != nil || s.has(struck...) {
			return said, e
		}
	}
	return nil, nil
}

// condemnsAnAct reports whether the only word of a title for a trial is one that condemns what was done, not who did it: تدين الهجوم.
func (p *page) condemnsAnAct() bool {
	for _, s := range p.sentences {
		if s.depth >= 0 {
			break
		}
		var trials []Hit
		for _, h := range s.hits {
			if h.Class == classTrial {
				trials = append(trials, h)
			}
		}
		if len(trials) == 1 {
			_, follows := s.hitAt(trials[0].End, classAttack, classKill)
			return follows
		}
	}
	return false
}

// addSpeech adds what somebody says of a happening to what was read. Where it only answers a happening, that one is recalled and not the report's own.
func (p *page) addSpeech(r *Result) {
	said, e := p.speech(r.Facts.Kind)
	if said == nil {
		return
	}
	if r.Facts.Kind == message.KindJustice { // by the word that condemns
		r.Facts.Kind, r.Facts.Action = message.KindIncident, ""
	}
	if answers(said.Act) && sudden(r.Facts.Kind) {
		if !r.Facts.Empty() {
			r.Recalled = append([]message.Facts{r.Facts}, r.Recalled[:min(len(r.Recalled), maxRecalled-1)]...)
		}
		r.Facts = message.Facts{Kind: message.KindPolitics}
	}
	r.Facts.Speech = said
	r.Facts.Evidence = append(r.Facts.Evidence, e...)
}

// sudden reports whether happenings of a kind are of their day.
func sudden(kind string) bool {
	return kind == message.KindOperation || kind == message.KindIncident || kind == message.KindDisaster
}

// answers reports whether an act is always about the happening of others, which the report only recalls.
func answers(act string) bool {
	return act == message.SpeechCondolence || act == message.SpeechCondemnation || act == message.SpeechCongratulation
}

// titleSpeech reads a title. Before a colon stands what it is all about, or who speaks.
func (p *page) titleSpeech(s *sentence) (*message.Speech, []message.Evidence) {
	from := 0
	for i := range s.tokens {
		if s.tokens[i].Fold == ":" {
			from = i + 1
		}
	}
	if said, e := p.speechIn(s, from, len(s.tokens)); said != nil || from == 0 {
		return said, e
	}
	if said, e := p.speechIn(s, 0, from-1); said != nil {
		return said, e
	}
	if label := from - 1; label <= longestLabel && p.speaks(s, label) {
		return p.said(s, Hit{Start: label, End: label, Entry: Entry{ClassSpeech, message.SpeechStatement}}, 0)
	}
	return nil, nil
}

// speechIn reads a part of a sentence: the first word for such an act, before any for a happening. A verb of saying counts where nothing else is
// found.
func (p *page) speechIn(s *sentence, from, to int) (*message.Speech, []message.Evidence) {
	var forms [][]string
	if s.forms != nil {
		forms = s.forms[from:to]
	}
	var plain *Hit
	for _, h := range p.g.Speech.Find(s.tokens[from:to], forms) {
		h.Start, h.End = h.Start+from, h.End+from
		if h.Class != ClassSpeech { // a word of the user's own
			continue
		}
		if slices.ContainsFunc(s.hits, func(o Hit) bool { return slices.Contains(struck, o.Class) && o.Start >= from && o.End <= h.Start }) {
			break
		}
		if h.Value != message.SpeechStatement {
			return p.said(s, h, from)
		}
		if plain == nil {
			plain = &h
		}
	}
	if plain == nil {
		return nil, nil
	}
	return p.said(s, *plain, from)
}

// speaks reports whether the first tokens of a title, up to a colon, are who says what follows: a person or an office, and no place or matter.
func (p *page) speaks(s *sentence, end int) bool {
	if end == 0 || slices.ContainsFunc(s.spots, func(o spot) bool { return o.start < end }) || p.countryAt(s, 0) != "" {
		return false
	}
	if slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Start < end && slices.Contains(acts, h.Class) }) {
		return false
	}
	person := 0
	for _, h := range p.g.Concepts.Find(s.tokens[:end], p.g.Tag) {
		if !strings.HasPrefix(h.ID, "nam:") && !strings.HasPrefix(h.ID, "per:") {
			return false
		}
		person++
	}
	titled := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Start < end && (h.Class == classTitle || h.Class == classOffice) })
	whole := p.g.Forms == nil && end > 1 && p.g.Name(s.tokens, 0) == end
	return person > 0 || titled || whole
}

// said is the act that a hit stands for, with who does it: what stands before it, or after it where nothing does.
func (p *page) said(s *sentence, h Hit, from int) (*message.Speech, []message.Evidence) {
	start, end := max(from, h.Start-speakers), h.Start
	if start == end {
		start, end = h.End, min(len(s.tokens), h.End+speakers)
	}
	shown := h
	if h.Start == h.End {
		shown.Start = from
	}
	out := &message.Speech{Act: h.Value, By: p.speakerKeys(s, start, end)}
	return out, one(s.evidence("speech", out.Act, "speech", shown.Start, shown.End))
}

// speakerKeys are the concepts and the keys of names among tokens, as a signature has them.
func (p *page) speakerKeys(s *sentence, start, end int) []string {
	var keys []string
	seen := set{}
	add := func(k string) { seen.add(&keys, k, speakers) }
	known := make([]bool, end-start)
	for _, h := range p.g.Concepts.Find(s.tokens[start:end], p.g.Tag) {
		cover(known, h.Start, h.End)
		if class, _, _ := strings.Cut(h.ID, ":"); class == "nam" || class == "org" {
			add(h.ID)
		}
	}
	for _, o := range s.spots {
		if o.start >= start && o.end <= end {
			cover(known, o.start-start, o.end-start)
			if o.kind != places.KindCountry {
				add(text.NameKey(o.place.Name))
			}
		}
	}
	for i := start; i < end; i++ {
		if land := p.countryAt(s, i); land != "" {
			add("geo:" + land)
			known[i-start] = true
		}
		if known[i-start] || !p.telling(s, i) || p.g.Forms == nil && p.g.Name(s.tokens, i) == i {
			continue
		}
		add(text.NameKey(s.tokens[i].Fold))
	}
	return keys
}
