package dissect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/dissect"
	"rawi/pipeline/message"
	"rawi/stages/extract"
)

func reading() dissect.Reading {
	long := strings.Repeat("أوقفت المصالح الأمنية صباح يوم الخميس بمدينة سلا شابا ", 4)
	return dissect.Reading{
		Language: "ar", Method: "by script",
		Article: message.Article{
			ID: "a1", Title: "توقيف شاب بمدينة سلا", URL: "https://a.example/" + strings.Repeat("x", 100), Language: "ar",
			Published: message.Moment{Time: time.Date(2021, 12, 17, 20, 15, 0, 0, time.UTC), Precision: message.PrecisionMinute, Origin: "text"},
			Blocks:    []message.Block{{Kind: message.BlockLead, Text: long, Role: message.RoleMain}, {Kind: message.BlockParagraph, Text: "\x1b[31mrouge\u202e evil", Role: message.RoleBackground}},
			Access:    message.AccessFree,
		},
		Explanation: extract.Explanation{
			Kind: extract.PageArticle, Titles: []extract.Said{{Text: "توقيف شاب", Origin: "h1"}},
			Blocks: []extract.Verdict{
				{Text: "Accueil", Path: "nav>ul>li", Kind: "list", Words: 1, Why: []string{"furniture"}},
				{Text: "Sport", Path: "nav>ul>li", Kind: "list", Words: 1, Why: []string{"furniture"}},
				{Text: long, Path: "article>p", Kind: "lead", Words: 36, Kept: true, Role: message.RoleMain, Why: []string{"readability", "agreed"}},
				{Text: "\x1b]0;titre\a" + long, Path: "footer>\x1b[2Jp", Kind: "paragraph", Words: 36, Why: []string{"readability", "agreed", "repeated-on-site"}},
			},
			Quality: &extract.Readings{Quality: message.Quality{Words: 40, Agreement: 0.5}},
		},
	}
}

func written(t *testing.T, o dissect.Options) string {
	t.Helper()
	var b strings.Builder
	if err := dissect.Write(&b, reading(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNoLineIsLongerThanTheTerminalAndNothingReachesIt(t *testing.T) {
	for _, explain := range []bool{false, true} {
		for _, width := range []int{0, 40, 80, 120} {
			out := written(t, dissect.Options{Width: width, Explain: explain})
			if strings.ContainsAny(out, "\x1b\a\u202e") {
				t.Errorf("control characters in %+q", out)
			}
			for line := range strings.Lines(out) {
				if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > max(width, 40) {
					t.Errorf("width %d: %d cells in %s", width, n, line)
				}
			}
		}
	}
}

// TestRightToLeftTextStandsAlone keeps what a terminal turns apart from what it does not.
func TestRightToLeftTextStandsAlone(t *testing.T) {
	for line := range strings.Lines(written(t, dissect.Options{Width: 80, Explain: true})) {
		if strings.ContainsAny(line, "سلا") && strings.ContainsAny(line, "abcdefghijklmnopqrstuvwyz>+|") && !strings.Contains(line, "titre") {
			t.Errorf("both directions in %s", line)
		}
	}
}

func TestWhatIsShown(t *testing.T) {
	short, long := written(t, dissect.Options{Width: 80}), written(t, dissect.Options{Width: 80, Explain: true})
	for _, want := range []string{"توقيف شاب بمدينة سلا\n", "2021-12-17 20:15 +00:00, to the minute, from text", "[lead]", "[background]", "ar, by script"} {
		if !strings.Contains(short, want) {
			t.Errorf("got no %q in\n%s", want, short)
		}
	}
	for _, want := range []string{
		"BLOCKS, 1 kept (+) and 3 cut (-)", "- 2 short blocks, 2 words: in a menu, a form or a footer\n  nav>ul>li\n    Accueil | Sport\n",
		"+ lead, 36 words: both readers have it (readability)\n  article>p\n", "it comes again in other articles\n  of the site (readability)",
	} {
		if !strings.Contains(long, want) {
			t.Errorf("got no %q in\n%s", want, long)
		}
	}
}
