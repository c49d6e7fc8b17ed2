package when

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

func FuzzDates(f *testing.F) {
	for _, s := range []string{
		"dans la nuit du jeudi 16 au vendredi 17 décembre 2021", "hier, jeudi (16/12/2021)", "ليلة الجمعة إلى السبت 18 دجنبر", "من 5 إلى 11 من الشهر الجاري",
		"منذ عامين", "29 février", "lundi 29 février", "il y a 2000 ans", "٢٠٢١/١٢/١٧", "الحادي والثلاثين من", "31 sept.", "1.1.1900-", "18:61 م", "17/12/2021 à 1h:2",
	} {
		f.Add(s, int64(1639819800))
	}
	f.Fuzz(func(t *testing.T, s string, seconds int64) {
		const century = 100 * 365 * 24 * 3600
		now := time.Unix(seconds%century, 0).UTC()
		for _, read := range []func(string, Reference) []Mention{French, Arabic} {
			end := 0
			for _, m := range read(s, Reference{now}) {
				if m.Start < end || m.End <= m.Start || m.End > len(s) || m.To.Before(m.From) || m.Precision == "" {
					t.Fatalf("%+q at %s: bad mention %+v after %d", s, now, m, end)
				}
				end = m.End
			}
			for _, m := range read(s, Reference{}) {
				if m.From.Year() < earliestYear {
					t.Fatalf("%+q without a reference: %+v", s, m)
				}
			}
		}
		for _, read := range []func(string, time.Time) (time.Time, string, bool){FrenchLine, ArabicLine} {
			if got, precision, ok := read(s, now); ok && (got.IsZero() || precision == message.PrecisionYear) {
				t.Fatalf("%+q by %s: %s, %s", s, now, got, precision)
			}
		}
	})
}

func BenchmarkFrench(b *testing.B) {
	article := strings.Repeat("Le Bureau central d’investigations judiciaires a interpellé, jeudi 16 décembre à l’aube à Salé, un individu de 24 ans soupçonné. ", 25)
	ref := saturday(b)
	b.ReportAllocs()
	for b.Loop() {
		French(article, ref)
	}
}

func BenchmarkArabic(b *testing.B) {
	article := strings.Repeat("تمكن المكتب المركزي للأبحاث القضائية، صباح اليوم الجمعة بمدينة سلا، من توقيف شخص يبلغ من العمر 24 عاما. ", 28)
	ref := saturday(b)
	b.ReportAllocs()
	for b.Loop() {
		Arabic(article, ref)
	}
}
