package extract_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/extracttest"
	"rawi/stages/extract/page"
)

var (
	french = []string{
		"Un homme de vingt-quatre ans a été arrêté jeudi à Salé par les services de sécurité, avec l'aide de renseignements fournis par un pays partenaire.",
		"Selon le communiqué, le suspect avait prêté allégeance à une organisation extrémiste et s'apprêtait à fabriquer un engin explosif artisanal.",
		"Des appareils électroniques et des produits chimiques ont été saisis lors de la perquisition menée à son domicile en présence du parquet.",
		"Depuis plusieurs années, les autorités multiplient ce genre d'opérations préventives dans plusieurs villes du royaume et de sa périphérie.",
	}
	arabic = []string{
		"أوقفت المصالح الأمنية صباح يوم الخميس بمدينة سلا شابا يبلغ من العمر أربعا وعشرين سنة يشتبه في إعداده لعمل إرهابي داخل المملكة.",
		"وقال البيان إن المشتبه فيه كان قد أعلن ولاءه لتنظيم متطرف وحاول مرتين صنع عبوة ناسفة بوسائل تقليدية داخل منزل أسرته.",
		"وأسفرت عملية التفتيش التي أجريت بحضور النيابة العامة عن حجز أجهزة إلكترونية ومواد كيميائية أحيلت على المختبر الوطني للخبرة.",
	}
	fetched = time.Date(2021, 12, 18, 12, 0, 0, 0, time.UTC)
)

func webpage(lang string, r message.Raw, body string) message.Detected {
	r.ID, r.Digest, r.Status, r.Fetched, r.Body = "a1", "d1", 200, fetched, []byte(body)
	if r.ContentType == "" {
		r.ContentType = "text/html; charset=utf-8"
	}
	if r.URL == "" {
		r.URL = "https://journal.example/politique/sale"
	}
	return message.Detected{Raw: r, Language: lang}
}

func plain(lang string, lines ...string) message.Detected {
	in := webpage(lang, message.Raw{ContentType: "text/plain"}, strings.Join(lines, "\n"))
	return in
}

func one(t testing.TB, in message.Detected) message.Article {
	t.Helper()
	out, err := packs(t)[in.Language].Process(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func article(title, above string, paragraphs []string, below string) string {
	return "<html><head><title>" + title + " - Le Journal</title><meta property='og:site_name' content='Le Journal'></head><body><nav><a href=/>Accueil</a></nav>" +
		"<article><h1>" + title + "</h1>" + above + "<p>" + strings.Join(paragraphs, "</p><p>") + "</p>" + below + "</article></body></html>"
}

func TestAnArticleTellsTheTablesItWasReadWith(t *testing.T) {
	for own, want := range map[string]string{"": "fr/1", "1f3a9c20": "fr/1+1f3a9c20"} {
		stage := extract.New(extract.Language{Tag: "fr", Version: "1", Tables: func() string { return own }})
		out, err := stage.Process(t.Context(), webpage("fr", message.Raw{}, article("Salé : un homme arrêté", "", french, "")))
		if err != nil || len(out) != 1 || out[0].Extractor != want {
			t.Errorf("got %v, %v; want the extractor %q", out, err, want)
		}
	}
}

func TestPageBecomesAnArticle(t *testing.T) {
	below := "<h3>Articles similaires</h3><p>" + strings.Repeat("Une cellule démantelée à Tétouan selon la police locale. ", 5) + "</p>"
	above := `<p class="meta">Publié le vendredi 17 décembre 2021 à 20h15 - Mis à jour le 18 décembre 2021 à 08h00</p><p>Par Rédaction Locale</p>`
	a := one(t, webpage("fr", message.Raw{Outlet: message.Outlet{Zone: "Africa/Casablanca"}}, article("Salé : un homme arrêté", above, french, below)))
	if a.Title != "Salé : un homme arrêté" {
		t.Errorf("got title %q", a.Title)
	}
	if text := a.Text(); !strings.Contains(text, french[3]) || strings.Contains(text, "Tétouan") || strings.Contains(text, "Publié") {
		t.Errorf("got text:\n%s", text)
	}
	want := time.Date(2021, 12, 17, 19, 15, 0, 0, time.UTC) // Casablanca keeps GMT+1
	if !a.Published.Time.Equal(want) || a.Published.Origin != "text" || a.Published.Precision != message.PrecisionMinute {
		t.Errorf("got published %+v, want %v", a.Published, want)
	}
	if a.Modified.Time.IsZero() {
		t.Error("the time of the change was not read")
	}
	if a.Type != message.ArticleV1 || a.ID != "a1" || a.Digest != "d1" || a.Extractor != "fr/1" || a.Access != message.AccessFree {
		t.Errorf("got %+v", a)
	}
	for _, b := range a.Blocks {
		if b.Role != message.RoleMain {
			t.Errorf("got role %q, want main where no pack says otherwise", b.Role)
		}
	}
}

func TestArabicPageInItsOldCharset(t *testing.T) {
	body, err := charmap.Windows1256.NewEncoder().String(article("توقيف شاب بمدينة سلا", "<p>نشر في: 17/12/2021</p>", arabic, "<h3>اقرأ أيضا</h3><h3>مواضيع ذات صلة</h3><p>تفكيك خلية بمدينة أخرى</p>"))
	if err != nil {
		t.Fatal(err)
	}
	a := one(t, webpage("ar", message.Raw{ContentType: "text/html"}, body))
	if a.Title != "توقيف شاب بمدينة سلا" || !strings.Contains(a.Text(), arabic[2]) || strings.Contains(a.Text(), "خلية بمدينة") {
		t.Errorf("got %s (%+q):\n%s", a.Title, a.Title, a.Text())
	}
	if got := a.Published.Time.Format(time.DateOnly); got != "2021-12-17" {
		t.Errorf("got published %s", got)
	}
	if a.Quality.Damaged != 0 {
		t.Errorf("got damaged %.3f", a.Quality.Damaged)
	}
}

func TestTeasersOfOtherOperationsNeverEnter(t *testing.T) {
	teaser := "La police a démantelé vendredi à Tétouan une cellule dont le chef avait prêté allégeance à l'organisation et préparait plusieurs..."
	a := one(t, plain("fr", "Tétouan : une cellule démantelée", teaser, "Salé : un homme arrêté", french[0], french[1], french[2], "Aller plus loin", teaser, "Un autre extrémiste interpellé à Meknès par la police judiciaire."))
	if text := a.Text(); strings.Contains(text, "Tétouan") || strings.Contains(text, "Meknès") || !strings.Contains(text, french[2]) {
		t.Errorf("got:\n%s", text)
	}
	if a.Title != "Salé : un homme arrêté" {
		t.Errorf("got title %q", a.Title)
	}
}

func TestInlineLinksDoNotCut(t *testing.T) {
	inline := `<p>Lire aussi</p><p><a href="/x">Un trafiquant présumé arrêté à Nador après une longue traque</a></p>`
	a := one(t, webpage("fr", message.Raw{}, article("Salé : un homme arrêté", "", []string{french[0], french[1] + "</p>" + inline + "<p>" + french[2], french[3]}, "")))
	if text := a.Text(); strings.Contains(text, "Nador") || strings.Contains(text, "Lire aussi") || !strings.Contains(text, french[3]) {
		t.Errorf("got:\n%s", text)
	}
}

func TestMarkerThatOpensASentenceIsText(t *testing.T) {
	sentence := "Réagir vite était la seule consigne donnée aux équipes de secours, a expliqué leur chef devant la presse réunie sur place."
	a := one(t, plain("fr", "Titre de la page du jour", french[0], sentence, french[1]))
	if !strings.Contains(a.Text(), sentence) || !strings.Contains(a.Text(), french[1]) {
		t.Errorf("got:\n%s", a.Text())
	}
}

func TestSectionNamesAboveATextAreNotItsTitle(t *testing.T) {
	for _, label := range []string{"Grand Maghreb", "Partager"} {
		if a := one(t, plain("fr", label, "Salé : un homme arrêté avant un attentat", french[0], french[1])); a.Title != "Salé : un homme arrêté avant un attentat" {
			t.Errorf("%s: got title %q", label, a.Title)
		}
	}
}

func TestDatesByTrust(t *testing.T) {
	ld := `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Salé : un homme arrêté","datePublished":"2021-12-16T10:00:00Z"}</script>`
	visible := "<p>Publié le 15 décembre 2021</p>"
	entry := message.Found{Entry: message.Entry{Published: time.Date(2021, 12, 17, 9, 0, 0, 0, time.UTC)}}
	dated := "https://journal.example/2021/12/14/sale"
	tests := []struct {
		name, above string
		raw         message.Raw
		day, origin string
	}{
		{"feed first", ld + visible, message.Raw{Found: entry}, "2021-12-17", "feed"},
		{"then structured data", ld + visible, message.Raw{URL: dated}, "2021-12-16", "json-ld"},
		{"then what readers see", visible, message.Raw{URL: dated}, "2021-12-15", "text"},
		{"then the address", "", message.Raw{URL: dated}, "2021-12-14", "url"},
		{"never the future", "<p>Publié le 15 décembre 2031</p>", message.Raw{}, "", ""},
		{"never a bare year", "<p>Publié en 2021</p>", message.Raw{}, "", ""},
	}
	for _, tt := range tests {
		a := one(t, webpage("fr", tt.raw, article("Salé : un homme arrêté", tt.above, french, "")))
		day := ""
		if !a.Published.Time.IsZero() {
			day = a.Published.Time.Format(time.DateOnly)
		}
		if day != tt.day || a.Published.Origin != tt.origin {
			t.Errorf("%s: got %s from %q, want %s from %q", tt.name, day, a.Published.Origin, tt.day, tt.origin)
		}
	}
}

func TestPackReadsRelativeDates(t *testing.T) {
	lang := extract.Language{Tag: "fr", Version: "1", Date: func(line string, fetched time.Time) (time.Time, string, bool) {
		return fetched.Add(-3 * time.Hour), message.PrecisionMinute, strings.HasPrefix(line, "il y a 3 heures")
	}}
	out, err := extract.New(lang).Process(t.Context(), webpage("fr", message.Raw{}, article("Salé : un homme arrêté", "<p>il y a 3 heures</p>", french, "")))
	if err != nil || !out[0].Published.Time.Equal(fetched.Add(-3*time.Hour)) {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestAgencyCreditIsToldFromQuotation(t *testing.T) {
	tests := []struct{ name, lang, first, last, want string }{
		{"dateline in brackets", "fr", "RABAT (MAP) - " + french[0], french[1], "MAP"},
		{"closing brackets", "fr", french[0], french[1] + " (avec AFP)", "AFP"},
		{"line of its own", "fr", french[0], "Source : Reuters", "Reuters"},
		{"quoted inside", "fr", french[0] + " Un responsable l'a confirmé à l'agence Reuters, qui a publié l'information.", french[1], ""},
		{"map is a word", "fr", french[0], "Voir la map interactive", ""},
		{"mauritanian", "fr", "NOUAKCHOTT (AMI) - " + french[0], french[1], "AMI"},
		{"nigerien", "fr", french[0], "Source : ANP", "ANP"},
		{"moroccan in letters with points", "ar", "الرباط - (و.م.ع) " + arabic[0], arabic[1], "MAP"},
		{"french in letters", "ar", "باريس (أ ف ب) - " + arabic[0], arabic[1], "AFP"},
		{"libyan by name", "ar", arabic[0], "المصدر: وكالة الأنباء الليبية", "LANA"},
		{"several", "fr", french[0], "(Avec agences)", "agencies"},
		{"arabic source", "ar", arabic[0], "المصدر: وكالات", "agencies"},
		{"arabic dateline", "ar", "الرباط - (و م ع) " + arabic[0], arabic[1], "MAP"},
		{"arabic before a dash", "ar", "رويترز - " + arabic[0], arabic[1], "Reuters"},
	}
	for _, tt := range tests {
		a := one(t, plain(tt.lang, "Un titre assez long pour en être un", tt.first, "Un paragraphe de plus, entre le premier et le dernier de la page.", tt.last))
		if a.Credit != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, a.Credit, tt.want)
		}
	}
}

func TestAccess(t *testing.T) {
	tests := []struct{ name, url, below, want string }{
		{"free", "", "", message.AccessFree},
		{"stub phrase", "", "<p>Il vous reste 70 % de cet article à lire.</p>", message.AccessPaywall},
		{"says so", "", `<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>`, message.AccessPaywall},
		{"live by address", "https://journal.example/live/sale", "", message.AccessLiveBlog},
		{"live by type", "", `<script type="application/ld+json">{"@type":"LiveBlogPosting"}</script>`, message.AccessLiveBlog},
	}
	for _, tt := range tests {
		if a := one(t, webpage("fr", message.Raw{URL: tt.url}, article("Salé : un homme arrêté", "", french, tt.below))); a.Access != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, a.Access, tt.want)
		}
	}
}

// TestVideoPageIsDropped keeps the links around a video from being taken for an article; a video with a report below it is one.
func TestVideoPageIsDropped(t *testing.T) {
	around := "<section><ul>" + strings.Repeat("<li><a href=/x>Une cellule démantelée à Tétouan, trois hommes arrêtés par la police</a></li>", 5) + "</ul></section>"
	video := func(head string, paragraphs []string) message.Detected {
		body := strings.Replace(article("Essaouira en images", "<video src=/v.mp4></video>"+around, paragraphs, ""), "<head>", "<head><meta property=og:type content=video.other>"+head, 1)
		return webpage("fr", message.Raw{}, body)
	}
	_, err := packs(t)["fr"].Process(t.Context(), video("", []string{"En images."}))
	if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != "video" {
		t.Errorf("a page of a video and links: got %v, want it dropped", err)
	}
	one(t, video("", slices.Concat(french, french, french)))
	one(t, video(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"Salé"}</script>`, french))
}

func TestIndexPageIsDropped(t *testing.T) {
	teasers := strings.Repeat("<div><h3><a href=/x>Une cellule démantelée à Tétouan par la police</a></h3><p>Trois hommes ont été arrêtés vendredi matin, selon la police.</p></div>", 12)
	_, err := packs(t)["fr"].Process(t.Context(), webpage("fr", message.Raw{}, "<html><body><h1>Maroc</h1>"+teasers+"</body></html>"))
	if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != "index" {
		t.Errorf("got %v, want it dropped", err)
	}
}

func TestCanonicalOnlyWithinTheSite(t *testing.T) {
	for link, want := range map[string]string{
		"https://www.journal.example/sale": "https://www.journal.example/sale",
		"/sale?x=1":                        "https://journal.example/sale?x=1",
		"https://autre.example/sale":       "",
		"https://journal.example/":         "",
		"javascript:alert(1)":              "",
	} {
		body := strings.Replace(article("Salé : un homme arrêté", "", french, ""), "</head>", `<link rel="canonical" href="`+link+`"></head>`, 1)
		if a := one(t, webpage("fr", message.Raw{}, body)); a.Canonical != want {
			t.Errorf("%s: got %q, want %q", link, a.Canonical, want)
		}
	}
}

func TestNearCopiesHaveNearSignatures(t *testing.T) {
	long := slices.Concat(french, french[1:2], french)
	same := func(a, b message.Article) (n int) {
		for i, v := range a.Signature.MinHash {
			if b.Signature.MinHash[i] == v {
				n++
			}
		}
		return n
	}
	a := one(t, plain("fr", append([]string{"Un titre assez long pour en être un"}, long...)...))
	b := one(t, plain("fr", append([]string{"Encore un autre titre, différent du premier"}, append(long, "Une phrase de plus à la fin.")...)...))
	c := one(t, plain("ar", append([]string{"عنوان طويل بما يكفي لهذا النص"}, arabic...)...))
	if n := same(a, b); n < 100 || len(a.Signature.MinHash) != 128 || a.Signature.Shingles == 0 {
		t.Errorf("copies: got %d of %d equal minima", n, len(a.Signature.MinHash))
	}
	if n := same(a, c); n > 5 {
		t.Errorf("strangers: got %d equal minima", n)
	}
}

func TestWhatHoldsNoArticleIsADeadLetter(t *testing.T) {
	tests := []struct{ name, body, reason string }{
		{"menu", "<nav><a href=/>Accueil</a></nav>", "no_article"},
		{"empty", "", "no_article"},
		{"only furniture", "<p>Partager</p>", "no_article"},
		{"image", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"},
		{"too deep", strings.Repeat("<div>", 1000) + french[0], "too_deep"},
	}
	for _, tt := range tests {
		_, err := packs(t)["fr"].Process(t.Context(), webpage("fr", message.Raw{}, tt.body))
		var dead *fault.Permanent
		if !errors.As(err, &dead) || dead.Reason != tt.reason {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.reason)
		}
	}
}

func TestPackSeesTheOutletsDayAndItsRolesAreKept(t *testing.T) {
	var seen extract.Document
	lang := extract.Language{Tag: "fr", Version: "2", Analyse: func(d extract.Document) extract.Analysis {
		seen = d
		return extract.Analysis{Facts: message.Facts{Kind: message.KindOperation}, Roles: []string{message.RoleMain, message.RoleBackground}}
	}}
	in := plain("fr", "Un titre assez long pour en être un", french[0], french[1])
	in.Raw.Outlet.Zone = "Asia/Tokyo"
	in.Raw.Found.Entry.Published = time.Date(2021, 12, 17, 20, 0, 0, 0, time.UTC)
	out, err := extract.New(lang).Process(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Published.Day() != 18 || !seen.PublishedKnown || len(seen.Blocks) != 2 {
		t.Errorf("got %+v, want the 18th in Tokyo", seen)
	}
	if out[0].Blocks[1].Role != message.RoleBackground || out[0].Facts.Kind != message.KindOperation || len(out[0].Signature.MinHash) == 0 {
		t.Errorf("got %+v", out[0])
	}
}

func TestMarkerTablesRefuseWhatTheyDoNotKnow(t *testing.T) {
	for _, table := range []string{"cut", "cut\t", "erase\tLire aussi", "cut\t«»"} {
		if _, err := extract.ParseMarkers(table); err == nil {
			t.Errorf("%q: got no error", table)
		}
	}
}

// TestSeeds reads scraped text beside the checkout: no teaser, menu or comment form may be left in it.
func TestSeeds(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join(shared(t, "seeds"), "*.txt"))
	if len(names) == 0 {
		t.Skip("no scraped text beside this checkout")
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lang := "fr"
		if strings.Count(string(body), "ا") > 100 {
			lang = "ar"
		}
		a := one(t, webpage(lang, message.Raw{ContentType: "text/plain"}, string(body)))
		for _, b := range a.Blocks {
			if strings.HasSuffix(b.Text, "...") || len(strings.Fields(b.Text)) < 5 {
				t.Errorf("%s: got %q (%+q)", filepath.Base(name), b.Text, b.Text)
			}
		}
		if len(a.Blocks) < 4 || a.Title == "" {
			t.Errorf("%s: got %d blocks under %q", filepath.Base(name), len(a.Blocks), a.Title)
		}
	}
}

func TestLawsAndCasesHoldForTheSmallestPack(t *testing.T) {
	dir := t.TempDir()
	file := "title: Un titre\npublished: 2021-12-18T08:00:00+01:00\nzone: Africa/Casablanca\nkind: other\nbackground: 1\n\nUn bloc.\n\nUn autre.\n"
	if err := os.WriteFile(filepath.Join(dir, "case.txt"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	markers, err := extract.ParseMarkers("cut\tA\ndrop\tB\nread\tC\nteaser\tD")
	if err != nil {
		t.Fatal(err)
	}
	extracttest.Run(t, extract.Language{Tag: "xx", Version: "1", Markers: markers, Analyse: func(d extract.Document) extract.Analysis {
		found := extract.Analysis{Facts: message.Facts{Kind: message.KindOther}}
		for i := range d.Blocks {
			found.Roles = append(found.Roles, []string{message.RoleMain, message.RoleBackground}[i%2])
		}
		return found
	}}, dir)
}

func FuzzProcess(f *testing.F) {
	stages := packs(f)
	f.Add(article("Salé", "", french, ""), "text/html")
	f.Add(strings.Join(arabic, "\n"), "text/plain")
	f.Add(fmt.Sprintf("<h1>%s</h1>", french[0]), "")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		in := webpage("fr", message.Raw{ContentType: contentType}, body)
		out, err := stages["fr"].Process(t.Context(), in)
		if err != nil {
			return
		}
		for _, b := range out[0].Blocks {
			if b.Text == "" || page.Same(b.Text, "") {
				t.Errorf("got an empty block from %q", body)
			}
		}
	})
}
