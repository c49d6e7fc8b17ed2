package page

// Kinds of page.
const (
	KindArticle = "article"
	KindIndex   = "index"   // a list of other pages: a section, a home page, a search
	KindVideo   = "video"   // says of itself that it is one, and of nothing in it that it is an article
	KindGallery = "gallery" // pictures and what is said of them
	KindLive    = "live"
)

const (
	fewestTeasers  = 8   // that make an index
	teaserWords    = 4   // words of the shortest title
	mostlyTeasers  = 0.6 // share of the words of a text that stand in teasers
	galleryOf      = 5   // captions that make a gallery, where they say more than twice as much as the text
	galleryCaption = 5   // words of the shortest that counts
)

// kind tells articles from pages that hold none. A page that says that it is an article is never taken for an index.
func (d *data) kind(j *judge, p *Page, own reading) string {
	declared := d.ld.declared || d.first("og:type") == "article" || d.first("article:published_time") != ""
	switch {
	case p.Live:
		return KindLive
	case p.Video:
		return KindVideo
	case !declared && letters(own.lines) < minBody && j.lists(p.Blocks):
		return KindIndex
	case j.shows(p.Blocks):
		return KindGallery
	}
	return KindArticle
}

// lists reports whether the page has many teasers, and its text is mostly made of them.
func (j *judge) lists(blocks []Block) bool {
	teasers := map[string]bool{}
	count := 0
	for i := range j.all {
		if s := &j.all[i]; s.tokens >= teaserWords && !s.shut && (s.links >= mostlyLink || j.item(i)) {
			teasers[begins(s.normal)] = true
			count++
		}
	}
	if count < fewestTeasers {
		return false
	}
	all, inTeasers := 0, 0
	for _, b := range blocks {
		form, words := normal(b.Text)
		all += words
		if teasers[begins(form)] || b.Linked || b.Ahead != "" {
			inTeasers += words
		}
	}
	return float64(inTeasers) >= mostlyTeasers*float64(all)
}

// begins is the beginning of a form: readability joins what stands in one item.
func begins(form string) string {
	for i, spaces := 0, 0; i < len(form); i++ {
		if form[i] == ' ' {
			spaces++
		}
		if spaces == teaserWords {
			return form[:i]
		}
	}
	return form
}

// shows reports whether the page is more captions than text.
func (j *judge) shows(blocks []Block) bool {
	captions, said, words := 0, 0, 0
	for i := range j.all {
		if s := &j.all[i]; s.figure && s.tokens >= galleryCaption && !s.shut {
			captions++
			said += s.tokens
		}
	}
	for _, b := range blocks {
		_, n := normal(b.Text)
		words += n
	}
	return captions >= galleryOf && said > 2*words
}
