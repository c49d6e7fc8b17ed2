package when

import (
	"bufio"
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
	for _, c := range []struct{ lang, in, want string }{
		{"fr", "Le suspect a été arrêté ce jeudi à l'aube à Salé.", "2021-12-16~"},
		{"fr", "Il a été interpellé « hier, jeudi », selon le communiqué.", "2021-12-16~!"},
		{"fr", "interpellé jeudi 16 décembre 2021", "2021-12-16"},
		{"fr", "interpellé vendredi 16 décembre 2021", "2021-12-16!"},
		{"fr", "mercredi et jeudi", "2021-12-15~ 2021-12-16~"},
		{"fr", "dans la nuit du 16 au 17 décembre", "2021-12-16..2021-12-17"},
		{"fr", "dans la nuit de jeudi à vendredi, la police", "2021-12-16..2021-12-17~"},
		{"fr", "dans la nuit du jeudi 16 au vendredi 17 décembre 2021", "2021-12-16..2021-12-17"},
		{"fr", "du 28 décembre 2020 au 3 janvier 2021", "2020-12-28..2021-01-03"},
		{"fr", "du 5 au 11 juillet", "2021-07-05..2021-07-11"},
		{"fr", "entre le 5 et le 11 juillet", "2021-07-05..2021-07-11"},
		{"fr", "les 16 et 17 décembre", "2021-12-16..2021-12-17"},
		{"fr", "jeudi 1er octobre", "2020-10-01"},
		{"fr", "le samedi 25 décembre", "2021-12-25"},
		{"fr", "arrêtés mercredi (15/12/2021) lors d'une opération", "2021-12-15"},
		{"fr", "interpellé jeudi 16 par la police", "2021-12-16"},
		{"fr", "mercredi de la semaine dernière", "2021-12-08~"},
		{"fr", "en mars dernier", "2021-03/month"},
		{"fr", "en décembre dernier", "2020-12/month"},
		{"fr", "Le 24 juin dernier, au large", "2021-06-24"},
		{"fr", "fin novembre", "2021-11/month"},
		{"fr", "mi-mars, en plein mois de mai", "2021-03/month 2021-05/month"},
		{"fr", "depuis 2002, plus de 2000 cellules", "2002/year>"},
		{"fr", "Depuis mardi matin", "2021-12-14>"},
		{"fr", "depuis le mois de mars 2020", "2020-03/month>"},
		{"fr", "les attentats de 2003, à Casablanca", "2003/year"},
		{"fr", "de 2015 à 2019", "2015/year"},
		{"fr", "il y a trois jours", "2021-12-15~"},
		{"fr", "il y a un peu plus de deux mois", "2021-10/month?"},
		{"fr", "samedi prochain et demain", "2021-12-25~ 2021-12-19~"},
		{"fr", "la nuit dernière", "2021-12-17..2021-12-18~"},
		{"fr", "cette année", "2021/year~"},
		{"fr", "le 31.12.2020 et le 2021/12/18", "2020-12-31 2021-12-18"},
		{"fr", "mise au jour cette semaine", "2021-12-13..2021-12-18?"},
		{"fr", "entendu au plus tard jeudi", "2021-12-23~"},
		{"fr", "La réunion se tiendra jeudi à Rabat.", "2021-12-23~"},
		{"fr", "Les deux suspects seront présentés mardi au parquet", "2021-12-21~"},
		{"fr", "Jeudi, le conseil se penchera sur la loi", "2021-12-23~"},
		{"fr", "arrêté jeudi, il sera présenté lundi au juge", "2021-12-16~ 2021-12-20~"},
		{"fr", "Il a été interpellé jeudi et sera jugé", "2021-12-16~"},
		{"fr", "L'opéra rouvert jeudi et la caméra volée mardi", "2021-12-16~ 2021-12-14~"},
		{"fr", "Il sera jugé. Jeudi, il a été arrêté", "2021-12-16~"},
		{"fr", "le match aura lieu samedi", "2021-12-18~"},
		{"ar", "سيعقد المجلس جلسته يوم الخميس", "2021-12-23~"},
		{"ar", "وستنطلق المباراة الثلاثاء", "2021-12-21~"},
		{"ar", "اصطدمت سيارة مساء الخميس بشاحنة", "2021-12-16~"},
		{"ar", "أوقفته الشرطة الخميس وسيعرض على القضاء الاثنين", "2021-12-16~ 2021-12-20~"},
		{"ar", "من المقرر عرضهم الثلاثاء على النيابة", "2021-12-21~"},
		{"fr", "ce samedi 11 décembre.LES JOURNALISTES", "2021-12-11"},
		{"ar", "23 دجنبر الجاري", "2021-12-23"},
		{"ar", "صباح اليوم الجمعة بمدينة سلا", "2021-12-17~!"},
		{"ar", "فجر أمس الجمعة، انتشر", "2021-12-17~"},
		{"ar", "مساء أمس الجمعة 17 دجنبر", "2021-12-17"},
		{"ar", "يوم الخميس الموافق ١٦ ديسمبر", "2021-12-16"},
		{"ar", "والخميس الماضي", "2021-12-16~"},
		{"ar", "ليلة الجمعة إلى السبت", "2021-12-17..2021-12-18~"},
		{"ar", "ليل الخميس الجمعة", "2021-12-16..2021-12-17~"},
		{"ar", "الليلة الماضية، على وقع", "2021-12-17..2021-12-18~"},
		{"ar", "ليلة البارحة", "2021-12-17..2021-12-18~"},
		{"ar", "ما بين 5 و11 من يوليوز", "2021-07-05..2021-07-11"},
		{"ar", "بين 5 و11 تموز/يوليو 2020", "2020-07-05..2020-07-11"},
		{"ar", "من 5 إلى 11 يوليو", "2021-07-05..2021-07-11"},
		{"ar", "السادس عشر من الشهر الجاري", "2021-12-16"},
		{"ar", "الحادي والعشرين من نونبر 2020", "2020-11-21"},
		{"ar", "الثلاثاء 14 كانون الأول (ديسمبر) 2021", "2021-12-14"},
		{"ar", "منذ عام ٢٠٠٢", "2002/year>"},
		{"ar", "منذ يوم الثلاثاء", "2021-12-14>"},
		{"ar", "قبل أسبوع", "2021-12-11?"},
		{"ar", "قبل شهرين", "2021-10/month?"},
		{"ar", "بالشهر الماضي", "2021-11/month~"},
		{"ar", "مطلع الشهر الجاري", "2021-12/month~"},
		{"ar", "في شهر ماي الماضي", "2021-05/month"},
		{"ar", "مارس من العام الماضي", "2020-03/month"},
		{"ar", "صيف 2019 وفي 2016", "2019/year 2016/year"},
		{"ar", "13 جمادى الأولى 1443 هـ - 18 ديسمبر 2021 م", "2021-12-18"},
		{"ar", "غدا الأحد", "2021-12-19~"},
		{"ar", "في اليوم التالي، وفي ذلك اليوم", ""},
	} {
		read := French
		if c.lang == "ar" {
			read = Arabic
		}
		if got := shown(read(c.in, saturday(t))); got != c.want {
			t.Errorf("%q (%+q): got %q, want %q", c.in, c.in, got, c.want)
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
