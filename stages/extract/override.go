package extract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/charset"
	"rawi/stages/dates"
	"rawi/stages/extract/page"
	"rawi/stages/extract/site"
)

// bySite is the verdict on blocks that a rule for the site has decided.
const bySite = "site-rule"

// open reads the page, by the rule for its site where there is one.
func (s *Stage) open(r *reading, request page.Request) (err error) {
	if s.parts.Sites == nil || r.raw.Status == 0 {
		r.page, err = page.Read(request)
		return err
	}
	u, err := url.Parse(address(r.raw))
	if err != nil || charset.Binary(request.Body) {
		r.page, err = page.Read(request)
		return err
	}
	decoded := charset.Decode(request.Body[:min(len(request.Body), page.Largest)], charset.Hint{
		ContentType: request.ContentType, Declaration: charset.HTML, Language: request.Language,
	})
	found, ok := s.parts.Sites.Apply(u.Hostname(), r.raw.Fetched, string(decoded.Text))
	if !ok {
		r.page, err = page.Read(request)
		return err
	}
	r.rule = &found
	request.Body, request.ContentType = found.Page, "text/html; charset=utf-8"
	if r.page, err = page.Read(request); err != nil {
		return err
	}
	r.page.Charset = decoded.Name
	return r.narrow(request)
}

// narrow keeps of a page what the rule for its site selects.
func (r *reading) narrow(request page.Request) error {
	if r.rule.Title != "" {
		r.page.Headlines = append([]page.Headline{{Text: r.rule.Title, Origin: page.FromH1}}, r.page.Headlines...)
	}
	if len(r.rule.Authors) > 0 {
		r.page.Authors = append([][]string{r.rule.Authors}, r.page.Authors...)
		r.page.AuthorsFrom = append([]string{bySite}, r.page.AuthorsFrom...)
	}
	if r.rule.Body == nil {
		return nil
	}
	request.Body, request.Fragment = r.rule.Body, true
	body, err := page.Read(request)
	if err != nil {
		return err
	}
	r.page.Blocks, r.page.Lead, r.page.Agreement, r.page.Plain = body.Blocks, "", 0, false
	left := map[string]bool{}
	for _, b := range body.Blocks {
		left[b.Text] = true
	}
	for i := range r.page.Judged {
		j := &r.page.Judged[i]
		j.Kept, j.Why = left[j.Text], []string{bySite}
	}
	return nil
}

// override puts what the rule for the site says over what the article was found to be.
func (s *Stage) override(r *reading) {
	if r.rule == nil {
		return
	}
	if r.rule.Title != "" {
		r.article.Title = r.rule.Title
	}
	d := s.dating(r.raw)
	found, ok := dates.Read(r.rule.Date, d.zone)
	if lines := dates.Find(r.rule.Date, d.zone); !ok && len(lines) > 0 {
		found, ok = lines[0], true
	}
	if m := d.moment(found.Time, found.Precision, "text"); ok && !m.Time.IsZero() {
		r.article.Published = m
		if r.article.Modified.Time.Before(m.Time) {
			r.article.Modified = message.Moment{}
		}
	}
}

// CheckSites reads the page of each rule as the extractors of languages would, and says where the outcome is not what the rule promises.
func CheckSites(ctx context.Context, rules []site.Rule, languages []Language) error {
	var errs []error
	for _, rule := range rules {
		one, err := site.Compile([]site.Rule{rule})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if err := check(ctx, rule.Page, one, languages); err != nil {
			errs = append(errs, fmt.Errorf("site %q: page %s: %w", rule.Host, rule.Page.File, err))
		}
	}
	return errors.Join(errs...)
}

// check reads one page by one rule.
func check(ctx context.Context, e site.Example, rules *site.Rules, languages []Language) error {
	i := slices.IndexFunc(languages, func(l Language) bool { return l.Tag == e.Language })
	if i < 0 {
		return fmt.Errorf("articles are not read in language %q", e.Language)
	}
	fetched, err := e.Time()
	if err != nil {
		return err
	}
	book := &site.Book{}
	book.Set(rules)
	r, err := New(languages[i]).With(Parts{Sites: book}).read(ctx, message.Detected{Language: e.Language, Raw: message.Raw{
		ID: message.ArticleID(e.URL), URL: e.URL, Status: http.StatusOK, ContentType: "text/html", Body: e.Body, Fetched: fetched,
	}}, false)
	switch {
	case err != nil:
		return err
	case r.rule == nil:
		return fmt.Errorf("%s is no address of that site", e.URL)
	case r.rule.Missed:
		return errors.New("body selects nothing in it")
	}
	return differs(e, r.article)
}

// differs says where an article is not what a page promises.
func differs(e site.Example, a message.Article) error {
	var errs []error
	compare := func(key, got, want string, same bool) {
		if want != "" && !same {
			errs = append(errs, fmt.Errorf("%s is %.80q, not %.80q", key, got, want))
		}
	}
	text := a.Text()
	published := ""
	if !a.Published.Time.IsZero() {
		published = a.Published.Time.Format(time.RFC3339)
	}
	compare("title", a.Title, e.Title, a.Title == e.Title)
	compare("published", published, e.Published, strings.HasPrefix(published, e.Published))
	compare("authors", strings.Join(a.Authors, "; "), strings.Join(e.Authors, "; "), slices.Equal(a.Authors, e.Authors))
	compare("begins", text, e.Begins, strings.HasPrefix(text, e.Begins))
	compare("ends", text[len(text)-min(len(text), len(e.Ends)):], e.Ends, strings.HasSuffix(text, e.Ends))
	for _, words := range e.Without {
		if words != "" && strings.Contains(text, words) {
			errs = append(errs, fmt.Errorf("the text holds %q, which it must be without", words))
		}
	}
	return errors.Join(errs...)
}
