package facts

import (
	"maps"
	"slices"

	"rawi/pipeline/message"
)

// Flat gives facts in the form of labelled sets: one value a field, names as written, fields absent where nothing is said. Ages of
// victims are no field of that form, and a day is a span where it is one.
func Flat(f message.Facts) map[string]any {
	flat := map[string]any{}
	set := func(name, value string) {
		if value != "" {
			flat[name] = value
		}
	}
	set("action", f.Action)
	set("country", f.Country)
	set("group", f.Group)
	if f.Day != nil && f.Day.From == f.Day.To {
		flat["date"] = f.Day.From
	} else if f.Day != nil {
		flat["date_from"], flat["date_to"] = f.Day.From, f.Day.To
	}
	for name, count := range map[string]*message.Count{"arrested": f.Arrested, "killed": f.Killed, "wounded": f.Wounded} {
		if count != nil {
			flat[name] = count.N
		}
	}
	maps.Copy(flat, flatAges(f))
	list := func(name string, values []string) {
		if len(values) > 0 {
			flat[name] = values
		}
	}
	names := make([]string, len(f.Places))
	for i, place := range f.Places {
		names[i] = place.Name
	}
	list("places", names)
	list("agencies", f.Agencies)
	list("partners", f.Partners)
	return flat
}

// ofSuspect reports whether the evidence is that of a suspect's age.
func ofSuspect(e message.Evidence) bool { return e.Rule == "age/suspect" }

// flatAges are the ages of suspects. Labelled sets give none in an incident or a disaster; in a rescue others are those of the people saved.
func flatAges(f message.Facts) map[string]any {
	if f.Ages == nil || f.Kind == message.KindIncident || f.Kind == message.KindDisaster || f.Action == message.ActionRescue && !slices.ContainsFunc(f.Evidence, ofSuspect) {
		return nil
	}
	if f.Ages.Min == f.Ages.Max {
		return map[string]any{"age": f.Ages.Min}
	}
	return map[string]any{"ages": []int{f.Ages.Min, f.Ages.Max}}
}
