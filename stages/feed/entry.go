package feed

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/tsv"
)

const (
	maxTitle   = 500  // bytes of a title that are kept
	maxSummary = 4000 // bytes of a summary
	maxAuthors = 10
	maxGUID    = 1000 // bytes of a guid
	// briefText is how many letters make a whole article of a content that the feed gives beside a shorter summary: short news.
	briefText = 250
)

//go:embed data/teasers.tsv
var teasersTSV string

// teasers are the endings of a text that goes on elsewhere.
var teasers = sync.OnceValue(func() []string {
	var endings []string
	for _, row := range tsv.Rows(teasersTSV, 1) {
		endings = append(endings, row[0])
	}
	return endings
})

// sighting is a feed as read at one poll: what its items need to become messages.
type sighting struct {
	cfg     Config
	feed    Feed
	result  Result
	fetched time.Time
}

// entryOf is what the feed said of an item, in plain text and bounded.
func (s sighting) entryOf(item Item) message.Entry {
	e := message.Entry{
		GUID:      clip(item.GUID, maxGUID),
		Title:     clip(item.Title, maxTitle),
		Summary:   clip(plain(item.Summary), maxSummary),
		DateText:  clip(item.DateText, 100),
		Published: item.Published,
		Updated:   item.Updated,
		Language:  clip(s.result.Language, 35),
		Damaged:   s.result.Damaged,
	}
	for _, author := range item.Authors[:min(len(item.Authors), maxAuthors)] {
		e.Authors = append(e.Authors, clip(author, 200))
	}
	return e
}

// message makes the article of an item: whole where the feed holds its text, otherwise a link to fetch. Nil means that the item has neither.
func (s sighting) message(item named) (digest string, m message.Message) {
	entry := s.entryOf(item.Item)
	found := message.Found{How: message.FoundFeed, Where: shown(s.feed.URL), At: s.fetched, Entry: entry}
	if body := s.body(item); body != "" {
		digest = message.Digest(entry.Title, body, entry.DateText)
		return digest, message.Raw{
			Type: message.RawV1, ID: item.id, Digest: digest, Outlet: s.feed.Outlet, URL: item.Link, FinalURL: item.Link, Found: found,
			ContentType: "text/html; charset=utf-8", Body: []byte(body), Fetched: s.fetched,
		}
	}
	if item.Link == "" {
		return "", nil
	}
	digest = message.Digest(entry.Title, entry.Summary, entry.DateText)
	return digest, message.Fetch{Type: message.FetchV1, ID: item.id, Outlet: s.feed.Outlet, URL: item.Link, Found: found, Seen: digest}
}

// body is the item's text where that is the whole article, and empty where it is a teaser.
func (s sighting) body(item named) string {
	content := item.text()
	if s.feed.FullText == FullTextNever || content == "" || len(content) > s.cfg.MaxText {
		return ""
	}
	if s.feed.FullText == FullTextAlways {
		return paragraphs(content)
	}
	text := plain(content)
	n := letters(text)
	if item.own && n > 0 {
		return paragraphs(content)
	}
	brief := item.Content != "" && n >= briefText && n > 2*letters(plain(item.Summary))
	if n < s.cfg.FullText && !brief || teaser(text) {
		return ""
	}
	return paragraphs(content)
}

// paragraphs keeps the lines of a text without markup apart, which HTML would run together.
func paragraphs(content string) string {
	if strings.Contains(content, "<") || !strings.Contains(content, "\n") {
		return content
	}
	var b strings.Builder
	for line := range strings.Lines(content) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + line + "</p>\n")
		}
	}
	return b.String()
}

// teaser reports whether a text ends in the middle. Publishing systems add a line about themselves after the cut, so a bracketed ellipsis
// counts some way before the end too.
func teaser(text string) bool {
	end := strings.ToLower(strings.TrimRight(text, " \u00a0>»›.→←"))
	whole := strings.ToLower(strings.TrimSpace(text))
	for _, ending := range teasers() {
		if strings.HasSuffix(whole, ending) || strings.HasSuffix(end, " "+ending) {
			return true
		}
	}
	tail := whole[max(0, len(whole)-300):]
	return strings.Contains(tail, "[…]") || strings.Contains(tail, "[...]")
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// clip cuts a text after n bytes at most, between letters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
