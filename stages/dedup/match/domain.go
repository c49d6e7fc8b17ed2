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

// domainOf and domainNames are the table, which nothing changes.
var domainOf, domainNames = mustDomains(domainTable)

// DomainTable is the table by which Domains are told.
func DomainTable() string { return domainTable }

func mustDomains(table string) (of map[string]domains, names []string) {
	of, names, err := parseDomains(table)
	if err != nil {
		panic(err) // embedded at build time; a test reads it
	}
	return of, names
}

// domainsOf a report: of its concepts, and of what its facts say.
func domainsOf(r *Report) domains {
	var d domains
	for i := range r.Terms {
		if t := &r.Terms[i]; t.Field == Deed || t.Field == Subject || t.Field == Theme {
			d |= domainOf[t.Text]
		}
	}
	for _, g := range r.Facts.Seized {
		d |= domainOf[g.Concept]
	}
	if r.Facts.Group != "" {
		d |= domainOf["thm:terrorism"]
	}
	return d
}

// compareDomains weighs what kind of matter both reports are about: one of drugs is not one of terrorism, wherever and whenever it is.
func (c *comparison) compareDomains() {
	x, y := c.a.domains, c.b.domains
	if x == 0 || y == 0 {
		return
	}
	c.note("domain.same", boolean(x&y != 0), "%v", x&y)
	if x&y != 0 {
		return
	}
	c.note("domain.apart", 1, pair, x, y)
	if c.dated && c.doneApart() {
		c.veto("domain", pair, x, y)
	}
}

// doneApart tells whether two happenings also differ in what was done or what came of it.
func (c *comparison) doneApart() bool {
	a, b := &c.a.Facts, &c.b.Facts
	x, y := family(a.Action), family(b.Action)
	return x != "" && y != "" && x != y || onlyHurt(a) && onlyHeld(b) || onlyHurt(b) && onlyHeld(a)
}

// String names the domains.
func (d domains) String() string {
	var out []string
	for i, name := range domainNames {
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
	c.note("outcome.accident", boolean(operated(a) && accident(b) || operated(b) && accident(a)), "an operation here, an accident there")
	c.note("victims.missing", boolean(hurtA != hurtB), "victims in one alone")
}

// operated tells whether a report tells of people whom somebody took, and of nobody hurt.
func operated(f *message.Facts) bool { return f.Kind == message.KindOperation && onlyHeld(f) }

// accident tells whether a report tells what nobody did.
func accident(f *message.Facts) bool {
	return (f.Kind == message.KindIncident || f.Kind == message.KindDisaster) && f.Action == ""
}

func onlyHurt(f *message.Facts) bool {
	return (f.Killed != nil || f.Wounded != nil) && f.Arrested == nil
}

func onlyHeld(f *message.Facts) bool { return f.Killed == nil && f.Wounded == nil && f.Arrested != nil }
