package stages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/extract/tables"
	"rawi/stages/places"
)

// report tells of an arrest by a word and at a place that no built-in table has.
var report = extract.Document{
	Title: "Deux voleurs coxés à la sortie de Tirecht", Published: time.Date(2025, 3, 12, 9, 0, 0, 0, time.UTC), PublishedKnown: true,
	Blocks: []message.Block{{Kind: message.BlockParagraph, Text: "Deux voleurs ont été coxés mardi par la police dans la ville de Tirecht, au Maroc."}},
}

func TestTablesAreSwappedUnderRunningLanguages(t *testing.T) {
	live, err := stages.Open(tables.Config{}, places.Config{})
	if err != nil {
		t.Fatal(err)
	}
	french := languageOf(t, live, "fr")
	if own := french.Tables(); own != "" {
		t.Errorf("the built-in tables are named %q, want no name", own)
	}
	if f := french.Analyse(report).Facts; f.Arrested != nil {
		t.Fatalf("the built-in words read %+v arrested already", f.Arrested)
	}
	dir := t.TempDir()
	save(t, dir, "words.fr.tsv", "arrest\tp\tcoxé|coxés\n")
	save(t, dir, "places.tsv", "ma-tirecht\tcity\tMA\t\t34\t-7\tTirecht\tتيرشت\n")
	if err := live.Reload(tables.Config{Dir: dir}, places.Config{}); err != nil {
		t.Fatal(err)
	}
	if own := french.Tables(); len(own) != 8 {
		t.Errorf("the user's tables are named %q, want a short hash", own)
	}
	f := french.Analyse(report).Facts
	if f.Arrested == nil || f.Arrested.N != 2 || f.Action != message.ActionArrest {
		t.Errorf("got %+v arrested, action %q; want two by the user's word", f.Arrested, f.Action)
	}
	if len(f.Places) == 0 || f.Places[0].ID != "ma-tirecht" || !live.Within("ma-tirecht", "MA") {
		t.Errorf("got places %+v, want the user's own", f.Places)
	}
}

func TestWrongTablesLeaveTheOldOnesInUse(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, "words.fr.tsv", "arrest\tp\tcoxé|coxés\n")
	live, err := stages.Open(tables.Config{Dir: dir}, places.Config{})
	if err != nil {
		t.Fatal(err)
	}
	french := languageOf(t, live, "fr")
	for name, table := range map[string]string{"words.fr.tsv": "arest\tp\tcoxés\n", "words.oc.tsv": "arrest\tp\tcoxés\n"} {
		save(t, dir, name, table)
		err := live.Reload(tables.Config{Dir: dir}, places.Config{})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got error %v, want one that names %s", err, name)
		}
		if f := french.Analyse(report).Facts; f.Arrested == nil || f.Arrested.N != 2 {
			t.Errorf("after a wrong %s: got %+v arrested, want those of the old words", name, f.Arrested)
		}
		save(t, dir, "words.fr.tsv", "arrest\tp\tcoxé|coxés\n")
	}
}

func TestOwnWordsTakeTheirMeaningFromBuiltInOnes(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, "words.fr.tsv", "idiom\t-\tinterpellé|interpellés\n")
	live, err := stages.Open(tables.Config{Dir: dir}, places.Config{})
	if err != nil {
		t.Fatal(err)
	}
	doc := report
	doc.Title, doc.Blocks = "Deux voleurs interpellés à Fès", nil
	if f := languageOf(t, live, "fr").Analyse(doc).Facts; f.Arrested != nil {
		t.Errorf("got %+v arrested by a word that the user gave another meaning", f.Arrested)
	}
}

func languageOf(t *testing.T, live *stages.Live, tag string) extract.Language {
	t.Helper()
	for _, lang := range live.Languages() {
		if lang.Tag == tag {
			return lang
		}
	}
	t.Fatalf("no language %s", tag)
	return extract.Language{}
}

func save(t *testing.T, dir, name, table string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
}
