package extract_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

// layout is a page of our own, as themes and content systems build them: lines of what is expected, an empty line, the page. {{1}} in the page
// is the first paragraph of its language; every paragraph that stands in the page has to be in the article, once and in order.
type layout struct {
	lang  string
	want  map[string]string
	keeps []string
	drops []string
	page  string
}

func readLayout(t *testing.T, name string) layout {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(data), "\n\n")
	l := layout{want: map[string]string{}, page: body}
	for line := range strings.SplitSeq(head, "\n") {
		switch key, value, _ := strings.Cut(line, ": "); key {
		case "lang":
			l.lang = value
		case "keeps":
			l.keeps = append(l.keeps, value)
		case "drops":
			l.drops = append(l.drops, value)
		case "title", "lead", "published", "author", "credit", "access":
			l.want[key] = value
		default:
			t.Fatalf("%s: got line %q, want a key and a value", name, line)
		}
	}
	for i, paragraph := range map[string][]string{"fr": slices.Concat(french, moreFrench), "ar": slices.Concat(arabic, moreArabic)}[l.lang] {
		mark := "{{" + strconv.Itoa(i+1) + "}}"
		if strings.Contains(l.page, mark) {
			l.keeps = append(l.keeps, paragraph)
			l.page = strings.ReplaceAll(l.page, mark, paragraph)
		}
	}
	return l
}

var (
	moreFrench = []string{"Le suspect doit être présenté au parquet à l'issue de sa garde à vue, qui peut durer plusieurs jours selon la loi en vigueur."}
	moreArabic = []string{"ومن المنتظر أن يقدم المشتبه فيه أمام النيابة العامة بعد انتهاء فترة الحراسة النظرية التي قد تستمر عدة أيام حسب القانون."}
)

func TestPagesOfManyLayouts(t *testing.T) {
	names, _ := filepath.Glob("testdata/layouts/*.html")
	if len(names) < 40 {
		t.Fatalf("got %d layouts", len(names))
	}
	stages := packs(t)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".html"), func(t *testing.T) {
			l := readLayout(t, name)
			in := webpage(l.lang, message.Raw{}, l.page)
			out, err := stages[l.lang].Process(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			l.check(t, out[0])
		})
	}
}

func (l layout) check(t *testing.T, a message.Article) {
	t.Helper()
	text := a.Text()
	for _, keep := range l.keeps {
		if n := strings.Count(text, keep); n != 1 {
			t.Errorf("stands %d times in the text: %s", n, keep)
		}
	}
	for _, drop := range l.drops {
		if strings.Contains(text, drop) {
			t.Errorf("is in the text: %s (%+q)", drop, drop)
		}
	}
	got := map[string]string{
		"title": a.Title, "lead": a.Lead, "author": strings.Join(a.Authors, "; "), "credit": a.Credit, "access": a.Access,
	}
	if !a.Published.Time.IsZero() {
		got["published"] = a.Published.Time.Format(time.DateOnly)
	}
	for key, want := range l.want {
		if want == "none" {
			want = ""
		}
		if got[key] != want {
			t.Errorf("%s: got %q, want %q", key, got[key], want)
		}
	}
	if t.Failed() {
		t.Logf("%s\n\n%s", a.Title, text)
	}
}
