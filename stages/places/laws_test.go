package places

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

// farthest is how far a place may lie from the point that stands for its parent, in kilometres, by the parent's kind.
var farthest = map[string]float64{KindCity: 40, KindProvince: 430, KindRegion: 600}

func TestEveryPlaceHasBothScripts(t *testing.T) {
	for p := range Default().All {
		if len(p.Names.French) == 0 || len(p.Names.Arabic) == 0 {
			t.Errorf("%s lacks a name in one script: %v", p.ID, p.Names)
		}
		for _, n := range p.Names.Arabic {
			if strings.ContainsAny(text.Fold(n), "abcdefghijklmnopqrstuvwxyz") {
				t.Errorf("%s: Arabic name %q holds Latin letters", p.ID, n)
			}
		}
	}
}

func TestPlacesLieNearTheirParents(t *testing.T) {
	table := Default()
	for p := range table.All {
		km, ok := table.Distance(p.ID, p.Parent)
		parent, known := table.ByID(p.Parent)
		if ok && known && km > farthest[parent.Kind] {
			t.Errorf("%s lies %.0f km from %s", p.ID, km, p.Parent)
		}
	}
}

func TestNamesSurviveTheirOwnTokens(t *testing.T) {
	for p := range Default().All {
		for _, names := range [][]string{p.Names.French, p.Names.Arabic, p.Names.Other} {
			for _, n := range names {
				if text.Clean(n) != n || len(nameWords(n)) == 0 {
					t.Errorf("%s: name %q is not clean or has no words; %+q", p.ID, n, n)
				}
				if again := nameWords(text.Fold(n)); strings.Join(again, " ") != strings.Join(nameWords(n), " ") {
					t.Errorf("%s: words of %q change when it is folded: %q; %+q", p.ID, n, again, n)
				}
			}
		}
	}
}

// A name that towns of two countries bear must be marked in all but one of them.
func TestHomonymsAreMarked(t *testing.T) {
	table := Default()
	for _, entries := range table.index {
		for _, e := range entries {
			bearer := map[string]string{}
			for _, i := range e.places {
				if p := &table.places[i]; p.Kind != KindCountry && !p.flagged("minor") {
					bearer[p.Country] = p.ID
				}
			}
			if len(bearer) > 1 && !e.cue {
				t.Errorf("%q is borne by %v, and none is flagged minor", strings.Join(e.words, " "), bearer)
			}
		}
	}
}

func TestTheTableIsLargeEnough(t *testing.T) {
	n := 0
	for p := range Default().All {
		if p.Kind != KindCountry {
			n++
		}
	}
	if n < 4700 {
		t.Errorf("%d places besides countries, want 4700", n)
	}
}

// TestProvincesAreComplete counts what a country itself counts: provinces and prefectures, wilayas, governorates, départements.
func TestProvincesAreComplete(t *testing.T) {
	got := map[string]int{}
	for p := range Default().All {
		if p.Kind == KindProvince {
			got[p.Country]++
		}
	}
	for country, want := range map[string]int{"MA": 75, "DZ": 58, "TN": 24, "FR": 96, "BE": 10} {
		if got[country] != want {
			t.Errorf("%s has %d provinces, want %d", country, got[country], want)
		}
	}
}

// box is where a country lies, in degrees.
type box struct{ south, north, west, east float64 }

func boxes(t *testing.T) map[string]box {
	t.Helper()
	table, err := os.ReadFile("testdata/boxes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]box{}
	for line, cells := range tsv.Rows(string(table), 5) {
		var side [4]float64
		for i := range side {
			if side[i], err = strconv.ParseFloat(cells[i+1], 64); err != nil {
				t.Fatalf("testdata/boxes.tsv line %d: %v", line, err)
			}
		}
		all[cells[0]] = box{side[0], side[1], side[2], side[3]}
	}
	return all
}

func TestPlacesLieInTheirCountry(t *testing.T) {
	all := boxes(t)
	for p := range Default().All {
		b, ok := all[p.Country]
		if p.Kind != KindCountry && (!ok || p.Lat < b.south || p.Lat > b.north || p.Lon < b.west || p.Lon > b.east) {
			t.Errorf("%s at %.2f, %.2f lies outside of %s: %+v", p.ID, p.Lat, p.Lon, p.Country, b)
		}
	}
}

// TestNamesakesOfOneCountryAreMarked lets a town share its name with what it lies in, or with what lies in it; any other bearer is flagged.
func TestNamesakesOfOneCountryAreMarked(t *testing.T) {
	table := Default()
	for _, entries := range table.index {
		for _, e := range entries {
			for i, a := range e.places {
				for _, b := range e.places[i+1:] {
					p, q := &table.places[a], &table.places[b]
					apart := p.Country == q.Country && !table.Within(p.ID, q.ID) && !table.Within(q.ID, p.ID)
					if apart && !e.cue && !p.flagged("minor") && !q.flagged("minor") {
						t.Errorf("%q is borne by %s and %s, and neither is flagged", strings.Join(e.words, " "), p.ID, q.ID)
					}
				}
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	table := Default()
	for _, s := range []string{"à Salé, au Caire", "بالناظور ووجدة", "Rabat-", "l'-'", "و ال لل ب", "D’ Al St-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tokens := text.Tokens(s)
		last := 0
		for _, m := range table.Find(tokens, "fr") {
			if m.Start < last || m.End <= m.Start || m.End > len(tokens) || m.Place == nil {
				t.Fatalf("match %+v out of order or out of %d tokens", m, len(tokens))
			}
			last = m.End
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("x-a\tcity\tMA\t\t30\t-8\tA\tا\t\tcue")
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = Parse(strings.NewReader(s))
	})
}

func BenchmarkFind(b *testing.B) {
	table := Default()
	for _, c := range []struct{ lang, text string }{
		{"fr", "La police a arrêté jeudi à Salé, près de Rabat, un homme venu de Béni Mellal qui préparait une attaque selon le communiqué. "},
		{"ar", "أوقفت الشرطة صباح اليوم بمدينة سلا شخصا يشتبه في تورطه في التحضير لهجوم وقالت إن الأبحاث متواصلة في الرباط والدار البيضاء. "},
	} {
		tokens := text.Tokens(strings.Repeat(c.text, 400/len(strings.Fields(c.text))+1))
		b.Run(c.lang, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Find(tokens, c.lang)
			}
		})
	}
}

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		Default()
	}
}
