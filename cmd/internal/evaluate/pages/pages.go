// Package pages measures the reading of web pages against pages whose text, title, date and authors are known.
package pages

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/evaluate"
	"rawi/pipeline/message"
)

// Page is a page with what is known of it: a file NAME.html, and beside it NAME.json, which describes it.
type Page struct {
	Name    string    `json:"name"`
	Lang    string    `json:"lang"`
	URL     string    `json:"url"`
	Title   string    `json:"title"`
	Date    string    `json:"date"`   // ISO day of publication; "" where the page tells none
	Author  string    `json:"author"` // names apart by ";"
	Text    string    `json:"text"`   // "" where nobody has marked the article: the page is read and not scored
	Fetched time.Time `json:"fetched,omitzero"`

	file string // of the page itself
}

// Result is what was read of a page, in the form that the sets' scorer takes.
type Result struct {
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Lead      string   `json:"lead"`
	Text      string   `json:"text"`
	Published *string  `json:"published"` // RFC 3339, or nil
	Authors   []string `json:"authors"`
	Error     string   `json:"error,omitempty"`

	Origin    string  `json:"origin,omitempty"` // of the date of publication
	Modified  string  `json:"modified,omitempty"`
	Credit    string  `json:"credit,omitempty"`
	Access    string  `json:"access,omitempty"`
	Canonical string  `json:"canonical,omitempty"`
	Language  string  `json:"lang,omitempty"` // as it was told
	Agreement float64 `json:"agreement,omitempty"`
	CPU       Spent   `json:"cpu_ms"`
}

// Load lists the pages below dir, by name. Its errors name the file.
func Load(dir string) ([]Page, error) {
	var all []Page
	seen := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".html" {
			return err
		}
		p, err := describe(path)
		if err != nil {
			return err
		}
		if other, twice := seen[p.Name]; twice {
			return fmt.Errorf("%s and %s both describe a page named %q: names tell results apart", other, path, p.Name)
		}
		seen[p.Name] = path
		all = append(all, p)
		return nil
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s holds no pages: want files NAME.html with NAME.json beside each", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	slices.SortFunc(all, func(a, b Page) int { return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Name, b.Name)) })
	return all, nil
}

// describe reads what is known of the page in a file.
func describe(path string) (Page, error) {
	beside := strings.TrimSuffix(path, ".html") + ".json"
	data, err := os.ReadFile(beside)
	if errors.Is(err, fs.ErrNotExist) {
		return Page{}, fmt.Errorf("%s has no %s beside it, which says name, lang and url", path, filepath.Base(beside))
	}
	if err != nil {
		return Page{}, err
	}
	p := Page{file: path}
	if err := json.Unmarshal(data, &p); err != nil {
		return Page{}, fmt.Errorf("%s: %w", beside, err)
	}
	if p.Name == "" || p.Lang == "" {
		return Page{}, fmt.Errorf("%s: want at least name and lang", beside)
	}
	if _, err := time.Parse(time.DateOnly, p.day()); p.Date != "" && err != nil {
		return Page{}, fmt.Errorf("%s: date %q wants an ISO day such as 2021-12-17", beside, p.Date)
	}
	return p, nil
}

func (p Page) day() string { return p.Date[:min(len(p.Date), len(time.DateOnly))] }

// Reader reads pages as a daemon does, from their language on.
type Reader struct {
	Line  evaluate.Line // its packs are those that Clock was put over
	Clock *Clock
	Times int // a page is read; its time is the shortest of them. Less than 1 counts as 1
}

// Read reads each page and hands its result over, in order. What a stage drops or refuses is a result with an error. It ends with the first error
// of a file, of do, or of ctx.
func (r Reader) Read(ctx context.Context, pages []Page, do func(Page, Result) error) error {
	warm := map[string]bool{}
	for _, p := range pages {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read pages: %w", err)
		}
		body, err := os.ReadFile(p.file)
		if err != nil {
			return fmt.Errorf("read pages: %w", err)
		}
		in := raw(p, body)
		if !warm[p.Lang] { // the first page of a language would pay for what is built on first use
			r.one(ctx, p, in)
			warm[p.Lang] = true
		}
		out := r.one(ctx, p, in)
		for range r.Times - 1 {
			out.CPU = out.CPU.least(r.one(ctx, p, in).CPU)
		}
		if err := do(p, out); err != nil {
			return err
		}
	}
	return nil
}

func (r Reader) one(ctx context.Context, p Page, in message.Raw) Result {
	r.Clock.facts = 0
	begun := used()
	detected, err := r.Line.Language.Process(ctx, in)
	told := used()
	var article message.Article
	if err == nil {
		article, err = r.extract(ctx, detected[0])
	}
	read := used() - told
	out := result(p, article)
	out.CPU = Spent{Language: milliseconds(told - begun), Page: milliseconds(read - r.Clock.facts), Facts: milliseconds(r.Clock.facts)}
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

func (r Reader) extract(ctx context.Context, in message.Detected) (message.Article, error) {
	none := message.Article{Language: in.Language}
	stage, ok := r.Line.Extract[in.Language]
	if !ok {
		return none, fmt.Errorf("its language was told as %s, in which no articles are read", in.Language)
	}
	articles, err := stage.Process(ctx, in)
	if err != nil {
		return none, err
	}
	return articles[0], nil
}

// raw is a page as if a source in its language had led to it. Its header was not kept.
func raw(p Page, body []byte) message.Raw {
	identity := cmp.Or(p.URL, p.Name)
	return message.Raw{
		Type: message.RawV1, ID: message.ArticleID(message.Identity(identity)), Digest: message.Digest(string(body)), URL: p.URL, Status: http.StatusOK,
		Outlet: message.Outlet{Name: "given", Language: p.Lang}, Found: message.Found{How: message.FoundLink}, ContentType: "text/html", Body: body,
		Fetched: p.Fetched,
	}
}

func result(p Page, a message.Article) Result {
	r := Result{
		Name: p.Name, Title: a.Title, Lead: a.Lead, Authors: a.Authors, Origin: a.Published.Origin, Credit: a.Credit, Access: a.Access,
		Canonical: a.Canonical, Language: a.Language, Agreement: a.Quality.Agreement,
	}
	texts := make([]string, len(a.Blocks))
	for i, b := range a.Blocks {
		texts[i] = b.Text
	}
	r.Text = strings.Join(texts, "\n")
	if t := a.Published.Time; !t.IsZero() {
		written := t.Format(time.RFC3339)
		r.Published = &written
	}
	if t := a.Modified.Time; !t.IsZero() {
		r.Modified = t.Format(time.RFC3339)
	}
	return r
}
