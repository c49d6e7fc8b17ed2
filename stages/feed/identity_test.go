package feed

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"rawi/pipeline/message"
)

// entry is an item of a test's feed.
type entry struct{ guid, title, link, text string }

func (e entry) String() string {
	var b strings.Builder
	for _, f := range []struct{ name, value string }{{"guid", e.guid}, {"title", e.title}, {"link", e.link}, {"description", e.text}} {
		if f.value != "" {
			fmt.Fprintf(&b, "<%s>%s</%s>", f.name, f.value, f.name)
		}
	}
	return "<item>" + b.String() + "</item>"
}

func document(entries ...entry) string {
	var items []string
	for _, e := range entries {
		items = append(items, e.String())
	}
	return rss(items...)
}

// told polls a feed that shows one document after the other, and returns what each poll emitted, with the last state.
func told(t *testing.T, f Feed, documents ...string) ([][]message.Message, state) {
	t.Helper()
	m := newMemory()
	n := 0
	o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { _, _ = w.Write([]byte(documents[n])) }}
	p := New(Default(), o, m, m, slog.New(slog.DiscardHandler))
	f.URL = feedURL
	var all [][]message.Message
	var s state
	for n = range documents {
		box := &inbox{}
		now, _, err := p.poll(t.Context(), f, s, box.emit)
		if err != nil || now.Error != "" {
			t.Fatalf("poll %d: %v, %s", n+1, err, now.Error)
		}
		s = now
		all = append(all, box.got)
	}
	return all, s
}

func idOf(m message.Message) string {
	switch m := m.(type) {
	case message.Raw:
		return m.ID
	case message.Fetch:
		return m.ID
	}
	return ""
}

const live = "https://journal.example/direct"

var ticker = []entry{
	{"t4", "Les secours arrivent sur place", live, "Vingt pompiers sont à Nador depuis midi."},
	{"t3", "Un premier bilan du ministère", live, "Trois blessés légers selon les autorités."},
	{"t2", "La route nationale est coupée", live, "Les gendarmes dévient la circulation vers Berkane."},
	{"t1", "Séisme ressenti à Nador", live, "La secousse a duré quelques secondes ce matin."},
}

func TestEntriesOfARunningReportAreArticlesOfTheirOwn(t *testing.T) {
	edited := ticker[1]
	edited.title, edited.text = "Le bilan s’alourdit", "Cinq blessés, dont un grave."
	got, _ := told(t, Feed{}, document(ticker[2:]...), document(ticker[1:]...), document(ticker[:3]...), document(ticker[0], edited), document(edited), document(ticker[0]))
	first, ids := got[0], map[string]bool{}
	if len(first) != 2 {
		t.Fatalf("emitted %v, want two", first)
	}
	page, isPage := first[0].(message.Fetch)
	raw, isRaw := first[1].(message.Raw)
	if !isPage || !isRaw || page.ID != message.ArticleID(live) || raw.URL != live || !strings.Contains(string(raw.Body), "Berkane") {
		t.Errorf("emitted %+v, %+v; want the page for the oldest, and the text of the other", first[0], first[1])
	}
	for _, m := range append(first, append(got[1], got[2]...)...) {
		ids[idOf(m)] = true
	}
	if len(got[1]) != 1 || len(got[2]) != 1 || len(ids) != 4 {
		t.Errorf("later polls emitted %v, %v; want one new article each", got[1], got[2])
	}
	if len(got[3]) != 1 || idOf(got[3][0]) != idOf(got[1][0]) {
		t.Errorf("an edited entry came as %v, want a revision of %v", got[3], got[1])
	}
	if len(got[4])+len(got[5]) != 0 {
		t.Errorf("entries that are alone on the page again came as %v, %v", got[4], got[5])
	}
}

func TestEntryThatJoinsAnArticleLeavesItAsItIs(t *testing.T) {
	got, _ := told(t, Feed{}, document(ticker[3]), document(ticker[2:]...), document(ticker[1], ticker[2]), document(ticker[3]))
	if len(got[0]) != 1 || len(got[1]) != 1 || len(got[2]) != 1 || len(got[3]) != 0 || idOf(got[0][0]) != message.ArticleID(live) {
		t.Errorf("emitted %v", got)
	}
	for _, m := range append(got[1], got[2]...) {
		if idOf(m) == message.ArticleID(live) {
			t.Errorf("%v took the place of the article that the page stands for", m)
		}
	}
}

func TestArticleKeepsThePageThatItHadFirst(t *testing.T) {
	page := message.ArticleID(live)
	first, second := ticker[3], ticker[2]
	edited, alike, third := first, second, entry{"t9", "Le préfet attendu sur place", live, "Une visite est annoncée pour mardi."}
	edited.title, edited.text = "Nador a tremblé", "Aucun dégât ne nous a été signalé."
	alike.title, alike.text = first.title, first.text+" Précision."
	for name, tt := range map[string]struct {
		documents []string
		want      []bool // of each poll: was what it emitted the article of the page?
	}{
		"oldest first":                        {[]string{document(first), document(first, second)}, []bool{true, false}},
		"it is gone":                          {[]string{document(first), document(second, first), document(second), document(third)}, []bool{true, false, false, false}},
		"it is edited":                        {[]string{document(first), document(second, first), document(edited, second)}, []bool{true, false, true}},
		"another one is edited to be like it": {[]string{document(first), document(second, first), document(alike, first)}, []bool{true, false, false}},
	} {
		got, _ := told(t, Feed{}, tt.documents...)
		for i, messages := range got {
			for _, m := range messages {
				if (idOf(m) == page) != tt.want[i] {
					t.Errorf("%s: poll %d emitted %+v", name, i+1, m)
				}
			}
		}
		if last := len(got) - 1; len(got[last]) != 1 {
			t.Errorf("%s: the last poll emitted %v, want one", name, got[last])
		}
	}
}

func TestItemsThatLinkToTheFrontPageAreArticlesOfTheirOwn(t *testing.T) {
	for _, link := range []string{"https://journal.example", "https://www.journal.example/?utm_source=rss", "https://journal.example/#haut"} {
		var entries []entry
		for _, e := range ticker {
			e.link = link
			entries = append(entries, e)
		}
		got, _ := told(t, Feed{}, document(entries[3]), document(entries[1:]...), document(entries...), document(entries[0]))
		if len(got[0]) != 1 || len(got[1]) != 2 || len(got[2]) != 1 || len(got[3]) != 0 {
			t.Errorf("%s: emitted %v", link, got)
		}
		for _, m := range got[0] {
			if raw, ok := m.(message.Raw); !ok || !strings.Contains(string(raw.Body), "secousse") {
				t.Errorf("%s: got %+v", link, m)
			}
		}
	}
}

func TestOneArticleIsNotDoubled(t *testing.T) {
	const page = "https://journal.example/1"
	was := entry{"g1", "Un homme arrêté à Salé", page, "Un homme de vingt-quatre ans a été interpellé jeudi à Salé par la police."}
	guid, title, both := was, was, was
	guid.guid = "g2"
	title.title = "Un homme soupçonné arrêté jeudi à Salé"
	both.guid, both.title = "g3", "Salé : un homme arrêté, selon la police"
	other := entry{"g9", "Budget adopté à Rabat", "https://journal.example/2", "Le conseil de la ville a voté le budget."}
	for name, tt := range map[string]struct {
		documents []string
		want      []int // messages of each poll
	}{
		"its id changes with every poll":         {[]string{document(was), document(other, guid), document(both, other)}, []int{1, 1, 1}},
		"its title changes":                      {[]string{document(was, other), document(title, other)}, []int{2, 1}},
		"it stands twice under different ids":    {[]string{document(guid, was, other), document(other, guid, was)}, []int{2, 0}},
		"it stands twice, edited":                {[]string{document(both, was, other), document(other, both, was), document(both, other)}, []int{2, 0, 0}},
		"it joins its edited self":               {[]string{document(was), document(both, was), document(other, both)}, []int{1, 1, 1}},
		"it stands twice without a text":         {[]string{document(entry{"a", "Un", page, ""}, entry{"b", "Deux", page, ""}), document(other, entry{"a", "Un", page, ""}, entry{"b", "Deux", page, ""})}, []int{1, 1}},
		"it has no link and its id changes":      {[]string{document(entry{"a", "Un", "", "Texte un."}), document(entry{"b", "Un", "", "Texte un."}, other)}, []int{1, 1}},
		"a new one has an old one's title again": {[]string{document(entry{"a", "Météo", "", "Soleil."}), document(entry{"b", "Météo", "", "Pluie."}, other)}, []int{1, 2}},
	} {
		got, _ := told(t, Feed{}, tt.documents...)
		for i, want := range tt.want {
			if len(got[i]) != want {
				t.Errorf("%s: poll %d emitted %v, want %d", name, i+1, got[i], want)
			}
		}
	}
}

func TestItemsWithoutLinksAreToldApartByWhatTheyHave(t *testing.T) {
	got, s := told(t, Feed{}, document(
		entry{"0", "Un", "", "Texte un."}, entry{"0", "Deux", "", "Texte deux."}, entry{"", "Trois", "", "Texte trois."},
		entry{"", "Trois", "", "Autre texte."}, entry{"", "", "", "Texte seul."},
	))
	ids := map[string]bool{}
	for _, m := range got[0] {
		ids[idOf(m)] = true
		if raw, ok := m.(message.Raw); !ok || raw.URL != "" || len(raw.Body) == 0 {
			t.Errorf("got %+v", m)
		}
	}
	if len(ids) != 5 || s.Empty != 0 {
		t.Errorf("emitted %v, state %+v", got[0], s)
	}
}

func TestPagesOfAFeedOfTeasersStandForTheirItems(t *testing.T) {
	got, _ := told(t, Feed{FullText: FullTextNever}, document(ticker...), document(append([]entry{{"t5", "Fin", live, "Tout est calme."}}, ticker...)...))
	if len(got[0]) != 1 || len(got[1]) != 1 || idOf(got[0][0]) != message.ArticleID(live) || idOf(got[1][0]) != message.ArticleID(live) {
		t.Errorf("emitted %v", got)
	}
}

func TestItemWithNothingToReadIsCounted(t *testing.T) {
	got, s := told(t, Feed{}, document(entry{"a", "Un titre", "", ""}, entry{"b", "", "", "<![CDATA[<p> </p>]]>"}, ticker[0]))
	h := Health{}
	if len(got[0]) == 1 {
		h = healthOf(t, s)
	}
	if h.Empty != 2 || h.Items != 3 {
		t.Errorf("emitted %v, health %+v; want two items without link and text counted", got[0], h)
	}
}
