package match

import (
	_ "embed" // the domains are data
	"fmt"
	"strings"

	"rawi/pipeline/message"
)

//go:embed data/domains.tsv
var domainTable string

// domains are bits, one for each line of the table.
type domains uint32

const most = 32 // domains

// parseDomains maps each concept of the table to its domains, and gives the names of domains in the order of their bits.
func parseDomains(table string) (of map[string]domains, names []string, err error) {
	of = map[string]domains{}
	for line := range strings.Lines(table) {
		row := strings.Fields(line)
		if len(row) == 0 || strings.HasPrefix(row[0], "#") {
			continue
		}
		if len(row) < 2 || len(names) == most {
			return nil, nil, fmt.Errorf("domains: %q: want a domain and its concepts, at most 32 domains", line)
		}
		for _, c := range row[1:] {
			of[c] |= 1 << len(names)
		}
		names = append(names, row[0])
	}
	return of, names, nil
}

// domains of a report: of its concepts, and of what its facts say.
func (m *Matcher) domains(r *Report) domains {
	var d domains
	for i := range r.Terms {
		if t := &r.Terms[i]; t.Field == Deed || t.Field == Subject || t.Field == Theme {
			d |= m.domainOf[t.Text]
		}
	}
	for _, g := range r.Facts.Seized {
		d |= m.domainOf[g.Concept]
	}
	if r.Facts.Group != "" {
		d |= m.domainOf["thm:terrorism"]
	}
	return d
}

// domainsOf either report.
func (l *Look) domainsOf(r *Report) domains {
	if r == l.report {
		return l.domains
	}
	return l.m.domains(r)
}

// compareDomains weighs what kind of matter both reports are about: one of drugs is not one of terrorism, wherever and whenever it is.
func (c *comparison) compareDomains() {
	x, y := c.in.domainsOf(c.a), c.in.domainsOf(c.b)
	if x == 0 || y == 0 {
		return
	}
	c.note("domain.same", boolean(x&y != 0), "%s", c.m.domainNames(x&y))
	if x&y != 0 {
		return
	}
	c.note("domain.apart", 1, pair, c.m.domainNames(x), c.m.domainNames(y))
	if c.dated && c.doneApart() {
		c.veto("domain", pair, c.m.domainNames(x), c.m.domainNames(y))
	}
}

// doneApart tells whether two happenings also differ in what was done or what came of it.
func (c *comparison) doneApart() bool {
	a, b := &c.a.Facts, &c.b.Facts
	x, y := family(a.Action), family(b.Action)
	return x != "" && y != "" && x != y || onlyHurt(a) && onlyHeld(b) || onlyHurt(b) && onlyHeld(a)
}

func (m *Matcher) domainNames(d domains) string {
	var out []string
	for i, name := range m.domainList {
		if d&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// compareOutcomes weighs what one report tells and the other passes over, although nobody would: what was seized, that people died.
func (c *comparison) compareOutcomes() {
	a, b := &c.a.Facts, &c.b.Facts
	hurtA, hurtB := a.Killed != nil || a.Wounded != nil, b.Killed != nil || b.Wounded != nil
	c.note("outcome.apart", boolean(onlyHurt(a) && onlyHeld(b) || onlyHurt(b) && onlyHeld(a)), "victims here, arrests there")
	c.note("victims.missing", boolean(hurtA != hurtB), "victims in one alone")
}

func onlyHurt(f *message.Facts) bool {
	return (f.Killed != nil || f.Wounded != nil) && f.Arrested == nil
}

func onlyHeld(f *message.Facts) bool { return f.Killed == nil && f.Wounded == nil && f.Arrested != nil }
