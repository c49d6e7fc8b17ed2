package places

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// geoLine writes a row as geonames.org does.
func geoLine(id int, name, alternates, at, feature, country, division string, people int) string {
	lat, lon, _ := strings.Cut(at, " ")
	class, code, _ := strings.Cut(feature, ".")
	return strings.Join([]string{
		strconv.Itoa(id), name, name, alternates, lat, lon, class, code, country, "", division, "", "", "", strconv.Itoa(people), "", "0", "Africa/Casablanca",
		"2024-01-01",
	}, "\t") + "\n"
}

// geo is a table of made-up towns beside two that we know.
var geo = geoLine(1, "Tazlemt", "Tazelmt,تازلمت,TZL,塔兹", "31.5 -6.5", "P.PPL", "MA", "05", 12_000) +
	geoLine(2, "Salé", "سلا", "34.04 -6.80", "P.PPLA2", "MA", "04", 900_000) +
	geoLine(3, "Wardane", "وردان", "31.1 -6.1", "P.PPL", "MA", "05", 150_000) +
	geoLine(4, "Wardane", "وردان", "36.1 5.1", "P.PPL", "DZ", "19", 110_000) +
	geoLine(5, "Tiny", "", "31.0 -6.0", "P.PPL", "MA", "05", 40) +
	geoLine(6, "Assarag", "أساراغ", "31.3 -6.4", "A.ADM1", "MA", "05", 0) +
	geoLine(7, "Jbel Sarou", "", "31.2 -6.3", "T.MT", "MA", "05", 0) +
	geoLine(9, "Rabat", "", "35.88 14.39", "P.PPL", "MT", "", 11_000) +
	geoLine(8, "Nowhere", "", "1 1", "P.PPL", "ZZ", "", 9_000)

func loaded(t *testing.T, rows string, least int) (*Table, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "geo.txt")
	if err := os.WriteFile(name, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(Config{GeoNames: []string{name}, LeastPopulation: least})
}

func TestGeoNamesAreAdded(t *testing.T) {
	table, err := loaded(t, geo, 1000)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, lang, text, want string }{
		{"announced", "fr", "dans la ville de Tazlemt", "gn-1"},
		{"alone it may be a word", "fr", "hier, Tazlemt a dit", "gn-1?"},
		{"beside a town of its country", "ar", "في الرباط وفي بلدة تازلمت", "ma-rabat gn-1"},
		{"ours stays", "fr", "à Salé", "ma-sale"},
		{"either of namesakes", "fr", "à Wardane", "gn-3?"},
		{"namesake by its country", "fr", "à Oran et à Wardane", "dz-oran gn-4"},
		{"too small", "fr", "à Tiny", ""},
		{"a village makes no capital uncertain", "fr", "Rabat a dit", "ma-rabat"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(found(table, c.text, c.lang), " "); got != c.want {
				t.Errorf("Find(%s) = %q, want %q; %+q", c.text, got, c.want, c.text)
			}
		})
	}
	if r, ok := table.Region("gn-1"); !ok || r.ID != "gn-6" {
		t.Errorf("Region(gn-1) = %v, %v, want gn-6", r, ok)
	}
	for _, id := range []string{"gn-2", "gn-7", "gn-8", "gn-9"} {
		if _, ok := table.ByID(id); ok {
			t.Errorf("%s was added", id)
		}
	}
}

func TestGeoNamesSayWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ rows, want string }{
		"columns":     {"1\tTazlemt\n", "line 1: 2 columns"},
		"coordinates": {geoLine(1, "Tazlemt", "", "91 0", "P.PPL", "MA", "05", 5), "line 1: place"},
		"id":          {strings.Replace(geo, "1\t", "x\t", 1), `geonameid "x"`},
		"population":  {strings.Replace(geo, "\t12000\t", "\tmany\t", 1), `population "many"`},
		"long line":   {geoLine(1, "Tazlemt", strings.Repeat("x", longestGeoLine), "1 1", "P.PPL", "MA", "05", 5), "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := loaded(t, c.rows, 0); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "geo.txt") {
				t.Errorf("error %v, want one that names the file and %q", err, c.want)
			}
		})
	}
	if _, err := Load(Config{GeoNames: []string{"no-such.txt"}}); err == nil || !strings.Contains(err.Error(), "no-such.txt") {
		t.Errorf("missing file: %v", err)
	}
	table := Default()
	if _, err := table.readGeoNames(strings.NewReader(geo), 0, 2); err == nil || !strings.Contains(err.Error(), "least_population") {
		t.Errorf("too many: %v", err)
	}
}

func TestLoadWithoutFilesIsTheTableThatShips(t *testing.T) {
	table, err := Load(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(table.places), len(Default().places); got != want {
		t.Errorf("%d places, want %d", got, want)
	}
}

func FuzzGeoNames(f *testing.F) {
	table := Default()
	f.Add(geo)
	f.Fuzz(func(t *testing.T, s string) {
		found, err := table.readGeoNames(strings.NewReader(s), 0, 50)
		if err != nil && len(found) > 0 || len(found) > 50 {
			t.Fatalf("%d places beside the error %v", len(found), err)
		}
	})
}
