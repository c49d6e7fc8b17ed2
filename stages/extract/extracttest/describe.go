package extracttest

import (
	"fmt"
	"strconv"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// Describe writes what a pack found as header lines of a case, without evidence and signature: "kind: operation", "places: ma-sale, Hay Errahma",
// "arrested: 12 = ma-nador 2, es-melilla 10". Facts of recalled happenings follow, each line after "recalled 1: ".
func Describe(a extract.Analysis) []string {
	lines := describeFacts(a.Facts)
	for i, recalled := range a.Recalled {
		for _, line := range describeFacts(recalled) {
			lines = append(lines, fmt.Sprintf("recalled %d: %s", i+1, line))
		}
	}
	var background []string
	for i, role := range a.Roles {
		if role == message.RoleBackground {
			background = append(background, strconv.Itoa(i))
		}
	}
	return add(lines, "background", strings.Join(background, ", "))
}

func describeFacts(f message.Facts) []string {
	var lines []string
	lines = add(lines, "kind", f.Kind)
	lines = add(lines, "action", f.Action)
	lines = add(lines, "day", days(f.Day))
	lines = add(lines, "announced", days(f.Announced))
	lines = add(lines, "places", describePlaces(f.Places))
	lines = add(lines, "in", f.Country)
	lines = add(lines, "arrested", count(f.Arrested))
	lines = add(lines, "killed", count(f.Killed))
	lines = add(lines, "wounded", count(f.Wounded))
	lines = add(lines, "rescued", count(f.Rescued))
	if f.Ages != nil {
		lines = add(lines, "ages", between(f.Ages.Min, f.Ages.Max))
	}
	lines = add(lines, "seized", goods(f.Seized))
	lines = add(lines, "agencies", strings.Join(f.Agencies, ", "))
	lines = add(lines, "partners", strings.Join(f.Partners, ", "))
	lines = add(lines, "group", f.Group)
	names := make([]string, len(f.Persons))
	for i, p := range f.Persons {
		names[i] = strings.TrimSpace(p.Name + " " + p.Role)
	}
	return add(lines, "persons", strings.Join(names, ", "))
}

func add(lines []string, key, value string) []string {
	if value == "" {
		return lines
	}
	return append(lines, key+": "+value)
}

func days(d *message.Days) string {
	switch {
	case d == nil:
		return ""
	case d.From == d.To:
		return d.From
	}
	return d.From + " to " + d.To
}

func describePlaces(all []message.Place) string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.ID
		if p.ID == "" {
			names[i] = p.Name
		}
	}
	return strings.Join(names, ", ")
}

func count(c *message.Count) string {
	if c == nil {
		return ""
	}
	s := between(c.N, max(c.N, c.Max))
	if c.Approx {
		s = "about " + s
	}
	for i, share := range c.Split {
		sep := ", "
		if i == 0 {
			sep = " = "
		}
		s += fmt.Sprintf("%s%s %d", sep, share.Place, share.N)
	}
	return s
}

func between(low, high int) string {
	if low == high {
		return strconv.Itoa(low)
	}
	return fmt.Sprintf("%d to %d", low, high)
}

func goods(all []message.Goods) string {
	names := make([]string, len(all))
	for i, g := range all {
		names[i] = g.Concept
		if g.Amount != 0 {
			names[i] += fmt.Sprintf(" %g %s", g.Amount, g.Unit)
		}
	}
	return strings.Join(names, ", ")
}
