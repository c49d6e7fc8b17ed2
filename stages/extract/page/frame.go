package page

import "rawi/pipeline/message"

// countProse makes the running count of the words that may be prose, wherever they stand.
func (j *judge) countProse() {
	j.prose = make([]int, len(j.all)+1)
	for i := range j.all {
		j.prose[i+1] = j.prose[i]
		if s := &j.all[i]; s.tokens >= proseWords && s.links < mostlyLink && !s.figure {
			j.prose[i+1] += s.tokens
		}
	}
}

// frame marks the blocks inside furniture.
func (j *judge) frame() {
	inBody := j.proseOfBodies()
	for i := range j.boxes {
		b := &j.boxes[i]
		if !j.furniture(b, inBody) {
			continue
		}
		j.shut(b, b.sense&(saysFrame|saysTalk) != 0)
	}
	j.neighbours()
}

// shut marks the blocks of a box as furniture.
func (j *judge) shut(b *box, beyondDoubt bool) {
	b.framed, b.frame = true, beyondDoubt
	for k := b.first; k < b.last; k++ {
		j.all[k].framed = true
		j.all[k].shut = j.all[k].shut || beyondDoubt
	}
}

// neighbourWords are the words of prose in the article that holds the headline from which others with titles of their own are none of it.
const neighbourWords = 60

// neighbours shuts the articles that follow the one with the headline: pages that scroll on for ever hold several.
func (j *judge) neighbours() {
	end := 0
	for i := range j.boxes {
		b := &j.boxes[i]
		words := j.prose[b.last] - j.prose[b.first]
		switch {
		case !b.article || words < neighbourWords:
		case b.first <= j.headline && j.headline < b.last && j.all[j.headline].h1:
			end = b.last // boxes come from outside in
		case end > 0 && b.first >= end && j.titled(b):
			j.shut(b, true)
		}
	}
}

// titled reports whether a box begins with a title.
func (j *judge) titled(b *box) bool {
	for k := b.first; k < min(b.first+3, b.last); k++ {
		if j.all[k].kind == message.BlockSubhead {
			return true
		}
	}
	return false
}

// furniture reports whether a box is what its name says. Names lie: of an element that holds the headline, or most of the text, they say nothing.
func (j *judge) furniture(b *box, inBody []int) bool {
	headed := b.first <= j.headline && j.headline < b.last && j.all[j.headline].h1
	if b.sense&(saysTalk|saysFrame|saysWeak) == 0 || b.sense&(saysBody|saysLead) != 0 || headed {
		return false
	}
	if n := inBody[b.last] - inBody[b.first]; n > 0 && float64(n) >= heldByBody*float64(inBody[len(j.all)]) {
		return false
	}
	held := float64(j.prose[b.last]-j.prose[b.first]) / float64(max(j.prose[len(j.all)], 1))
	switch {
	case b.sense&saysTalk != 0:
		return true
	case b.sense&saysFrame != 0:
		return held < heldByFrame
	}
	return held < heldByWeak
}

// largePage is the number of blocks from which doubtful furniture goes, too, before readability tries a page again and again.
const largePage = 300

// cut takes the furniture that was told by its names out of the tree, which makes it smaller for the other reader by half.
func (o *outline) cut() {
	large := len(o.all) > largePage
	for _, b := range o.boxes {
		if (b.frame || large && b.framed) && b.node.Parent != nil {
			b.node.Parent.RemoveChild(b.node)
		}
	}
}

// proseOfBodies is the running count of the prose in elements that call themselves the body.
func (j *judge) proseOfBodies() []int {
	count := make([]int, len(j.all)+1)
	inside := make([]bool, len(j.all))
	for _, b := range j.boxes {
		for k := b.first; b.sense&saysBody != 0 && k < b.last; k++ {
			inside[k] = true
		}
	}
	for i := range j.all {
		count[i+1] = count[i]
		if inside[i] {
			count[i+1] += j.prose[i+1] - j.prose[i]
		}
	}
	return count
}
