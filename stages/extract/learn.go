package extract

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract/host"
	"rawi/stages/extract/page"
)

// Notice is what operators may want to know about the reading of one article.
type Notice struct {
	Outlet   string
	Language string
	Signals  host.Signals
	Length   float64      // number of words against the median of the host; 0 where that is not known
	Change   *host.Change // set once where the host's pages begin, or cease, to be read worse than before
	Err      error        // the store of what is known of hosts failed: the article was read without it
}

// recallWords is the number of words from which a block that comes again may be a report's own background.
const recallWords = 12

// votedWords is the number of words below which extractors that find nothing in common say nothing: of so short a text there is no vote.
const votedWords = 60

// learn counts the article in at its host, and does to its blocks what other articles have taught. What cannot be learned costs no article.
func (s *Stage) learn(ctx context.Context, language string, r *reading, found bool) {
	signals := signalsOf(r, found)
	notice := Notice{Outlet: r.raw.Outlet.Name, Language: language, Signals: signals}
	if name := hostOf(r.raw); s.parts.Hosts != nil && name != "" && (found || r.raw.Status != 0) {
		blocks := sighted(r)
		r.lesson, notice.Err = s.parts.Hosts.Learn(ctx, host.Sighting{
			Host: name, Language: language, By: r.raw.By(), Outlet: r.raw.Outlet.Name, Family: cmp.Or(r.raw.Outlet.Family, domain(name)),
			Article: identity(r), At: r.raw.Fetched, Blocks: blocks, Signals: signals,
		})
		notice.Length, notice.Change = r.lesson.Length, r.lesson.Change
		s.heed(r, blocks)
	}
	if s.parts.Told != nil {
		s.parts.Told(notice)
	}
}

// signalsOf says how well a page was read. Of a feed's entry only its letters say anything.
func signalsOf(r *reading, found bool) host.Signals {
	q := quality(r.page, r.edited)
	signals := host.Signals{Agreement: -1, Description: -1, Words: -1, Damaged: q.Damaged}
	if r.raw.Status == 0 {
		return signals
	}
	signals.Words, signals.Empty = q.Words, !found
	ruled := r.rule != nil && r.rule.Body != nil
	signals.Missed = r.rule != nil && r.rule.Missed
	if !r.page.Plain && !ruled && (q.Agreement > 0 || q.Words >= votedWords) {
		signals.Agreement = q.Agreement
	}
	if len(r.page.Descriptions) > 0 {
		signals.Description = q.Description
	}
	return signals
}

// hostOf is the host that an article came from, with a port of its own; "" for one without an address.
func hostOf(raw message.Raw) string {
	u, err := url.Parse(address(raw))
	if err != nil || u.Hostname() == "" {
		return ""
	}
	name := host.Name(u.Hostname())
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		name += ":" + port
	}
	return name
}

// identity is the same for all addresses of an article: that of the address which its page calls the right one.
func identity(r *reading) string {
	if own := canonical(r.page.Canonical, address(r.raw)); own != "" {
		return message.ArticleID(r.raw.Outlet.Identity(own))
	}
	return r.raw.ID
}

// sighted are the blocks of the page in the form in which they are compared, those that the article has marked as such.
func sighted(r *reading) []host.Block {
	left := make(map[string]bool, len(r.edited.blocks))
	for _, b := range r.edited.blocks {
		left[foldLine(b.Text)] = true
	}
	blocks := make([]host.Block, 0, len(r.page.Judged))
	for _, j := range r.page.Judged {
		if j.Words == 0 {
			continue
		}
		b := host.Block{Text: foldLine(j.Text), Place: host.Place(j.Path), Words: j.Words}
		b.Kept = j.Kept && left[b.Text]
		if b.Kept {
			delete(left, b.Text)
		}
		blocks = append(blocks, b)
	}
	for _, b := range r.edited.blocks { // a text without markup has no places
		if fold := foldLine(b.Text); left[fold] {
			blocks = append(blocks, host.Block{Text: fold, Words: countWords(b.Text), Kept: true})
			delete(left, fold)
		}
	}
	return blocks
}

// heed takes out of the article what belongs to its host, and remembers what is background.
func (s *Stage) heed(r *reading, blocks []host.Block) {
	verdicts := map[string]host.Verdict{}
	for _, b := range blocks {
		if v := r.lesson.Of(b); b.Kept && v != host.Own {
			verdicts[b.Text] = v
		}
	}
	if len(verdicts) == 0 {
		return
	}
	r.again = map[string]bool{}
	e := &r.edited
	reminders := s.reminders(r, verdicts)
	e.blocks = slices.DeleteFunc(slices.Clone(e.blocks), func(b message.Block) bool {
		switch fold := foldLine(b.Text); {
		case verdicts[fold] == host.Own:
			return false
		case verdicts[fold] == host.Background || reminders[b.Text]:
			r.again[b.Text] = true
			return false
		}
		e.remove("repeated-on-site", page.Block{Kind: b.Kind, Text: b.Text})
		if b.Text == e.lead {
			e.lead = ""
		}
		return true
	})
}

// reminders are the blocks that would go as furniture and that the language pack reads, in their article, as telling of what was before: background
// does that, furniture does not. The pack is asked about whole articles only, and only where there is such a block of some length.
func (s *Stage) reminders(r *reading, verdicts map[string]host.Verdict) map[string]bool {
	asks := func(b message.Block) bool {
		return verdicts[foldLine(b.Text)] == host.Furniture && countWords(b.Text) >= recallWords
	}
	if s.language.Analyse == nil || !slices.ContainsFunc(r.edited.blocks, asks) {
		return nil
	}
	d := s.document(r.raw, s.published(r))
	d.Title, d.Lead, d.Blocks = r.edited.title, r.edited.lead, r.edited.blocks
	found := s.language.Analyse(d)
	reminders := map[string]bool{}
	for i, b := range r.edited.blocks {
		if i < len(found.Roles) && found.Roles[i] == message.RoleBackground && asks(b) {
			reminders[b.Text] = true
		}
	}
	return reminders
}

// published is when the article was, as far as page and feed say.
func (s *Stage) published(r *reading) time.Time {
	published, _ := s.dating(r.raw).times(r.page, r.edited.read)
	return published.Time
}
