package verdict

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

const (
	article   = "https://journal.example/societe/un-homme-arrete-a-sale.html"
	bodyFR    = "<p>Le conseil municipal de la ville a adopté jeudi soir, à une large majorité, le plan de rénovation des écoles du centre, qui doit durer trois ans.</p>"
	bodyAR    = "<p>صادق المجلس الجماعي للمدينة مساء أمس الخميس، بأغلبية واسعة، على مخطط إصلاح مدارس وسط المدينة الذي سيستغرق ثلاث سنوات كاملة.</p>"
	published = `<meta property="article:published_time" content="2021-12-17T10:00:00+01:00">`
)

// pageOf is a page with a title and a body.
func pageOf(title, body string) string {
	return "<html><head><title>" + title + "</title></head><body>" + body + "</body></html>"
}

// teasers are what a site shows below a message that something is not there.
func teasers(n int) string {
	return strings.Repeat(`<div><h3><a href="/a">Un autre titre du jour</a></h3><p><a href="/a">Le résumé d'un autre article du jour, que le lecteur pourrait vouloir lire à la place de celui qu'il a cherché ici.</a></p></div>`, n)
}

func TestOrdinaryArticlesAreNotTakenForSomethingElse(t *testing.T) {
	const guard = `<script src="/cdn-cgi/challenge-platform/h/b/scripts/jsd/main.js"></script>`
	for _, tt := range []struct{ name, answered, body string }{
		{"asks whether the reader is a robot", article, pageOf("Êtes-vous un robot ? Ce que les captchas disent de nous", strings.Repeat(bodyFR, 8))},
		{"begins with access", article, pageOf("Avant d'accéder à la mairie, il était instituteur", strings.Repeat(bodyFR, 8))},
		{"a moment of silence", article, pageOf("Just a moment of silence for the victims", strings.Repeat(bodyFR, 8))},
		{"a moment, in Arabic", article, pageOf("لحظة… وصول أول قطار إلى المحطة الجديدة", strings.Repeat(bodyAR, 8))},
		{"404 is the name of a novel", article, pageOf("404 – le roman de la rentrée | Le Journal", strings.Repeat(bodyFR, 8))},
		{"404 is the name of a flight", article, pageOf("Retour sur le vol AF-404", strings.Repeat(bodyFR, 8))},
		{"404 is the name of a car", article, pageOf("Peugeot 404 - Le Journal", strings.Repeat(bodyFR, 8))},
		{"the whole title is connection", article, pageOf("Connexion", strings.Repeat(bodyFR, 8))},
		{"a film that is not found", article, pageOf("Not Found | Cinéma | Le Journal", strings.Repeat(bodyFR, 8))},
		{"access denied to a minister", article, pageOf("Access denied | Le Journal", published+strings.Repeat(bodyFR, 4))},
		{"says when it was published", article, pageOf("Page introuvable", published+strings.Repeat(bodyFR, 8))},
		{"about cookies", article, pageOf("Gestion des cookies : la CNIL sanctionne deux sites", strings.Repeat(bodyFR, 8)+"<p>cookies</p>")},
		{"about captchas", article, pageOf("Les captchas vivent leurs derniers jours", strings.Repeat(bodyFR, 4)+"<code>px-captcha captcha-delivery.com</code>")},
		{"short, with a guard's script", article, pageOf("Brève : la gare rouvre", "<p>La gare du centre rouvre ce vendredi matin, a annoncé la compagnie.</p>"+guard)},
		{"short, in Arabic", article, pageOf("خبر عاجل", "<p>أعيد صباح اليوم فتح محطة وسط المدينة أمام المسافرين.</p>"+guard)},
		{"made by a script, with a guard's", article, pageOf("La gare rouvre", `<h1>La gare rouvre</h1><div id="app"></div>`+guard)},
		{"moved into the section on data protection", "https://journal.example/rgpd/un-homme-arrete-a-sale-jeudi-soir.html", pageOf("Un homme arrêté à Salé", bodyFR)},
		{"moved into a section named after a door", "https://journal.example/connexion/2021/12/le-metro-de-casablanca-relie-la-gare", pageOf("Le métro relie la gare", bodyFR)},
		{"known by its number alone", "https://journal.example/?p=4711", pageOf("Un homme arrêté à Salé", bodyFR)},
	} {
		if got := Of(at(t, article), at(t, tt.answered), []byte(tt.body)); got != "" {
			t.Errorf("%s: taken for %s", tt.name, got)
		}
	}
}

func TestPagesThatStandForArticlesAreNamed(t *testing.T) {
	icons := strings.Repeat(`<svg><path d="M0 0"/></svg>`, 6)
	wall := strings.Repeat("<p>Avec votre accord, nos partenaires et nous utilisons des cookies ou technologies similaires pour stocker et consulter des informations personnelles.</p>", 12)
	legacy, err := charmap.Windows1256.NewEncoder().String(pageOf("عفواً، الصفحة غير موجودة", "<p>404</p>"))
	if err == nil {
		legacy = strings.Replace(legacy, "<head>", `<head><meta charset="windows-1256">`, 1)
	} else {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, answered, body, want string }{
		{"not there", article, pageOf("Oups ! Page introuvable - Le Journal", teasers(20)), Soft404},
		{"not there, with its number", article, pageOf("Erreur 404 : page non trouvée | Le Journal", teasers(20)), Soft404},
		{"not there any more", article, pageOf("Désolé, cette page n'existe plus", teasers(5)), Soft404},
		{"a number alone", article, pageOf("404", teasers(20)), Soft404},
		{"a number above the summaries of other articles", article, pageOf("404 | Le Journal", "<h1>Page introuvable</h1>"+strings.Repeat(bodyFR, 8)), Soft404},
		{"a number and the site", article, pageOf("404 | Le Journal", "<h1>404</h1>"), Soft404},
		{"not there, in Arabic", article, pageOf("عُذْرًا، الصفحة غير موجودة | الجريدة", teasers(3)), Soft404},
		{"not there, in other words", article, pageOf("الصفحة التي تبحث عنها غير موجودة", ""), Soft404},
		{"a number, in Arabic", article, pageOf("خطأ ٤٠٤ - الجريدة", ""), Soft404},
		{"not there, in windows-1256", article, legacy, Soft404},
		{"not there, by its address", "https://journal.example/page-non-trouvee", pageOf("Le Journal", teasers(20)), Soft404},
		{"not there, by its Arabic address", "https://journal.example/%D8%A7%D9%84%D8%B5%D9%81%D8%AD%D8%A9-%D8%BA%D9%8A%D8%B1-%D9%85%D9%88%D8%AC%D9%88%D8%AF%D8%A9", pageOf("الجريدة", ""), Soft404},
		{"home page with a remark", "https://journal.example/?redirect=404", pageOf("Le Journal", teasers(20)), HomePage},
		{"home page of a language", "https://journal.example/fr/accueil", pageOf("Le Journal", teasers(20)), HomePage},
		{"home page, in Arabic", "https://journal.example/%D8%A7%D9%84%D8%B1%D8%A6%D9%8A%D8%B3%D9%8A%D8%A9", pageOf("الجريدة", ""), HomePage},
		{"challenge with icons", article, pageOf("journal.example", icons+`<script>window._cf_chl_opt={}</script>`), Blocked},
		{"challenge with words", article, pageOf("Access to this page has been denied", "<p>Access to this page has been denied because we believe you are using automation tools to browse the website.</p>"), Blocked},
		{"captcha in French", article, pageOf("Vérification de sécurité", "<p>Veuillez résoudre le captcha pour continuer.</p>"), Blocked},
		{"refused in Arabic", article, pageOf("تم رفض الوصول", ""), Blocked},
		{"moment in Arabic", article, pageOf("لحظة…", "<p>يلزم تفعيل جافا سكريبت.</p>"), Blocked},
		{"consent of many words", article, pageOf("Avant de continuer", wall), Consent},
		{"consent by its title", article, pageOf("Nous respectons votre vie privée", wall), Consent},
		{"consent in Arabic", article, pageOf("إعدادات الخصوصية", "<p>نستخدم ملفات تعريف الارتباط.</p>"), Consent},
		{"subscription", "https://journal.example/abonnement?from=/societe/1", pageOf("Le Journal", ""), Login},
		{"subscription on a host of its own", "https://abonnement.journal.example/offres", pageOf("Le Journal", ""), Login},
		{"door by its title", article, pageOf("Connectez-vous | Le Journal", "<form></form>"), Login},
		{"door in Arabic", "https://journal.example/%D8%AA%D8%B3%D8%AC%D9%8A%D9%84-%D8%A7%D9%84%D8%AF%D8%AE%D9%88%D9%84", pageOf("الجريدة", ""), Login},
	} {
		if tt.body == "" {
			t.Errorf("%s: no page", tt.name)
		}
		if got := Of(at(t, article), at(t, tt.answered), []byte(tt.body)); got != tt.want {
			t.Errorf("%s: got %q, want %q (title %+q)", tt.name, got, tt.want, title([]byte(tt.body)))
		}
	}
}
