package extract_test

import (
	"slices"
	"strings"
	"testing"

	"rawi/pipeline/message"
)

func TestTitleLosesTheNameOfItsSite(t *testing.T) {
	for _, written := range []string{
		"Salé : un homme arrêté - Le Journal", "Salé : un homme arrêté | journal.example", "Salé : un homme arrêté | Journal",
		"Salé : un homme arrêté &amp;#8211; Le Journal", "Le Journal » Salé : un homme arrêté",
	} {
		body := strings.Replace(strings.Replace(article("x", "", french, ""), "<h1>x</h1>", "", 1), "<title>x - Le Journal</title>", "<title>"+written+"</title>", 1)
		if a := one(t, webpage("fr", message.Raw{}, body)); a.Title != "Salé : un homme arrêté" {
			t.Errorf("%s: got %q", written, a.Title)
		}
	}
}

// TestTitleIsFoundAmongTheNamesOfSiteAndSection has no headline in the page: only what stands in its head.
func TestTitleIsFoundAmongTheNamesOfSiteAndSection(t *testing.T) {
	tests := []struct{ lang, title, claimed, h1, want string }{
		{"fr", "Salé : un homme arrêté avant un attentat - Maroc - Le Journal", "", "", "Salé : un homme arrêté avant un attentat"},
		{"fr", "Le Journal | Maroc | Salé : un homme arrêté avant un attentat", "", "", "Salé : un homme arrêté avant un attentat"},
		{"fr", "Maroc - Salé : un homme arrêté avant un attentat", "", "", "Salé : un homme arrêté avant un attentat"},
		{"fr", "Salé : un homme arrêté - une première - Le Journal", "Salé : un homme arrêté - une première", "", "Salé : un homme arrêté - une première"},
		{"fr", "Salé : un homme arrêté avant...", "Salé : un homme arrêté avant un attentat", "", "Salé : un homme arrêté avant un attentat"},
		{"fr", "Le Journal", "Salé : un homme arrêté avant un attentat", "Le Journal", "Salé : un homme arrêté avant un attentat"},
		{"fr", "Guerre en Ukraine : ce qu'il faut retenir", "", "", "Guerre en Ukraine : ce qu'il faut retenir"},
		{"ar", "توقيف شاب بسلا قبل تنفيذ مخططه - صحيفة الساحل الإلكترونية", "", "", "توقيف شاب بسلا قبل تنفيذ مخططه"},
		{"ar", "صحيفة الساحل - توقيف شاب بسلا قبل تنفيذ مخططه", "", "", "توقيف شاب بسلا قبل تنفيذ مخططه"},
		{"ar", "أخبار | توقيف شاب بسلا قبل تنفيذ مخططه", "", "", "توقيف شاب بسلا قبل تنفيذ مخططه"},
		{"ar", "الساحل :: توقيف شاب بسلا قبل تنفيذ مخططه", "توقيف شاب بسلا قبل تنفيذ مخططه | الساحل", "", "توقيف شاب بسلا قبل تنفيذ مخططه"},
	}
	for _, tt := range tests {
		paragraphs := map[string][]string{"fr": french, "ar": arabic}[tt.lang]
		body := "<html><head><title>" + tt.title + "</title><meta property='og:site_name' content='Le Journal'><meta property='og:title' content='" + tt.claimed + "'></head>" +
			"<body><h1>" + tt.h1 + "</h1><p>" + strings.Join(paragraphs, "</p><p>") + "</p></body></html>"
		if a := one(t, webpage(tt.lang, message.Raw{}, body)); a.Title != tt.want {
			t.Errorf("%s: got %q (%+q), want %q", tt.title, a.Title, a.Title, tt.want)
		}
	}
}

func TestSiteNameInTheFirstHeadingIsNotTheTitle(t *testing.T) {
	body := strings.Replace(article("Salé : un homme arrêté", "", french, ""), "<nav>", "<h1>Le Journal</h1><nav>", 1)
	if a := one(t, webpage("fr", message.Raw{}, body)); a.Title != "Salé : un homme arrêté" {
		t.Errorf("got %q", a.Title)
	}
}

func TestAuthorsAreNamesOfPeople(t *testing.T) {
	tests := []struct {
		field string
		want  []string
	}{
		{"Par Samia Test et Karim Essai (à Rabat)", []string{"Samia Test", "Karim Essai"}},
		{"Samia Test; AFP", []string{"Samia Test"}},
		{"AFP", []string{"AFP"}},
		{"Le Journal", nil},
		{"La rédaction", nil},
		{"https://journal.example/auteur/1", nil},
		{"بقلم سامية تجربة", []string{"سامية تجربة"}},
		{"بقلم: سامية تجربة", []string{"سامية تجربة"}},
		{"حوار : سامية تجربة", []string{"سامية تجربة"}},
		{"Samia Test le 17 décembre 2021", []string{"Samia Test"}},
		{"Samia Test, envoyée spéciale à Salé", []string{"Samia Test"}},
		{"Samia Test (Bruxelles, bureau européen)", []string{"Samia Test"}},
		{"Samia Test journaliste", []string{"Samia Test"}},
		{"هيئة التحرير", nil},
	}
	for _, tt := range tests {
		body := strings.Replace(article("Salé : un homme arrêté", "", french, ""), "</head>", `<meta name="author" content="`+tt.field+`"></head>`, 1)
		if a := one(t, webpage("fr", message.Raw{}, body)); !slices.Equal(a.Authors, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.field, a.Authors, tt.want)
		}
	}
}
