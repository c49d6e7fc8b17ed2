package extract_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/host"
)

// outlet makes the pages of an invented outlet, every one with an article of its own, and reads them with one book.
type outlet struct {
	t     *testing.T
	lang  string
	name  string
	stage *extract.Stage
	told  []extract.Notice
}

func newOutlet(t *testing.T, lang, name string, store host.Store) *outlet {
	t.Helper()
	o := &outlet{t: t, lang: lang, name: name}
	o.stage = packs(t)[lang].With(extract.Parts{Hosts: host.NewBook(store), Told: func(n extract.Notice) { o.told = append(o.told, n) }})
	return o
}

// words of invented reports: enough for articles of which no two share a sentence.
var words = map[string][]string{
	"fr": strings.Fields("la commune prépare depuis lundi une réunion sur les écoles du quartier nord avec les familles et les enseignants qui demandent des salles plus grandes " +
		"tandis que le port attend des navires venus de loin pour charger du blé et que les pêcheurs réparent leurs filets avant la saison froide"),
	"ar": strings.Fields("تستعد الجماعة منذ الاثنين لعقد اجتماع حول مدارس الحي الشمالي مع الأسر والمعلمين الذين يطالبون بقاعات أكبر بينما ينتظر الميناء سفنا قادمة من بعيد لشحن القمح " +
		"ويصلح الصيادون شباكهم قبل موسم البرد في المدينة القديمة"),
}

// paragraph is the i-th paragraph of the n-th article.
func (o *outlet) paragraph(n, i int) string {
	all := words[o.lang]
	var picked []string
	for k := range 30 {
		picked = append(picked, all[(k*(7+2*n)+11*i+n*n)%len(all)])
	}
	return strings.Join(picked, " ") + fmt.Sprintf(" %d %d.", n, i)
}

// page is the n-th article as the outlet's layout shows it.
func (o *outlet) page(n int, layout func(title string, paragraphs []string) string, more ...string) message.Detected {
	paragraphs := []string{o.paragraph(n, 0), o.paragraph(n, 1), o.paragraph(n, 2)}
	title := strings.Join(strings.Fields(o.paragraph(n, 7))[:8], " ")
	in := webpage(o.lang, message.Raw{
		URL: fmt.Sprintf("https://%s.example/%d", o.name, n), Outlet: message.Outlet{Name: o.name, Family: o.name},
	}, layout(title, append(paragraphs, more...)))
	in.Raw.ID, in.Raw.Digest, in.Raw.Fetched = fmt.Sprintf("%s%d", o.name, n), fmt.Sprintf("d%d", n), fetched.Add(time.Duration(n)*time.Hour)
	return in
}

func (o *outlet) read(in message.Detected) message.Article {
	o.t.Helper()
	out, err := o.stage.Process(o.t.Context(), in)
	if err != nil {
		o.t.Fatal(err)
	}
	return out[0]
}

func old(title string, paragraphs []string) string { return article(title, "", paragraphs, "") }

const (
	sloganFR = "Ce journal appartient à ses lecteurs, et chaque matin il leur raconte la ville comme elle est."
	sloganAR = "هذه الجريدة ملك لقرائها وهي تروي لهم كل صباح أخبار المدينة كما هي دون زيادة أو نقصان."
	agencyFR = "Depuis 2002, les services de sécurité ont démantelé plus de deux cents cellules dans le royaume et arrêté plus de quatre mille personnes, selon un bilan officiel."
)

func TestFurnitureOfAHostIsLearned(t *testing.T) {
	for lang, slogan := range map[string]string{"fr": sloganFR, "ar": sloganAR} {
		store := &host.Memory{}
		for n := range 6 {
			o := newOutlet(t, lang, "ville", store) // a restart before every article
			a := o.read(o.page(n, old, slogan))
			if has, want := strings.Contains(a.Text(), slogan), n < 3; has != want {
				t.Errorf("%s, article %d: has the slogan: %v, want %v:\n%s", lang, n, has, want, a.Text())
			}
			if !strings.Contains(a.Text(), o.paragraph(n, 0)) || !strings.Contains(a.Text(), o.paragraph(n, 2)) {
				t.Errorf("%s, article %d lost text of its own:\n%s", lang, n, a.Text())
			}
			if again := o.read(o.page(n, old, slogan)); again.Text() != a.Text() {
				t.Errorf("%s, article %d given again is another:\n%s", lang, n, again.Text())
			}
		}
	}
}

func TestTheCreditOfACutLineIsKept(t *testing.T) {
	o := newOutlet(t, "fr", "ville", &host.Memory{})
	var a message.Article
	for n := range 5 {
		a = o.read(o.page(n, old, "La rédaction de la ville (avec AFP)"))
	}
	if a.Credit != "AFP" || strings.Contains(a.Text(), "AFP") {
		t.Errorf("got credit %q of\n%s", a.Credit, a.Text())
	}
}

func TestWhatAgenciesAppendStaysAsBackground(t *testing.T) {
	store := &host.Memory{}
	first, second := newOutlet(t, "fr", "ville", store), newOutlet(t, "fr", "port", store)
	second.read(second.page(50, old, agencyFR))
	var a message.Article
	for n := range 5 {
		a = first.read(first.page(n, old, agencyFR))
	}
	last := a.Blocks[len(a.Blocks)-1]
	if last.Text != agencyFR || last.Role != message.RoleBackground || a.Blocks[0].Role != message.RoleMain {
		t.Errorf("got %+v", a.Blocks)
	}
}

// TestWhatRecallsStays asks the language pack about what comes again at one host alone: a reminder is text.
func TestWhatRecallsStays(t *testing.T) {
	recalls := func(d extract.Document) (a extract.Analysis) {
		for _, b := range d.Blocks {
			role := message.RoleMain
			if strings.HasPrefix(b.Text, "Depuis 2002") {
				role = message.RoleBackground
			}
			a.Roles = append(a.Roles, role)
		}
		return a
	}
	o := newOutlet(t, "fr", "ville", &host.Memory{})
	o.stage = extract.New(extract.Language{Tag: "fr", Analyse: recalls}).With(extract.Parts{Hosts: host.NewBook(&host.Memory{})})
	var a message.Article
	for n := range 5 {
		a = o.read(o.page(n, old, sloganFR, agencyFR))
	}
	if strings.Contains(a.Text(), sloganFR) || a.Blocks[len(a.Blocks)-1].Text != agencyFR {
		t.Errorf("got:\n%s", a.Text())
	}
}

// TestRemindersAreReadAsOfPublication fetches old articles late: what was yesterday when they were published is no background to them.
func TestRemindersAreReadAsOfPublication(t *testing.T) {
	var asked []extract.Document
	o := newOutlet(t, "fr", "ville", &host.Memory{})
	o.stage = extract.New(extract.Language{Tag: "fr", Analyse: func(d extract.Document) extract.Analysis {
		asked = append(asked, d)
		return extract.Analysis{}
	}}).With(extract.Parts{Hosts: host.NewBook(&host.Memory{})})
	dated := func(title string, paragraphs []string) string {
		return article(title, `<time datetime="2020-03-01T08:00:00Z">1er mars 2020</time>`, paragraphs, "")
	}
	for n := range 5 {
		o.read(o.page(n, dated, agencyFR))
	}
	if len(asked) < 6 {
		t.Fatalf("the pack was asked %d times about 5 articles, want also about what comes again", len(asked))
	}
	for _, d := range asked {
		if d.Published.Year() != 2020 || !d.PublishedKnown {
			t.Errorf("asked as of %s, known: %v; want the day of publication", d.Published, d.PublishedKnown)
		}
	}
}

func TestAnArticleIsReadWithoutItsHostWhereTheStoreFails(t *testing.T) {
	o := newOutlet(t, "fr", "ville", broken{})
	if a := o.read(o.page(1, old)); !strings.Contains(a.Text(), o.paragraph(1, 0)) {
		t.Errorf("got:\n%s", a.Text())
	}
	if len(o.told) != 1 || !errors.Is(o.told[0].Err, errBroken) {
		t.Errorf("got %+v, want the failure told", o.told)
	}
}

var errBroken = errors.New("no answer")

type broken struct{}

func (broken) Load(context.Context, string) ([]byte, uint64, time.Duration, error) {
	return nil, 0, 0, errBroken
}

func (broken) Swap(context.Context, string, []byte, uint64) (uint64, bool, error) {
	return 0, false, errBroken
}

// Layouts after a site was made anew.
func byScript(title string, _ []string) string { // the text comes by script, after the page
	return "<html><head><title>" + title + "</title></head><body><div id=app></div><script src=/app.js></script></body></html>"
}

func teased(title string, paragraphs []string) string { // only the beginning is left to read
	return article(title, "", []string{paragraphs[0]}, "")
}

func TestAChangeOfLayoutIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		layout func(string, []string) string
		sign   string
	}{
		"a page that scripts fill":    {byScript, host.SignEmpty},
		"a page that shows a teaser":  {teased, host.SignShort},
		"the old one, for comparison": {old, ""},
	} {
		o := newOutlet(t, "fr", "ville", &host.Memory{})
		var changes []host.Change
		read := func(from, to int, layout func(string, []string) string) {
			for n := from; n < to; n++ {
				for range 2 { // each is given again
					_, err := o.stage.Process(t.Context(), o.page(n, layout))
					if permanent := (*fault.Permanent)(nil); err != nil && !errors.As(err, &permanent) {
						t.Fatal(err)
					}
				}
			}
		}
		read(0, 15, old)
		read(15, 23, tt.layout)
		read(23, 30, old)
		for _, n := range o.told {
			if n.Change != nil {
				changes = append(changes, *n.Change)
			}
		}
		if tt.sign == "" {
			if len(changes) > 0 {
				t.Errorf("%s: got %+v", name, changes)
			}
			continue
		}
		if len(changes) != 2 || changes[0].State != host.Changed || changes[1].State != host.Recovered || !slices.Contains(changes[0].Signs, tt.sign) || changes[0].Outlet != "ville" {
			t.Errorf("%s: got %+v, want %s told once, and once that it is over", name, changes, tt.sign)
		}
	}
}
