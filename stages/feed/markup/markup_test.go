package markup

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func look(t *testing.T, doc string) Survey {
	t.Helper()
	s, err := Look([]byte(doc), 100)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestItemsAreCountedWhereTheyAreItems(t *testing.T) {
	for doc, want := range map[string]int{
		"<rss><channel><item>a</item><item>b</item></channel></rss>":                                      2,
		"<rss><channel><item><![CDATA[<item>]]></item><!-- <item/> --></channel></rss>":                   1,
		"<rss><channel><item>a<item>b</item></channel></rss>":                                             2,
		"<rss><channel><item>a</channel></rss>":                                                           1,
		"<rss><channel><item>a</item><item/></channel></rss>":                                             2,
		"<feed><entry>a</entry><media:entry>b</media:entry></feed>":                                       1,
		"<atom:feed><atom:entry>a</atom:entry></atom:feed>":                                               1,
		"<entry><title>a</title></entry>":                                                                 1,
		`<rss><channel><item a="1>2"><title>a</title></item></channel></rss>`:                             1,
		`<rss><channel><item a="1><title>a</title></item><item b="2">b</item></channel></rss> and <item>`: 2,
	} {
		if got := look(t, doc).Count; got != want {
			t.Errorf("%s: %d items, want %d", doc, got, want)
		}
	}
}

func TestDocumentIsCutToItsRoot(t *testing.T) {
	s := look(t, "<br />\n<b>Warning</b>: x <?xml version='1.0'?><!-- <rss> --><RSS><channel></channel></RSS><script>item()</script>")
	if got := string(s.Doc); got != "<RSS><channel></channel></RSS>" || !s.Whole {
		t.Errorf("got %q, whole %t", got, s.Whole)
	}
}

func TestWhatIsNoFeedIsNamed(t *testing.T) {
	for doc, want := range map[string]error{"": ErrNoFeed, "plain": ErrNoFeed, "<opml></opml>": ErrNoFeed, "<!DOCTYPE html><HTML><p>": ErrHTML} {
		if _, err := Look([]byte(doc), 1); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", doc, err, want)
		}
	}
}

func TestCleanTakesOnlyWhatXMLForbids(t *testing.T) {
	for body, want := range map[string]string{
		"a\x08b\x00":           "ab",
		"&#8;&#x1b;&#65;&#xA;": "&#65;&#xA;",
		"&#xD83D;&#xDE00;":     "😀",
		"&#xD83D;":             "",
		"&#x110000;":           "",
		"\uffffa\ufffe":        "a",
		"1 < 2 ]]> 3":          "1 &lt; 2 ]]&gt; 3",
		"<![CDATA[1 < 2]]>":    "<![CDATA[1 < 2]]>",
		"&eacute;&amp;&x":      "&eacute;&amp;&x",
	} {
		got, _ := look(t, "<rss>"+body+"</rss>").Clean()
		if string(got) != "<rss>"+want+"</rss>" {
			t.Errorf("%+q: got %+q, want %+q", body, got, want)
		}
	}
}

func TestEntitiesCannotGrowWithoutEnd(t *testing.T) {
	doc := `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("a", 100) + `">]><rss>` + strings.Repeat("&a;", 1<<20) + `</rss>`
	s := look(t, doc)
	if got, _ := s.Clean(); len(got) > len(doc)+2*maxGrowth {
		t.Errorf("%d bytes became %d", len(doc), len(got))
	}
}

func TestRebuildKeepsFieldsOfBrokenItems(t *testing.T) {
	s := look(t, `<rss><channel><title>Le Journal</title><image><title>Logo</title></image>
		<item><Title>Un</Titel><link/>https://s.example/1 <description>gras <b>et <br> la suite</description><foreign>x</foreign></item></channel></rss>`)
	got := string(s.Rebuild(0))
	for _, want := range []string{
		"<title>Le Journal</title>", "<title>Un</title>", "<link>https://s.example/1</link>",
		"<description>gras &lt;b&gt;et &lt;br&gt; la suite</description>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	if strings.Contains(got, "Logo") || strings.Contains(got, "foreign") {
		t.Errorf("%s\nholds more than articles are made of", got)
	}
}

func TestDepthIsNoticed(t *testing.T) {
	nested := func(n int) string { return "<rss>" + strings.Repeat("<a>", n) + strings.Repeat("</a>", n) + "</rss>" }
	if look(t, nested(MaxDepth-1)).Deep || !look(t, nested(MaxDepth)).Deep {
		t.Errorf("want the limit at %d", MaxDepth)
	}
	if look(t, "<rss>"+strings.Repeat("<p>a<br>b</p>", 1000)+"</rss>").Deep {
		t.Error("elements that HTML never closes count as nesting")
	}
}

func TestWhatKeepsAParserBusyIsNoticed(t *testing.T) {
	in := func(text string) string { return "<rss><channel><item>" + text + "</item></channel></rss>" }
	var spaces strings.Builder
	for n := range maxSpaces + 1 {
		fmt.Fprintf(&spaces, ` xmlns:n%d="urn:%d"`, n, n)
	}
	for name, tt := range map[string]struct {
		doc  string
		want bool
	}{
		"many namespaces in force":         {in("<x" + spaces.String() + "><y/></x>"), true},
		"many namespaces, one at a time":   {in(strings.Repeat(`<x xmlns="u"></x>`, 10*maxSpaces)), false},
		"a long text in many pieces":       {in("<x>" + strings.Repeat("a<!---->", 100_000) + "</x>"), true},
		"a long text":                      {in("<x><![CDATA[" + strings.Repeat("a", 1<<20) + "]]></x>"), false},
		"many texts":                       {in(strings.Repeat("<x>a</x>", 100_000)), false},
		"many dates":                       {in(strings.Repeat("<pubDate>hier</pubDate>", 3*datesEach)), true},
		"many dates of another spelling":   {in(strings.Repeat("<dc:Modified>hier</dc:Modified>", 3*datesEach)), true},
		"items with all dates they know":   {in("<pubDate/><dc:date/><dcterms:issued/><dcterms:created/><dcterms:modified/><atom:updated/>"), false},
		"closing tags in another spelling": {in("<A></a><B></b>"), false},
	} {
		if s := look(t, tt.doc); s.Costly != tt.want || s.Deep || !s.Whole {
			t.Errorf("%s: costly %t, deep %t, whole %t", name, s.Costly, s.Deep, s.Whole)
		}
	}
}

func TestAnItemIsRebuiltWithoutTheHeadAndWithoutEnd(t *testing.T) {
	s := look(t, "<rss><channel><title>Le Journal</title><item><title>Un</title>"+strings.Repeat("<category>a</category><pubDate>hier</pubDate>", 500)+
		"<link>https://s.example/1</link></item><item><title>Deux</title></item></channel></rss>")
	got := string(s.RebuildItem(0))
	if strings.Contains(got, "Le Journal") || strings.Contains(got, "Deux") || !strings.Contains(got, "<title>Un</title>") || !strings.Contains(got, "/1</link>") {
		t.Errorf("%s", got)
	}
	if n, m := strings.Count(got, "<category>"), strings.Count(got, "<pubDate>"); n != maxSame || m != maxDates {
		t.Errorf("%d categories, %d dates; want %d and %d", n, m, maxSame, maxDates)
	}
}

func FuzzLook(f *testing.F) {
	f.Add([]byte("<!DOCTYPE x [<!ENTITY a 'b'>]><rss><channel><item><title>&a;</title><link/>x</item></channel></rss>"))
	f.Add([]byte("<feed><entry><content type='xhtml'><div>a<![CDATA[b"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := Look(doc, 10)
		if err != nil {
			return
		}
		s.Clean()
		var all []int
		for i, item := range s.Items {
			if item.Start < 0 || item.End < item.Start || item.End > len(s.Doc) {
				t.Fatalf("item %d at %+v of %d bytes", i, item, len(s.Doc))
			}
			all = append(all, i)
		}
		if got, err := Look(s.Rebuild(all...), 10); err != nil || got.Deep {
			t.Errorf("rebuilt: %v, deep %t", err, got.Deep)
		}
	})
}

func BenchmarkLook(b *testing.B) {
	doc := []byte("<rss><channel>" + strings.Repeat("<item><title>توقيف شخص</title><description><![CDATA["+strings.Repeat("<p>نص</p>", 300)+
		"]]></description></item>", 50) + "</channel></rss>")
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		s, err := Look(doc, 2000)
		if err != nil {
			b.Fatal(err)
		}
		if _, repaired := s.Clean(); repaired {
			b.Fatal(fmt.Errorf("a healthy feed was repaired"))
		}
	}
}
