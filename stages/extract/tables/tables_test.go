package tables_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/stages/extract/tables"
	"rawi/stages/places"
)

// write makes a directory of tables from name and content by turns.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNoDirectoryGivesWhatShips(t *testing.T) {
	set, err := tables.Load(tables.Config{}, places.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Places.ByID("ma-sale"); !ok || len(set.Words) != 0 {
		t.Errorf("got Salé %v and words %v, want the built-in tables alone", ok, set.Words)
	}
}

func TestOwnRowsLieOverThoseThatShip(t *testing.T) {
	dir := write(
		t, "places.tsv", "ma-sale\tcity\tMA\t\t34\t-7\tSalé\tسلا\t\t\nma-own\tcity\tMA\tma-sale\t34\t-7\tTirecht\tتيرشت\t\t\n",
		"concepts.tsv", "act:own-word\talpaguer les gens\tكبس عليه\n", "words.fr.tsv", "arrest\tv\tcoxer\r\n", "README", "ours",
	)
	set, err := tables.Load(tables.Config{Dir: dir}, places.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := set.Places.ByID("ma-sale"); !ok || p.Lat != 34 || p.Parent != "MA" {
		t.Errorf("got Salé %+v, want the row of the user", p)
	}
	if !set.Places.Within("ma-own", "ma-sale") {
		t.Error("the user's own place does not lie in the one it names")
	}
	if _, ok := set.Concepts.ByID("act:own-word"); !ok || !strings.Contains(set.Words["fr"], "coxer") {
		t.Errorf("got concept %v, words %q, want both", ok, set.Words["fr"])
	}
}

func TestWrongTablesAreNamedWithTheirLine(t *testing.T) {
	tests := []struct{ name, file, table, want string }{
		{"columns of places", "places.tsv", "# ours\nma-x\tcity\tMA\n", "places.tsv: line 2: place \"ma-x\": latitude"},
		{"country", "places.tsv", "xx-x\tcity\tQQ\t\t1\t1\tX\t\n", "places.tsv: line 1: place \"xx-x\": country \"QQ\""},
		{"a country itself", "places.tsv", "MA\tcity\tMA\t\t1\t1\tX\t\n", "an id of its own"},
		{"a place without a name", "places.tsv", "ma-x\tcity\tMA\t\t1\t1\t\t\n", "has no name"},
		{"parent", "places.tsv", "ma-x\tcity\tMA\tma-nowhere\t1\t1\tX\t\n", "parent \"ma-nowhere\""},
		{"concept without Arabic", "concepts.tsv", "act:own\tcoxer\t\n", "concepts.tsv: line 1: concept \"act:own\" has no forms"},
		{"form of another concept", "concepts.tsv", "act:own\tarrestation\tكبس\n", "flag both shared"},
		{"class of words", "words.ar.tsv", "arest\tv\tكبس\n", "words.ar.tsv: lexicon line 1: unknown class \"arest\""},
		{"name of a file", "place.tsv", "", "place.tsv: no such table is known: want places.tsv"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tables.Load(tables.Config{Dir: write(t, tt.file, tt.table)}, places.Config{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestMissingDirectorySaysWhatToDo(t *testing.T) {
	_, err := tables.Load(tables.Config{Dir: filepath.Join(t.TempDir(), "none")}, places.Config{})
	if err == nil || !strings.Contains(err.Error(), "make it, or leave the setting out") {
		t.Errorf("got error %v, want one that says what to do", err)
	}
}

func TestOwnTablesAreToldApartByTheirContent(t *testing.T) {
	load := func(p places.Config, files ...string) string {
		t.Helper()
		set, err := tables.Load(tables.Config{Dir: write(t, files...)}, p)
		if err != nil {
			t.Fatal(err)
		}
		return set.Own
	}
	coxer, alpaguer := "arrest\tv\tcoxer\n", "arrest\tv\talpaguer\n"
	same := load(places.Config{}, "words.fr.tsv", coxer)
	if again := load(places.Config{}, "words.fr.tsv", coxer); same == "" || again != same {
		t.Errorf("the same tables are named %q and %q", same, again)
	}
	if other := load(places.Config{}, "words.fr.tsv", alpaguer); other == same {
		t.Errorf("other words are named %q, too", other)
	}
	towns := filepath.Join(write(t, "towns.txt", ""), "towns.txt")
	if other := load(places.Config{GeoNames: []string{towns}}, "words.fr.tsv", coxer); other == same {
		t.Errorf("a file of towns more is named %q, too", other)
	}
	if none := load(places.Config{}); none != "" {
		t.Errorf("no tables at all are named %q", none)
	}
}
