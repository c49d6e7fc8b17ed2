package places

import (
	"slices"
	"strings"
	"testing"

	"rawi/stages/text"
)

// found lists matches as "id", with "?" where not certain.
func found(t *Table, s, lang string) []string {
	var ids []string
	for _, m := range t.Find(text.Tokens(s), lang) {
		id := m.Place.ID
		if !m.Certain {
			id += "?"
		}
		ids = append(ids, id)
	}
	return ids
}

func TestFindTellsPlacesFromWords(t *testing.T) {
	table := Default()
	cases := []struct{ name, lang, text, want string }{
		{"accent and case", "fr", "Un homme sale a été arrêté à Salé.", "ma-sale"},
		{"lower case is no name", "fr", "il a mis le nador et la sale affaire", ""},
		{"capitals without accents", "fr", "ARRESTATION A SALE ET A MEKNES", "ma-sale ma-meknes"},
		{"longest name", "fr", "la région de Rabat-Salé-Kénitra", "ma-rabat-sale-kenitra"},
		{"hyphen or space", "fr", "à Ksar el Kebir et Ksar El-Kébir", "ma-ksar-el-kebir ma-ksar-el-kebir"},
		{"article swallowed", "fr", "une réunion au Caire", "eg-le-caire"},
		{"article kept", "fr", "des cellules à La Rochelle", "fr-la-rochelle"},
		{"province announced", "fr", "dans la province de Berkane", "ma-berkane-province"},
		{"country", "fr", "les Etats-Unis et le Maroc", "US MA"},
		{"part of a longer name", "fr", "hier, Nancy Pelosi a parlé", "fr-nancy?"},
		{"the end of a longer name", "fr", "un habitant d'Arbouville-sur-Marne et des tirs sur Paris", "fr-paris"},
		{"joined preposition", "ar", "توقيف شخصين بالناظور وعشرة بمليلية", "ma-nador es-melilla"},
		{"no conjunction in Oujda", "ar", "اعتقلت الشرطة شخصا في وجدة", "ma-oujda"},
		{"conjunction before a name", "ar", "في الرباط والدار البيضاء وسلا", "ma-rabat ma-casablanca ma-sale"},
		{"lam swallows alef", "ar", "وصل إلى مدخل للرباط", "ma-rabat"},
		{"lam before lam", "ar", "زيارة لليبيا", "LY"},
		{"a volcano", "ar", "ثار بركان كبير", "ma-berkane?"},
		{"an everyday word", "ar", "كان في باريس ثم مرسيليا وكان معه", "fr-paris fr-marseille"},
		{"an everyday word announced", "ar", "مهرجان بمدينة كان", "fr-cannes"},
		{"airport in lower case", "fr", "à l’aéroport Mohammed V", "ma-aeroport-mohammed-v"},
		{"a town by its cue", "ar", "بمدينة بركان", "ma-berkane"},
		{"a homograph beside a town of its country", "ar", "عمليات بطنجة، فاس", "ma-tanger ma-fes"},
		{"weapons are not Salé", "ar", "حجز سلاح ناري", ""},
		{"country before its capital", "ar", "قالت الجزائر", "DZ"},
		{"the capital by its cue", "ar", "بمدينة الجزائر", "dz-alger"},
		{"g by other letters", "ar", "بستراسبورج ثم ستراسبورك وغرناطة", "fr-strasbourg fr-strasbourg es-granada"},
		{"letters that Arabic lacks", "ar", "في ڭلميم ثم بڨالمة وڤالنسيا", "ma-guelmim dz-guelma es-valencia"},
		{"a title is no town", "ar", "قال مسؤول في المملكة الأردنية الهاشمية", ""},
		{"students are no town", "ar", "احتج الطلاب في طرابلس", "ly-tripoli"},
		{"towns beyond the Maghreb", "ar", "في ملوي بالمنيا ثم المقدادية وقره تبه", "eg-mallawi eg-minya iq-muqdadiya iq-qara-tapa"},
		{"Latin name in an Arabic text", "ar", "من قبل السلطات (Melilla)", "es-melilla"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(found(table, c.text, c.lang), " "); got != c.want {
				t.Errorf("Find(%s) = %q, want %q; %+q", c.text, got, c.want, c.text)
			}
		})
	}
}

func TestPartsOfLongerNamesAreMarked(t *testing.T) {
	for sentence, want := range map[string]bool{
		"selon le Canberra Gazette":     true,
		"hier, Nancy Pelosi a parlé":    true,
		"deux blessés à Canberra mardi": false,
	} {
		matches := Default().Find(text.Tokens(sentence), "fr")
		if len(matches) != 1 || matches[0].Part != want {
			t.Errorf("%q: got %+v, want one match that is a part: %v", sentence, matches, want)
		}
	}
}

func TestBorders(t *testing.T) {
	table := Default()
	const km = 150
	for _, c := range []struct {
		id, country string
		want        bool
	}{
		{"es-ceuta", "MA", true},
		{"fr-paris", "MA", false},
		{"ma-sale", "TV", true}, // the table cannot tell
		{"nowhere", "MA", false},
	} {
		if got := table.Borders(c.id, c.country, km); got != c.want {
			t.Errorf("%s and %s: got %v, want %v", c.id, c.country, got, c.want)
		}
	}
}

func TestMatchesLieOnTheirTokens(t *testing.T) {
	tokens := text.Tokens("réunis au Caire puis à Béni Mellal")
	matches := Default().Find(tokens, "fr")
	if len(matches) != 2 {
		t.Fatalf("%d matches, want 2", len(matches))
	}
	if m := matches[0]; m.Surface != "Caire" || tokens[m.Start].Text != "Caire" {
		t.Errorf("first match %q at %q, want Caire", m.Surface, tokens[m.Start].Text)
	}
	if m := matches[1]; m.Surface != "Béni Mellal" || m.End != len(tokens) {
		t.Errorf("second match %q ends at %d, want Béni Mellal at %d", m.Surface, m.End, len(tokens))
	}
}

func TestHierarchyAndNeighbourhood(t *testing.T) {
	table := Default()
	for _, outer := range []string{"ma-sale", "ma-sale-province", "ma-rabat-sale-kenitra", "MA"} {
		if !table.Within("ma-sale", outer) {
			t.Errorf("ma-sale is not within %s", outer)
		}
	}
	if table.Within("MA", "ma-sale") || table.Within("ma-sale", "ma-rabat-province") || table.Within("nowhere", "nowhere") {
		t.Error("Within holds the wrong way round, between neighbours or for unknown places")
	}
	if c, ok := table.City("ma-beni-makada"); !ok || c.ID != "ma-tanger" {
		t.Errorf("City(ma-beni-makada) = %v, %v, want ma-tanger", c, ok)
	}
	if p, ok := table.Province("ma-tiflet"); !ok || p.ID != "ma-khemisset-province" {
		t.Errorf("Province(ma-tiflet) = %v, %v", p, ok)
	}
	if !table.Near("ma-nador", "es-melilla", 20) || table.Near("ma-nador", "ma-tanger", 100) || table.Near("MA", "ma-nador", 1e5) {
		t.Error("Near is wrong for Nador, Melilla, Tanger or a country")
	}
}

func TestCountriesByNameAndAdjective(t *testing.T) {
	table := Default()
	cases := []struct {
		word, lang, iso string
		adjective       bool
	}{
		{"Maroc", "fr", "MA", false},
		{"marocaines", "fr", "MA", true},
		{"algériennes", "fr", "DZ", true},
		{"français", "fr", "FR", true},
		{"turques", "fr", "TR", true},
		{"États-Unis", "fr", "US", false},
		{"المغربية", "ar", "MA", true},
		{"للجزائريين", "ar", "DZ", true},
		{"والمغاربة", "ar", "MA", true},
		{"الأميركية", "ar", "US", true},
		{"بالمغرب", "ar", "MA", false},
		{"الإسبان", "ar", "ES", true},
	}
	for _, c := range cases {
		iso, adjective, ok := table.Country(text.Fold(c.word), c.lang)
		if !ok || iso != c.iso || adjective != c.adjective {
			t.Errorf("Country(%s) = %q, %v, %v, want %q, %v; %+q", c.word, iso, adjective, ok, c.iso, c.adjective, c.word)
		}
	}
	if iso, _, ok := table.Country("maison", "fr"); ok {
		t.Errorf("Country(maison) = %q", iso)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	cases := []struct{ name, table, want string }{
		{"coordinates", "x-a\tcity\tMA\t\t99\t0\tA\tا", "line 1"},
		{"kind", "x-a\ttown\tMA\t\t9\t0\tA\tا", "town"},
		{"twice", "x-a\tcity\tMA\t\t9\t0\tA\tا\nx-a\tcity\tMA\t\t9\t0\tA\tا", "twice"},
		{"parent", "x-a\tcity\tMA\tx-b\t9\t0\tA\tا", "x-b"},
		{"cycle", "x-a\tcity\tMA\tx-b\t9\t0\tA\tا\nx-b\tcity\tMA\tx-a\t9\t0\tB\tب", "lead up"},
		{"columns", "x-a" + strings.Repeat("\t", 12), "columns"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse(strings.NewReader(c.table)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that names %q", err, c.want)
			}
		})
	}
}

func TestParseReadsTheUsersOwnTable(t *testing.T) {
	table, err := Parse(strings.NewReader("x-a\tcity\tMA\t\t30\t-8\tTazmamart\tتازمامارت"))
	if err != nil {
		t.Fatal(err)
	}
	if got := found(table, "à Tazmamart", "fr"); !slices.Equal(got, []string{"x-a"}) {
		t.Errorf("found %q", got)
	}
}
