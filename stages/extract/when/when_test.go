package when

import (
	"bufio"
	"cmp"
	"os"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dates"
	"rawi/stages/text"
	"rawi/stages/tsv"
)

func saturday(t testing.TB) Reference {
	t.Helper()
	return Reference{time.Date(2021, 12, 18, 10, 30, 0, 0, time.FixedZone("+01", 3600))}
}

func TestEveryListedExpressionIsUnderstood(t *testing.T) {
	f, err := os.Open("testdata/dates.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(lines.Text(), "#") || len(fields) != 3 {
			continue
		}
		read := French
		if fields[0] == "ar" {
			read = Arabic
		}
		found := read(fields[1], saturday(t))
		if got := shown(found); !agrees(found, fields[2]) {
			t.Errorf("%q (%+q): got %s, want %s", fields[1], fields[1], got, fields[2])
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// agrees compares one expression with the wanted day, month or year. Of a night, which has two days, the list gives the later.
func agrees(found []Mention, want string) bool {
	if want == "none" {
		return len(found) == 0
	}
	if len(found) != 1 {
		return false
	}
	m := found[0]
	layout := map[int]string{10: time.DateOnly, 7: "2006-01", 4: "2006"}[len(want)]
	precision := map[int]string{10: message.PrecisionDay, 7: message.PrecisionMonth, 4: message.PrecisionYear}[len(want)]
	night := m.To.Sub(m.From) == 24*time.Hour && m.To.Format(layout) == want
	return m.Precision == precision && (m.From.Format(layout) == want || night)
}

// shown writes mentions as from..to/precision/kind.
func shown(found []Mention) string {
	var b strings.Builder
	for i, m := range found {
		if i > 0 {
			b.WriteString(" ")
		}
		layout := map[string]string{message.PrecisionDay: time.DateOnly, message.PrecisionMonth: "2006-01", message.PrecisionYear: "2006"}[m.Precision]
		b.WriteString(m.From.Format(layout))
		if m.Precision == message.PrecisionDay && !m.To.Equal(m.From) {
			b.WriteString(".." + m.To.Format(time.DateOnly))
		}
		if m.Precision != message.PrecisionDay {
			b.WriteString("/" + m.Precision)
		}
		b.WriteString(map[Kind]string{Absolute: "", Relative: "~", Since: ">", Vague: "?"}[m.Kind])
		if m.Conflict {
			b.WriteString("!")
		}
	}
	return b.String()
}

func TestDatesInRunningText(t *testing.T) {
	table, err := os.ReadFile("testdata/running.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range tsv.Rows(string(table), 3) {
		read := French
		if row[0] == "ar" {
			read = Arabic
		}
		if got := cmp.Or(shown(read(row[1], saturday(t))), "none"); got != row[2] {
			t.Errorf("%q (%+q): got %q, want %q", row[1], row[1], got, row[2])
		}
	}
}

func TestWhatIsNoDate(t *testing.T) {
	for _, in := range []string{
		"âgé de 24 ans", "20 ans de prison ferme", "les années 1990", "plus de 2000 cellules", "chaque vendredi", "pendant 3 jours",
		"il y a quelques jours", "récemment", "3.500 personnes", "en 2000 exemplaires et 2000 euros", "mais la mairie et la planète Mars",
		"Il marche 15 km", "le 24/7", "de 19 à 49 ans", "le tél. 05-37-12-34-56", "entre 5 et 11 personnes", "version 1.2.3", "5 mois de prison",
		"ce jour-là, cette année-là et ce jeudi-là", "avant sept heures",
	} {
		if got := French(in, saturday(t)); len(got) != 0 {
			t.Errorf("French(%q) = %s, want nothing", in, shown(got))
		}
	}
	for _, in := range []string{
		"يبلغ من العمر 24 عاما", "20 سنة سجنا", "أكثر من 2000 خلية", "صلاة الجمعة", "قبل أن ينتقل", "منذ سنوات", "قبل أيام", "مارس الرجل الرياضة",
		"ما بين 19 و49 سنة", "باب المدينة", "في 2000 منزل وبيت", "عشرة أيام", "ثلاثة أشهر حبسا", "15 مليون درهم", "قبل يومين من الانتخابات", "قبل أقل من أسبوعين على الاقتراع",
	} {
		if got := Arabic(in, saturday(t)); len(got) != 0 {
			t.Errorf("Arabic(%q, %+q) = %s, want nothing", in, in, shown(got))
		}
	}
}

func TestListedWordsSurviveTheirOwnReading(t *testing.T) {
	known := []class{
		weekday, relative, part, night, last, this, unit, dual, ago, since, edge, link, of, to, between, cue, until, shade, bar, skip,
		first, ordinal, teen, tens, counted,
	}
	for _, v := range []struct {
		vocabulary
		data, lang string
	}{{frenchWords, frenchData, "fr"}, {arabicWords, arabicData, "ar"}} {
		for n, row := range tsv.Rows(v.data, 3) {
			if len(row) != 3 || !contains(known, class(row[1])) {
				t.Errorf("line %d: %q is not form, class, value", n, row)
				continue
			}
			readsAs(t, v.vocabulary, row[0], class(row[1]))
		}
		for _, name := range dates.Names(v.lang) {
			readsAs(t, v.vocabulary, name.Form, monthClass[name.Kind])
		}
	}
}

func readsAs(t *testing.T, v vocabulary, form string, want class) {
	t.Helper()
	tokens := text.Words(form)
	if got, ok := v.term(tokens, 0); !ok || got.class != want || got.next != len(tokens) {
		t.Errorf("%q (%+q) is read as %q to token %d of %d", form, form, got.class, got.next, len(tokens))
	}
}

func TestWithoutPublicationOnlyDatesWithAYearAreFound(t *testing.T) {
	if got := shown(French("hier, jeudi, le 3 mars, en mai, il y a deux jours, depuis 2002, le 17 décembre 2021", Reference{})); got != "2002/year> 2021-12-17" {
		t.Errorf("got %q", got)
	}
}
