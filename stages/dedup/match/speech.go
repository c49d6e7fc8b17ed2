package match

import (
	"cmp"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// compareSpeech weighs that one report tells what somebody says or does about a happening. It is none of those that tell the happening, unless who
// speaks had a part in it; two of one speaker are likely one.
func (c *comparison) compareSpeech() {
	x, y := c.a.Facts.Speech, c.b.Facts.Speech
	switch {
	case x == nil && y == nil:
	case x != nil && y != nil:
		c.compareSpeakers(x, y)
	case x != nil:
		c.answers(x, c.b)
	default:
		c.answers(y, c.a)
	}
}

// compareSpeakers weighs two reports on what is said of happenings.
func (c *comparison) compareSpeakers(x, y *message.Speech) {
	if both, some := overlap(x.By, y.By); some {
		c.note("speech.same", boolean(both != ""), "%s", both)
		c.note("speech.other", boolean(both == ""), "%v and %v", said{x}, said{y})
	}
}

// answers weighs a report on what is said of a happening against one that tells a happening.
func (c *comparison) answers(x *message.Speech, told *Report) {
	switch {
	case x.Act == message.SpeechStatement:
		c.note("speech.quote", boolean(!tells(told, x.By)), "%v", said{x})
	case x.Act == message.SpeechAftermath:
		c.note("speech.after", 1, "%v", said{x})
	case tells(told, x.By):
		c.note("speech.part", 1, "%v", said{x})
	default:
		c.note("speech.apart", 1, "%v", said{x})
	}
}

// tells reports whether a report begins with who speaks.
func tells(r *Report, by []string) bool {
	return slices.ContainsFunc(by, func(key string) bool {
		field := Name
		switch class, _, _ := strings.Cut(key, ":"); class {
		case "org":
			field = Deed
		case "geo":
			field = Place
		}
		i, ok := slices.BinarySearchFunc(r.Terms, Key(field, key), func(t Term, k uint64) int { return cmp.Compare(t.Key, k) })
		return ok && r.Terms[i].Early
	})
}

// said shows an act of speech in a reason.
type said struct{ *message.Speech }

func (s said) String() string {
	if len(s.By) == 0 {
		return s.Act
	}
	return s.Act + " (" + strings.Join(s.By, ", ") + ")"
}
