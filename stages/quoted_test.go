package stages_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/language"
	"rawi/stages/places"
)

// quoting is a report in French that leaves to the communiqué, quoted in Arabic, who was arrested and where.
var quoting = []string{
	"La police judiciaire a procédé à des interpellations dans la nuit de mercredi à jeudi, au terme d'une enquête de plusieurs semaines menée sous la conduite du parquet.",
	"وأوضح البيان أن عناصر الشرطة تمكنت من توقيف ثلاثة أشخاص بمدينة الناظور، تتراوح أعمارهم بين 21 و34 سنة، للاشتباه في تورطهم في ترويج المخدرات.",
	"L'enquête se poursuit avec le concours de la gendarmerie, et les suspects doivent être présentés au juge dans les prochains jours, précise encore le communiqué.",
}

// quoted is a report in Arabic that leaves the same to a quotation in French.
var quoted = []string{
	"تمكنت عناصر الشرطة القضائية ليلة الأربعاء من إجراء عملية توقيف بعد بحث دام عدة أسابيع تحت إشراف النيابة العامة المختصة، حسب ما علم من مصدر مطلع.",
	"« Trois hommes âgés de 21 à 34 ans ont été arrêtés à Nador, où ils sont soupçonnés de vendre de la drogue », indique le communiqué de la préfecture de police.",
	"وما زال البحث متواصلا بتنسيق مع عناصر الدرك الملكي، ومن المنتظر أن يتم تقديم المشتبه فيهم أمام قاضي التحقيق خلال الأيام القليلة المقبلة.",
}

func pageOf(title string, paragraphs []string) message.Raw {
	return message.Raw{
		ID: "a1", Digest: "d1", Status: 200, URL: "https://journal.example/a/1", ContentType: "text/html; charset=utf-8",
		Fetched: time.Date(2022, 3, 3, 12, 0, 0, 0, time.UTC),
		Body: []byte("<html><head><title>" + title + "</title></head><body><article><h1>" + title + "</h1><p>" +
			strings.Join(paragraphs, "</p><p>") + "</p></article></body></html>"),
	}
}

func detect(t *testing.T, raw message.Raw) message.Detected {
	t.Helper()
	detected, err := language.New(language.Config{}).Process(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return detected[0]
}

func articleOf(t *testing.T, in message.Detected) message.Article {
	t.Helper()
	languages := stages.Languages(places.Default())
	for _, lang := range languages {
		if lang.Tag != in.Language {
			continue
		}
		articles, err := extract.New(lang, languages...).Process(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return articles[0]
	}
	t.Fatalf("no pack reads %s", in.Language)
	return message.Article{}
}

func TestQuotationIsReadByThePackOfItsLanguage(t *testing.T) {
	for _, tt := range []struct {
		language, title, said string
		paragraphs            []string
	}{
		{"fr", "La police judiciaire procède à des arrestations", "ثلاثة أشخاص", quoting},
		{"ar", "عملية توقيف للشرطة القضائية", "Trois hommes", quoted},
	} {
		t.Run(tt.language, func(t *testing.T) {
			in := detect(t, pageOf(tt.title, tt.paragraphs))
			if in.Language != tt.language || len(in.Blocks) != 1 {
				t.Fatalf("got %s with blocks %+v, want %s with one", in.Language, in.Blocks, tt.language)
			}
			a := articleOf(t, in)
			if a.Language != tt.language || !strings.Contains(a.Text(), tt.paragraphs[1]) {
				t.Errorf("got language %s, text:\n%s", a.Language, a.Text())
			}
			if f := a.Facts; f.Arrested == nil || f.Arrested.N != 3 || len(f.Places) != 1 || f.Places[0].ID != "ma-nador" ||
				f.Ages == nil || *f.Ages != (message.Range{Min: 21, Max: 34}) || f.Action != message.ActionArrest {
				t.Errorf("got %+v, want three arrested in Nador, 21 to 34 years old", f)
			}
			for _, e := range a.Facts.Evidence {
				text := a.Title
				if e.Block >= 0 {
					text = a.Blocks[e.Block].Text
				}
				if e.Fact == "arrested" && (e.Block != 1 || !strings.Contains(text[e.Start:e.End], tt.said)) {
					t.Errorf("got evidence %q in block %d for the count, want %q in block 1", text[e.Start:e.End], e.Block, tt.said)
				}
			}
			in.Blocks = nil
			if f := articleOf(t, in).Facts; f.Arrested != nil && f.Arrested.N == 3 {
				t.Errorf("without the languages of its blocks, got %+v: the article tells that itself", f.Arrested)
			}
		})
	}
}

// A language without a pack keeps its text and says nothing: "en Melilla" and "12" would otherwise be read as French.
func TestQuotationThatNoPackReadsSaysNothing(t *testing.T) {
	spanish := "«La policía detuvo a 12 personas en Melilla y en Ceuta durante la operación del miércoles, pero no podemos decir nada más por ahora», dijo el fiscal."
	in := detect(t, pageOf("La police judiciaire procède à des arrestations", []string{quoting[0], spanish, quoting[2]}))
	if in.Language != "fr" || len(in.Blocks) != 1 || in.Blocks[0].Language != "es" {
		t.Fatalf("got %s with blocks %+v, want fr with one in es", in.Language, in.Blocks)
	}
	a := articleOf(t, in)
	spoken := func(word string) bool { return strings.HasPrefix(word, "fr:detuv") }
	if len(a.Facts.Places) > 0 || slices.ContainsFunc(a.Signature.Words, spoken) || a.Blocks[1].Text != spanish || a.Blocks[1].Role != message.RoleBackground {
		t.Errorf("got places %+v, words %q, block %+v; want none of it, and the block as background", a.Facts.Places, a.Signature.Words, a.Blocks[1])
	}
	in.Blocks = nil
	if before := articleOf(t, in); len(before.Facts.Places) == 0 || !slices.ContainsFunc(before.Signature.Words, spoken) || before.Blocks[1].Role != message.RoleMain {
		t.Errorf("without the languages of its blocks, got places %+v, role %s: nothing shows the difference", before.Facts.Places, before.Blocks[1].Role)
	}
}

func TestQuotationOfAnotherHappeningIsRecalled(t *testing.T) {
	trial := "Le tribunal de Lyon a condamné jeudi un homme de 41 ans à dix ans de prison à l'issue d'un procès de trois jours, selon l'avocat de la défense."
	in := detect(t, pageOf("Dix ans de prison pour un homme de 41 ans à Lyon", []string{trial, quoting[1], trial}))
	a := articleOf(t, in)
	if in.Language != "fr" || len(in.Blocks) != 1 {
		t.Fatalf("got %s with blocks %+v, want fr with one", in.Language, in.Blocks)
	}
	if a.Facts.Action != message.ActionTrial || a.Facts.Arrested != nil || len(a.Recalled) != 1 || a.Recalled[0].Country != "MA" {
		t.Errorf("got %+v, recalled %+v; want a trial that recalls an arrest in Morocco", a.Facts, a.Recalled)
	}
}
