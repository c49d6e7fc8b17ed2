package message

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Subjects to subscribe to; each type's own Subject method fills in the rest.
const (
	FetchSubjects   = "news.fetch.>"
	RawSubjects     = "news.raw.>"
	CrawledSubjects = "news.raw.crawl.>" // those of them that the crawler brought
	LangSubjects    = "news.lang.>"
	ArticleSubjects = "news.article.>"
	RulingSubjects  = "news.ruling.>"
	StateSubjects   = "news.state.>"
	StorySubjects   = "news.story.>"
	DeadSubjects    = "news.dead.>"
)

// LangSubject matches what the language stage routed to one language, by its BCP 47 tag.
func LangSubject(tag string) string { return "news.lang." + Token(tag) + ".>" }

// longestToken keeps subjects far below the 4 KiB control line of NATS, past which a server closes the connection for good.
const longestToken = 63

// Token makes one safe subject token of any text: [a-z0-9_-], 1 to 63 bytes. Text that is already such a token stays as it is; other text
// is reduced to its safe letters and told apart by a hash, so that different texts never share a token.
func Token(text string) string {
	var b strings.Builder
	safe := text != "" && len(text) <= longestToken
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			safe = false
			b.WriteRune(r - 'A' + 'a')
		default:
			safe = false
		}
	}
	if safe {
		return text
	}
	slug := b.String()
	if len(slug) > 40 {
		slug = slug[:40]
	}
	if slug == "" {
		slug = "x"
	}
	return slug + "-" + digest(8, text)
}

// digest is the first n letters of a base32 SHA-256 over parts, each closed by a NUL so that ("ab","c") and ("a","bc") differ.
func digest(n int, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)))[:n]
}
