// Package extract finds the article in a page: title, standfirst, typed blocks, times, authors, credit, and the facts that a language pack reads in
// them. In come articles whose language is known, out goes what is compared and published; a page without an article is a dead letter.
package extract

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/extract/host"
	"rawi/stages/extract/page"
	"rawi/stages/extract/site"
)

// shortfall is the share of the words a page claims under which what can be read is only its beginning.
const (
	shortfall   = 0.4
	claimsWords = 150
)

// Words from which a page can hold an article, and one that calls itself a video: around a video stand captions and links to others.
const (
	pageWords  = 12
	videoWords = 120
)

// liveURL finds live blogs by their address.
var liveURL = regexp.MustCompile(`(?i)/(?:live|direct|en-direct|liveblog|مباشر)(?:/|-|$)`)

// Stage reads articles of one language. It is safe for concurrent use.
type Stage struct {
	language Language
	others   map[string]Language // by tag, this one left out
	book     book
	agencies agencies
	bylines  bylines
	hashes   *multipliers
	parts    Parts
}

// Parts are what the extractors of all languages share. The zero value works: nothing is learned of hosts, no site has rules, and nobody
// is told.
type Parts struct {
	Hosts *host.Book // what is known of hosts; nil: each page is read as the first of its host
	Sites *site.Book // rules for single sites; nil: none has any
	// Told is called with what was noticed about each article that was read or found missing. It may be called from several goroutines at once, and
	// again for an article that comes again. Nil: nobody is told.
	Told func(Notice)
}

// New makes the extractor of one language. The others read the blocks of its articles that are written in theirs; lang may be among them.
func New(lang Language, others ...Language) *Stage {
	packs := make(map[string]Language, len(others))
	for _, other := range others {
		if other.Tag != lang.Tag && other.Analyse != nil {
			packs[other.Tag] = other
		}
	}
	return &Stage{
		others:   packs,
		language: lang, book: newBook(lang.Markers, MustMarkers(englishMarkers)), agencies: parseAgencies(agencyTable), bylines: parseBylines(bylineTable),
		hashes: newMultipliers(),
	}
}

// With is the same extractor with other parts.
func (s *Stage) With(parts Parts) *Stage {
	other := *s
	other.parts = parts
	return &other
}

// Process reads one article. Its errors are permanent: "binary", "too_deep", "no_article"; a page that is a video is dropped
// as "video", one that lists others as "index".
func (s *Stage) Process(ctx context.Context, in message.Detected) ([]message.Article, error) {
	r, err := s.read(ctx, in, false)
	if err != nil {
		return nil, err
	}
	return []message.Article{r.article}, nil
}

// reading is one article on its way from a page to a message.
type reading struct {
	raw     message.Raw
	page    *page.Page
	rule    *site.Found // what the rule for its site finds; nil where there is none
	edited  edited
	whole   []message.Block // the text before what belongs to the host was taken out: a credit may stand there
	lesson  host.Lesson
	again   map[string]bool // blocks that come again and are background, by their text
	article message.Article
}

// read takes an article through all steps. What was found until then comes with an error too.
func (s *Stage) read(ctx context.Context, in message.Detected, explain bool) (*reading, error) {
	r := &reading{raw: in.Raw}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	err := s.open(r, page.Request{
		Body: in.Raw.Body, ContentType: in.Raw.ContentType, Language: in.Language, URL: address(in.Raw), Fragment: in.Raw.Status == 0,
		Explain: explain || s.parts.Hosts != nil,
	})
	if err != nil {
		return r, err
	}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	r.edited = s.edit(r.page, title(r.page, in.Raw.Found.Entry.Title, address(in.Raw)))
	if r.page.Video && wordCount(r.edited.blocks) < videoWords {
		return r, fault.Dropped("video")
	}
	if r.page.Kind == page.KindIndex && r.rule == nil { // whoever writes a rule for a page has read it
		return r, fault.Dropped("index")
	}
	found := r.edited.enough(r.page.Plain || in.Raw.Status == 0)
	r.whole = r.edited.blocks
	s.learn(ctx, in.Language, r, found)
	if !found {
		return r, fault.Permanently("no_article", errors.New("page has no running text outside its furniture"))
	}
	r.article = s.assemble(r, in.Language)
	s.override(r)
	s.analyse(&r.article, in)
	for i, b := range r.article.Blocks {
		if r.again[b.Text] {
			r.article.Blocks[i].Role = message.RoleBackground
		}
	}
	return r, nil
}

// enough reports whether there is an article. A feed or a file is one even where it is a flash of one line; a page needs more than a menu has.
func (e *edited) enough(given bool) bool {
	return len(e.blocks) > 0 && (given || wordCount(e.blocks) >= pageWords)
}

func address(raw message.Raw) string {
	if raw.FinalURL != "" {
		return raw.FinalURL
	}
	return raw.URL
}

func (s *Stage) assemble(r *reading, language string) message.Article {
	raw, p, e := r.raw, r.page, r.edited
	a := message.Article{
		Type: message.ArticleV1, ID: raw.ID, Digest: raw.Digest, Outlet: raw.Outlet, URL: raw.URL, Canonical: canonical(p.Canonical, address(raw)),
		Language: language, Title: e.title, Lead: e.lead, Blocks: e.blocks, Access: access(p, e, address(raw)), Found: raw.Found, Fetched: raw.Fetched,
		Extractor: s.language.extractor(),
	}
	a.Published, a.Modified = s.dating(raw).times(p, e.read)
	lists := append(append([][]string{}, p.Authors...), raw.Found.Entry.Authors, e.signed)
	a.Authors = s.authors(lists, siteNames(p, address(raw)))
	a.Credit = s.agencies.credit(slices.Concat(lists...), e.read, r.whole)
	a.Quality = quality(p, e)
	return a
}

// document is what a pack is told of an article beside its text.
func (s *Stage) document(raw message.Raw, published time.Time) Document {
	d := Document{Published: published, PublishedKnown: true, Outlet: raw.Outlet}
	if d.Published.IsZero() {
		d.Published, d.PublishedKnown = raw.Fetched, false
	}
	d.Published = d.Published.In(s.dating(raw).zone)
	return d
}

// analyse lets the language packs read the article. A pack that returns too few roles leaves the rest main.
func (s *Stage) analyse(a *message.Article, in message.Detected) {
	d := s.document(in.Raw, a.Published.Time)
	d.Title, d.Lead, d.Blocks = a.Title, a.Lead, a.Blocks
	found := s.readBy(d, in.Blocks)
	for i := range a.Blocks {
		a.Blocks[i].Role = message.RoleMain
		if i < len(found.Roles) && found.Roles[i] == message.RoleBackground {
			a.Blocks[i].Role = message.RoleBackground
		}
	}
	a.Facts, a.Recalled, a.Signature = found.Facts, found.Recalled, found.Signature
	a.Signature.MinHash, a.Signature.Shingles = s.hashes.minHash(a.Blocks)
}

// canonical is believed only within the site: a page that names another site's is a copy or a mistake, and either way another article.
func canonical(of, pageURL string) string {
	u, err := url.Parse(of)
	if err != nil || of == "" {
		return ""
	}
	own, err := url.Parse(pageURL)
	if err != nil || own.Hostname() == "" || strings.Trim(u.Path, "/") == "" && strings.Trim(own.Path, "/") != "" {
		return ""
	}
	if domain(u.Hostname()) != domain(own.Hostname()) {
		return ""
	}
	return of
}

// domain is the registrable domain of a host; an address or a name of one label is its own.
func domain(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if registered, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return registered
	}
	return host
}

func access(p *page.Page, e edited, pageURL string) string {
	path := pageURL
	if u, err := url.Parse(pageURL); err == nil {
		path = u.Path
	}
	switch {
	case e.live || liveURL.MatchString(path):
		return message.AccessLiveBlog
	case p.Paid || e.teaser, p.WordCount >= claimsWords && float64(wordCount(e.blocks)) < shortfall*float64(p.WordCount):
		return message.AccessPaywall
	}
	return message.AccessFree
}

func quality(p *page.Page, e edited) message.Quality {
	q := message.Quality{Agreement: hundredths(p.Agreement), Words: wordCount(e.blocks), Damaged: damaged(e.blocks)}
	texts := make([]string, len(e.blocks))
	for i, b := range e.blocks {
		texts[i] = b.Text
	}
	q.Description = hundredths(page.Described(p.Descriptions, strings.Join(texts, "\n")))
	return q
}

func hundredths(v float64) float64 { return float64(int(v*100+0.5)) / 100 }
