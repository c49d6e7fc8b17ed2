package registry

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/show"
	"rawi/config"
)

// Show writes everything about one source: who it is, its relatives among all entries, and each of its addresses with how it is doing and what
// to do about it. Known says whether a daemon was asked.
func Show(w io.Writer, e Entry, all []Entry, known bool, width int, now time.Time) error {
	p := paper{width: max(width, narrowest), now: now}
	p.line(0, e.Name+": "+cmp.Or(e.Title, "(no title)"))
	if e.described() {
		p.line(2, fmt.Sprintf("%s in %s, %s", cmp.Or(e.Kind, "an outlet"), cmp.Or(e.Country, "a country that is not known"), cmp.Or(e.Language, "in a language that is not known")))
		p.line(2, "family "+e.Outlet().Family+relatives(e, all))
		p.line(2, "times without a zone are read in "+cmp.Or(e.Zone, "UTC"))
	} else {
		p.line(2, "nothing is known of the outlet but its name: its configuration may say more (-c FILE)")
	}
	for _, chosen := range e.chosen() {
		p.line(2, chosen)
	}
	if len(e.Allow) > 0 {
		p.line(2, "may reach "+strings.Join(e.Allow, ", "))
	}
	if e.Paused {
		p.line(2, "paused by the configuration: take out paused: true to read it again")
	}
	for i, watch := range e.Watches {
		p.line(0, watch.Kind+" "+watch.URL)
		if i >= len(e.Feeds) {
			p.section(e.Sections[i-len(e.Feeds)])
		}
		if known {
			p.watch(e, watch)
		}
	}
	for _, l := range e.Layouts {
		p.line(0, "pages of "+l.Host)
		p.line(2, l.Told+"; for "+Age(now.Sub(l.Since)))
		p.line(2, "rawi extract URL --explain shows what is read of one; rules for the site say where its text stands: see sites in the configuration")
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// chosen says how the source is read where its configuration says so.
func (e Entry) chosen() []string {
	var all []string
	if e.Interval > 0 {
		all = append(all, "looked at every "+e.Interval.String()+", by its configuration")
	}
	if e.Budget > 0 {
		all = append(all, "at most "+amount(e.Budget, "new link")+" taken from one visit of a section, by its configuration")
	}
	switch e.FullText {
	case "always":
		all = append(all, "its feeds hold whole articles: their pages are not fetched")
	case "never":
		all = append(all, "its feeds hold teasers: their pages are always fetched")
	}
	if e.HighAccuracy {
		all = append(all, "its language is told with high accuracy, by the large models")
	}
	return all
}

// section says how one page is watched where the configuration says so.
func (p *paper) section(s config.Section) {
	if s.Links != "" {
		p.line(2, "articles are the paths that match "+s.Links)
	}
	if s.Interval > 0 {
		p.line(2, "looked at every "+s.Interval.String()+", by its configuration")
	}
	if s.Budget > 0 {
		p.line(2, "at most "+amount(s.Budget, "new link")+" taken from one visit, by its configuration")
	}
}

// described reports whether a configuration says anything of the outlet itself.
func (e Entry) described() bool {
	return e.Title+e.Country+e.Language+e.Kind+e.Family+e.Zone != ""
}

// relatives names the other sources of the family: what they print is not independent of this one.
func relatives(e Entry, all []Entry) string {
	var names []string
	for _, other := range all {
		if other.Name != e.Name && other.Outlet().Family == e.Outlet().Family {
			names = append(names, other.Name)
		}
	}
	if len(names) == 0 {
		return ", of which it is the only source"
	}
	slices.Sort(names)
	return ", with " + strings.Join(names, ", ")
}

type paper struct {
	b     strings.Builder
	width int
	now   time.Time
}

// line writes a text with a margin, broken between words where it is too long.
func (p *paper) line(margin int, text string) {
	line, cells := strings.Repeat(" ", margin), margin
	for i, word := range strings.Fields(show.Line(shown(text))) {
		n := runewidth.StringWidth(word)
		switch {
		case i == 0:
		case cells+1+n > p.width:
			p.b.WriteString(line + "\n")
			line, cells = strings.Repeat(" ", margin+2), margin+2
		default:
			line, cells = line+" ", cells+1
		}
		line, cells = line+word, cells+n
	}
	p.b.WriteString(line + "\n")
}

func (p *paper) watch(e Entry, w Watch) {
	state := w.State
	switch {
	case w.Held:
		state = "paused at run time"
	case w.State == StateNew:
		state = "not looked at yet"
	case w.State == StateFailing && !w.Since.IsZero():
		state = fmt.Sprintf("failing since %s UTC (%s), %s in a row", w.Since.UTC().Format("2006-01-02 15:04"), Age(p.now.Sub(w.Since)), times(w.Failures))
	case w.State == StateFailing && w.Failures > 1:
		state = fmt.Sprintf("failing, %s in a row", times(w.Failures))
	}
	p.line(2, state+p.looks(w))
	if w.Items > 0 || w.PerDay > 0 {
		p.line(2, p.brings(w))
	}
	if w.Pushes != "" {
		p.line(2, "hub: "+w.Pushes)
	}
	for _, advice := range advices(e, w) {
		p.line(2, advice)
	}
}

func amount(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// looks says when it was and will be looked at.
func (p *paper) looks(w Watch) string {
	var text string
	if !w.Last.IsZero() {
		text += "; last look " + Age(p.now.Sub(w.Last)) + " ago"
	}
	switch {
	case w.State == StatePaused:
	case w.Running != "":
		text += "; being looked at now"
	case w.Next.After(p.now):
		text += "; next in " + Age(w.Next.Sub(p.now))
	case !w.Next.IsZero():
		text += "; due now"
	}
	return text
}

func (p *paper) brings(w Watch) string {
	text := amount(w.Items, "item") + " in the last document"
	if w.Kind == WatchSection {
		text = amount(w.Items, "link") + " that look like articles at the last visit"
	}
	if w.PerDay > 0 {
		text += ", " + Rate(w.PerDay)
	}
	if !w.Newest.IsZero() {
		text += ", newest " + Age(p.now.Sub(w.Newest)) + " ago"
	}
	return text
}

// advices say what is wrong, and what to do.
func advices(e Entry, w Watch) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if w.Error != "" {
		add("error: %s", w.Error)
	}
	switch {
	case w.Held:
		add("rawi sources resume %s reads it again", e.Name)
	case w.State == StateFailing:
		add("rawi sources check %s tries it now; with the outlet's front page it looks for a successor", w.URL)
	case w.State == StateSilent:
		add("silent: %s", cmp.Or(w.Silent, "nothing useful comes"))
		add("look whether the outlet still publishes there: rawi sources check %s", w.URL)
	case w.Followed:
		add("moved for good to %s, where it is asked for: write that address into the configuration", w.Moved)
	case w.Moved != "":
		add("the server says that it has moved for good to %s: if that lasts for days it is asked for there", w.Moved)
	}
	switch {
	case w.Cut != "":
		add("%s; what came whole was read, and the next look asks for all of it", w.Cut)
	case w.Damaged:
		add("its last document had to be repaired to be read: nothing to do here, its publisher may like to know")
	}
	if w.Empty > 0 {
		add("dropped of its last document: %s with neither a link nor a text", amount(w.Empty, "item"))
	}
	if w.Drift != "" {
		add("its last document is not what it was: %s", w.Drift)
	}
	if w.Partial != "" {
		add("not all of it is read: %s", w.Partial)
	}
	if w.Waiting > 0 {
		add("%s left for the next visits: crawl.budget says how many are taken at each", amount(w.Waiting, "link"))
	}
	if w.Capped {
		add("it has more items than are read: raise feed.max_items to read them all")
	}
	if w.Gaps > 0 {
		add("%s all items were new, so some may have come and gone unseen", times(w.Gaps))
	}
	return all
}
