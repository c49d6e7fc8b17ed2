package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// spent is the processor time that this process has used.
func spent(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// filled repeats a text up to so many bytes.
func filled(bytes int, text string) string { return strings.Repeat(text, bytes/len(text)) }

// hostile are documents that are made to keep a reader busy.
func hostile() map[string]string {
	const mb = 1 << 20
	const broken = `<item><guid x="/><title>Titre</title><link>https://s.example/1</link></item>` // which no parser reads beside others
	longHead := "<description>" + filled(3*mb, "En tête. ") + "</description>"
	item := func(text string) string { return rss("<item><title>Titre</title>" + text + "</item>") }
	var spaces strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&spaces, ` xmlns:n%d="urn:%d"`, n, n)
	}
	return map[string]string{
		"a long head before 20,000 broken items":          rss(longHead + strings.Repeat(broken+rssItem(1, "Un"), 10_000)),
		"a long head before 2,000 broken items":           rss(longHead + strings.Repeat(broken+rssItem(1, "Un"), 1_000)),
		"a long head before items without links":          rss(longHead + strings.Repeat("<item><title>Titre</title></item>", 2_000)),
		"unclosed tags":                                   item(filled(3*mb, "<a>")),
		"unclosed descriptions":                           item(filled(3*mb, "<description>")),
		"items full of unclosed images":                   rss(strings.Repeat("<item><title>Titre</title>"+strings.Repeat("<image>", 19_000)+"</item>", 20)),
		"items full of images closed by another name":     rss(strings.Repeat("<item><title>Titre</title>"+strings.Repeat("<image></source>", 9_500)+"</item>", 20)),
		"items full of unclosed authors":                  rss(strings.Repeat("<item><title>Titre</title>"+strings.Repeat("<author>", 19_000)+"</item>", 20)),
		"closing tags that close none of many open ones":  item(strings.Repeat("<a>", 250) + filled(2*mb, "</b>")),
		"namespaces in force for many elements":           `<rss version="2.0"><channel` + spaces.String() + "><item><title>Titre</title>" + filled(mb, "<a/>") + "</item></channel></rss>",
		"a text in pieces, each joined to all before it":  item("<x:y>" + filled(3*mb, "a<!---->") + "</x:y>"),
		"dates that are none":                             item(filled(5*mb, "<pubDate>hier</pubDate>")),
		"a title of tags":                                 item("<title>" + filled(mb, "&lt;a") + "</title>"),
		"a title of comments that do not end":             item("<title>" + filled(mb, "&lt;!--") + "</title>"),
		"characters that are not allowed":                 item("<title>" + filled(5*mb, "&#8;") + "</title>"),
		"quotation marks that do not end":                 item(filled(5*mb, `<a b=">`)),
		"entities of its own in items read one by one":    `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("a", 120) + `">]>` + rss(strings.Repeat(broken+"<item><title>"+strings.Repeat("&a;", 1_000)+"</title></item>", 300)),
		"lists that nest without end, in JSON":            `{"version":"1","items":[` + filled(5*mb, "["),
		"a long head before broken items, in JSON":        `{"version":"1","title":"` + filled(3*mb, "x") + `","items":[` + strings.Repeat(`{"id":3,"authors":7,"title":{}},`, 1_999) + `{"id":1}]}`,
		"entries full of unclosed authors, in Atom":       `<feed xmlns="http://www.w3.org/2005/Atom">` + strings.Repeat("<entry><title>Titre</title>"+strings.Repeat("<author>", 19_000)+"</entry>", 20) + "</feed>",
		"a document type without end before a small feed": filled(3*mb, "<!DOCTYPE [") + rss(rssItem(1, "Un")),
	}
}

// A healthy feed of ten megabytes is the measure: whatever a document is made of, reading it costs no more than some of those.
func TestHostileFeedsCostInProportionToTheirBytes(t *testing.T) {
	const patience = 25
	text := "<description><![CDATA[" + strings.Repeat("<p>Les services de sécurité ont interpellé un homme à Salé.</p>", 80) + "]]></description>"
	healthy := numbered(2_000, 2_000, time.Date(2021, 12, 17, 10, 0, 0, 0, time.UTC), text)
	before := spent(t)
	if r := read(t, healthy, Origin{}); len(r.Items) != 2_000 || r.Damaged {
		t.Fatalf("%d items, damaged %t", len(r.Items), r.Damaged)
	}
	most := patience * (spent(t) - before)
	for name, body := range hostile() {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		before := spent(t)
		r, err := Read(ctx, []byte(body), Origin{})
		took := spent(t) - before
		cancel()
		if took > most || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			t.Errorf("%s: %d bytes took %s, want at most %s (%d items, %v)", name, len(body), took, most, len(r.Items), err)
		}
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	late := errors.New("not done in time")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(late)
	for name, body := range map[string]string{"RSS": rss(rssItem(1, "Un")), "JSON": `{"version":"1","items":[{"id":1}]}`} {
		if r, err := Read(ctx, []byte(body), Origin{}); !errors.Is(err, late) || len(r.Items) > 0 {
			t.Errorf("%s: %d items, %v", name, len(r.Items), err)
		}
	}
}
