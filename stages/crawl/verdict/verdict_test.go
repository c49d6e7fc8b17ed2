package verdict

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func at(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPagesThatAreNoArticlesAreNamed(t *testing.T) {
	const asked = "https://journal.example/societe/un-homme-arrete-a-sale.html"
	long := strings.Repeat("<p>Un homme a été arrêté jeudi à Salé, a indiqué une source.</p>", 200)
	for _, test := range []struct{ name, asked, answered, body, want string }{
		{"article", asked, asked, "<title>Un homme arrêté à Salé - Le Journal</title>" + long, ""},
		{"redirected to its new address", asked, "https://www.journal.example/a/1234-sale.html", "<title>Un homme arrêté à Salé</title>" + long, ""},
		{"challenge", asked, asked, "<html><head><title>Just a moment...</title>", Blocked},
		{"challenge in French", asked, asked, "<title>Un instant…</title>", Blocked},
		{"challenge in Arabic", asked, asked, "<title>لحظة...</title>", Blocked},
		{"challenge in capitals", asked, asked, "<TITLE>ACCESS DENIED</TITLE>", Blocked},
		{"script in place of a page", asked, asked, `<html><iframe src="/_Incapsula_Resource?x=1"></iframe></html>`, Blocked},
		{"article with a guard's script", asked, asked, "<title>Un homme arrêté</title>" + long + `<script src="/cdn-cgi/challenge-platform/h/b/x.js">`, ""},
		{"consent host", asked, "https://consent.journal.example/collect?back=1", "<title>Le Journal</title>", Consent},
		{"consent path", asked, "https://journal.example/gdpr-consent/?u=1", "<title>Le Journal</title>", Consent},
		{"consent title", asked, asked, "<title>Avant de continuer sur Le Journal</title>", Consent},
		{"article about consent", "https://journal.example/consent/la-loi-sur-le-consentement", "https://www.journal.example/consent/la-loi-sur-le-consentement", "<title>La loi sur le consentement</title>" + long, ""},
		{"door", asked, "https://journal.example/connexion?retour=1", "<title>Le Journal</title>", Login},
		{"door in Arabic", asked, asked, "<title>تسجيل الدخول | الجريدة</title>", Login},
		{"not found", asked, asked, "<title>Page introuvable | Le Journal</title>" + long, Soft404},
		{"not found in Arabic", asked, asked, "<title>الصفحة غير موجودة - الجريدة</title>", Soft404},
		{"not found by its address", asked, "https://journal.example/404.html", "<title>Le Journal</title>", Soft404},
		{"headline with the words", asked, asked, "<title>Page introuvable : enquête sur les sites disparus</title>" + long, ""},
		{"headline that begins otherwise", asked, asked, "<title>Le 404 Not Found, histoire d'une erreur</title>" + long, ""},
		{"home page", asked, "https://journal.example/", "<title>Le Journal</title>" + long, HomePage},
		{"home page of a language", asked, "https://journal.example/ar/", "<title>الجريدة</title>" + long, HomePage},
		{"article by number only", "https://journal.example/?p=12", "https://journal.example/?p=12", "<title>Un homme arrêté</title>" + long, ""},
		{"no title", asked, asked, long, ""},
		{"nothing", asked, asked, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Of(at(t, test.asked), at(t, test.answered), []byte(test.body)); got != test.want {
				t.Errorf("got %q, want %q (title %+q)", got, test.want, title([]byte(test.body)))
			}
		})
	}
}

func TestTableIsWhole(t *testing.T) {
	known := map[string]bool{Blocked: true, Consent: true, Login: true, Soft404: true, HomePage: true}
	places, n := map[string]bool{"title": true, "start": true, "bare": true, "before": true, "body": true, "script": true, "host": true, "path": true, "home": true}, 0
	check := func(where, reason, text string) {
		n++
		if !places[where] || !known[reason] || text != strings.ToLower(strings.TrimSpace(text)) || text == "" {
			t.Errorf("row %s %s %q", reason, where, text)
		}
	}
	for where, list := range rows().rows {
		for _, r := range list {
			check(where, r.reason, r.text)
		}
	}
	for text, named := range rows().titles {
		check("title", named.reason, text)
	}
	want := 0
	for line := range strings.Lines(pagesTSV) {
		if !strings.HasPrefix(line, "#") {
			want++
		}
	}
	if n != want || n < 80 {
		t.Errorf("%d rows of %d are read", n, want)
	}
}

func TestOneBodyForManyAddresses(t *testing.T) {
	var r Repeats
	for i := range 10 {
		if got, want := r.Add("journal.example", 1, strconv.Itoa(i)), i >= sameBody; got != want {
			t.Errorf("article %d: got %t", i, got)
		}
	}
	if r.Add("journal.example", 2, "1") || r.Add("autre.example", 1, "1") || r.Add("journal.example", 1, "0") {
		t.Error("another body, another site or the same article again was taken for a repeat")
	}
	for i := range 2 * remembered {
		r.Add("journal.example", uint64(i)+10, "x")
	}
	if len(r.seen) > remembered {
		t.Errorf("%d bodies are remembered", len(r.seen))
	}
}

func FuzzOf(f *testing.F) {
	f.Add("https://journal.example/1", "https://consent.journal.example/", []byte("<title>Un&hellip;"))
	f.Fuzz(func(t *testing.T, asked, answered string, body []byte) {
		a, err := url.Parse(asked)
		if err != nil {
			return
		}
		b, err := url.Parse(answered)
		if err != nil {
			return
		}
		if got := Of(a, b, body); strings.ContainsAny(got, " \n.") {
			t.Errorf("reason %q", got)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	u := &url.URL{Scheme: "https", Host: "journal.example", Path: "/societe/un-homme-arrete.html"}
	page := []byte("<html><head><title>Un homme arrêté à Salé - Le Journal</title></head>" + strings.Repeat("<p>Un homme a été arrêté.</p>", 2000))
	for b.Loop() {
		Of(u, u, page)
	}
}
