package client

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// state of a story that was taken.
type state int

const (
	inHand    state = iota
	waiting         // put off: the server gives it out again
	kept            // acknowledged
	discarded       // acknowledged, and not to count as kept
)

// entry is one message that was taken and before which not everything is answered.
type entry struct {
	at    Cursor
	state state
	msg   jetstream.Msg
}

// desk is what a subscription remembers of the messages it has taken. It is not safe for concurrent use.
type desk struct {
	query   Query
	cursor  Cursor
	resumed Cursor // where the program wanted to go on
	entries map[place]*entry
	order   []*entry // as they came first: by sequence
	most    int      // of them before those that are answered are put together
	seen    seen
	stream  time.Time // when the stream was made
}

// begin notes which stream is read. One that was made anew counts the revisions of its stories anew: what is remembered of the other would hold
// them back.
func (k *desk) begin(made time.Time) {
	if !k.stream.IsZero() && !made.Equal(k.stream) {
		k.seen, k.resumed = seen{}, Cursor{}
	}
	k.stream = made
}

// place is that of a message, also where a stream was made anew and counts from 1 again.
type place struct {
	sequence uint64
	stored   int64
}

func placeOf(d *Delivery) place { return place{d.Sequence, d.Stored.UnixNano()} }

// mostApart is how many entries stand one by one before those that are answered are put together.
const mostApart = 2 * mostBuffer

func newDesk(q Query) desk {
	d := desk{query: q, entries: map[place]*entry{}, most: mostApart}
	if q.From.policy == fromCursor {
		d.cursor, d.resumed = q.From.cursor, q.From.cursor
	}
	return d
}

// take registers a message. It is false where the same is in hand already: the server has given up waiting for what is still worked on.
func (k *desk) take(d *Delivery, msg jetstream.Msg) bool {
	e := k.entries[placeOf(d)]
	if e == nil {
		e = &entry{at: Cursor{Sequence: d.Sequence, Stored: d.Stored, Story: d.Story.ID, Revision: d.Story.Revision}, state: waiting}
		k.entries[placeOf(d)], k.order = e, append(k.order, e)
	}
	anew := e.state != inHand
	e.state, e.msg = inHand, msg // to be answered instead of the one that is given up
	return anew
}

// wanted says whether the program has to see a revision: not one that it has, nor one in other languages, unless it was given the story before.
func (k *desk) wanted(d *Delivery) bool {
	before, given := k.seen.get(d.Subject)
	if given && rank(d.Story) <= before {
		return false
	}
	if r := k.resumed; d.Story.ID == r.Story && d.Story.Revision <= r.Revision && !d.Retracted() {
		return false
	}
	if k.query.Have != nil {
		have := k.query.Have(d.Story.ID)
		if d.Story.Revision <= have {
			return false
		}
		given = given || have > 0
	}
	if !given && !k.query.speaks(d.Story) {
		return false
	}
	k.seen.put(d.Subject, justGiven)
	return true
}

// justGiven is below every rank: of a subject of which something was given out and nothing acknowledged.
const justGiven = -1

// finish notes an answer and returns the message it is for; nil where the delivery was answered before.
func (k *desk) finish(d *Delivery, how state) jetstream.Msg {
	e := k.entries[placeOf(d)]
	if e == nil || e.state != inHand {
		return nil
	}
	msg := e.msg
	e.state, e.msg = how, nil
	if how == kept {
		k.seen.put(d.Subject, rank(d.Story))
	}
	k.advance()
	return msg
}

// advance moves the cursor over what is answered. It never goes back: a message of before it was answered, and came again because that was lost.
func (k *desk) advance() {
	for len(k.order) > 0 && k.order[0].answered() {
		if at := k.order[0].at; at.Sequence > k.cursor.Sequence || at.Stored.After(k.cursor.Stored) {
			k.cursor = at
		}
		k.forget(k.order[0])
		k.order[0] = nil
		k.order = k.order[1:]
	}
	if len(k.order) > k.most {
		k.shorten()
	}
}

// shorten leaves of answered entries that stand together the last, to which the cursor goes next: behind one that is put off for long, or that
// another program was given, their number would grow without end.
func (k *desk) shorten() {
	var short []*entry
	for i, e := range k.order {
		if e.answered() && i+1 < len(k.order) && k.order[i+1].answered() {
			k.forget(e)
			continue
		}
		short = append(short, e)
	}
	k.order, k.most = short, mostApart+2*len(short)
}

func (k *desk) forget(e *entry) { delete(k.entries, place{e.at.Sequence, e.at.Stored.UnixNano()}) }

func (e *entry) answered() bool { return e.state >= kept }

// stuck reports whether the cursor waits for a story that was put off.
func (k *desk) stuck() bool { return len(k.order) > 0 && k.order[0].state == waiting }

// settle takes what was put off for answered where the server has an answer for everything up to it: another program was given it.
func (k *desk) settle(floor uint64) {
	for _, e := range k.order {
		if e.state == waiting && e.at.Sequence <= floor {
			e.state = discarded
		}
	}
	k.advance()
}

// held are the messages in hand.
func (k *desk) held() []jetstream.Msg {
	var all []jetstream.Msg
	for _, e := range k.entries {
		if e.state == inHand {
			all = append(all, e.msg)
		}
	}
	return all
}

// rank orders what a subject carries: a retraction of a revision comes after it.
func rank(s message.Story) int {
	if s.Change == message.ChangeRetract {
		return 2*s.Revision + 1
	}
	return 2 * s.Revision
}

// mostSeen is the number of subjects of which the newest revision is remembered for sure; at most twice as many are.
const mostSeen = 50_000

// seen is the newest rank acknowledged of each subject of which something was given out. Of more than mostSeen, those not touched for longest are forgotten: what comes of them again
// is given out again.
type seen struct{ young, old map[string]int }

func (s *seen) get(subject string) (int, bool) {
	if r, ok := s.young[subject]; ok {
		return r, true
	}
	r, ok := s.old[subject]
	return r, ok
}

func (s *seen) put(subject string, r int) {
	if before, ok := s.get(subject); ok {
		r = max(r, before)
	}
	if s.young == nil || len(s.young) >= mostSeen {
		s.young, s.old = map[string]int{}, s.young
	}
	s.young[subject] = r
}

// receive makes a delivery of a message; nil where the same is in hand already.
func (s *Subscription) receive(msg jetstream.Msg) *Delivery {
	meta, err := msg.Metadata()
	if err != nil { // the server's own form, which it does not change while it runs
		s.client.log.Warn("message without a place, passed over", "err", err)
		return nil
	}
	d := s.client.read(msg, meta)
	d.sub = s
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.desk.take(d, msg) {
		return nil
	}
	return d
}

func (s *Subscription) wanted(d *Delivery) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk.wanted(d)
}

// finish notes an answer and frees the slot.
func (s *Subscription) finish(d *Delivery, how state) jetstream.Msg {
	s.mu.Lock()
	msg := s.desk.finish(d, how)
	s.mu.Unlock()
	if msg != nil {
		<-s.slots
	}
	return msg
}
