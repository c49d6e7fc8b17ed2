package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"rawi/cmd/internal/annotate"
	"rawi/config"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
	"rawi/stages"
	"rawi/stages/crawl"
	"rawi/stages/language"
)

type factsCommand struct {
	Article   string   `arg:"" help:"A page or a text: a file, an http(s) address, or - for standard input. The first line of a text is its title." placeholder:"FILE|URL|-"`
	Config    string   `short:"c" help:"Configuration: how to ask for pages, the sources, and the rules for sites." type:"path" placeholder:"FILE"`
	Source    string   `help:"Read it as an article of this source of the configuration: its country and time zone." placeholder:"NAME"`
	Published string   `help:"When it was published, where it does not say so itself: 2022-09-27, or with the time as 2022-09-27T18:30:00+01:00." placeholder:"TIME"`
	Lang      string   `help:"Read it in this language instead of the one it seems to be written in." placeholder:"TAG"`
	Allow     []string `help:"Addresses allowed beside public ones, such as 127.0.0.0/8." placeholder:"PREFIX"`
	JSON      bool     `help:"Print JSON."`
}

func (c factsCommand) Run(ctx context.Context, env environment) error {
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	raw, err := c.raw(ctx, loaded.Config)
	if err != nil {
		return err
	}
	article, err := c.read(ctx, loaded.Config, raw)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Article, err)
	}
	if c.Published != "" && article.Published.Time.Equal(raw.Found.Entry.Published) {
		article.Published.Origin = "given"
	}
	reading := annotate.Read(article)
	if c.JSON {
		return printJSON(env.out, reading)
	}
	return annotate.Write(env.out, reading, annotate.Options{Width: min(width(env.out), 120), Colour: isTerminal(env.out) && !noColour(env.environ)})
}

// noColour reports whether NO_COLOR is set, as no-color.org has it.
func noColour(environ []string) bool {
	return slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "NO_COLOR=") && v != "NO_COLOR=" })
}

// raw fetches or opens what is to be read.
func (c factsCommand) raw(ctx context.Context, cfg config.Config) (message.Raw, error) {
	outlet, err := c.outlet(cfg)
	if err != nil {
		return message.Raw{}, usageError{err}
	}
	published, err := c.published(outlet)
	if err != nil {
		return message.Raw{}, usageError{err}
	}
	var raw message.Raw
	if isAddress(c.Article) {
		raw, err = c.fetch(ctx, cfg)
	} else {
		raw, err = c.open(cfg.Crawl.MaxBody)
	}
	raw.Outlet = outlet
	raw.Found.Entry.Published = published
	return raw, err
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// outlet is the source that was named, or the one that the address belongs to.
func (c factsCommand) outlet(cfg config.Config) (message.Outlet, error) {
	for _, s := range cfg.Sources {
		if s.Name == c.Source || c.Source == "" && isAddress(c.Article) && slices.ContainsFunc(s.Addresses(), c.sameHost) {
			return s.Outlet(), nil
		}
	}
	if c.Source != "" {
		return message.Outlet{}, fmt.Errorf("--source %s: the configuration has no such source; rawi check names its file", c.Source)
	}
	return message.Outlet{Name: "given"}, nil
}

func (c factsCommand) sameHost(address string) bool {
	a, errA := url.Parse(address)
	b, errB := url.Parse(c.Article)
	return errA == nil && errB == nil && strings.TrimPrefix(a.Host, "www.") == strings.TrimPrefix(b.Host, "www.")
}

// published is the time that was given; zero where none was. A day alone is its noon where the outlet is.
func (c factsCommand) published(outlet message.Outlet) (time.Time, error) {
	if c.Published == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, c.Published); err == nil {
		return t, nil
	}
	zone, err := time.LoadLocation(outlet.Zone)
	if err != nil {
		zone = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, c.Published, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("--published %s: wants 2022-09-27 or 2022-09-27T18:30:00+01:00", c.Published)
	}
	return day.Add(12 * time.Hour), nil
}

// fetch asks for a page as the daemon does: past the same guard, with the same manners.
func (c factsCommand) fetch(ctx context.Context, cfg config.Config) (message.Raw, error) {
	exception, err := c.exception()
	if err != nil {
		return message.Raw{}, usageError{err}
	}
	cfg.Outbound.Exceptions = append(slices.Clip(cfg.Outbound.Exceptions), exception...)
	guard := outbound.New(cfg.Outbound)
	defer guard.Close()
	visitor := crawl.NewVisitor(cfg.Crawl, guard.Transport(cfg.Crawl.MaxBody), crawl.Alone())
	pages, err := crawl.NewFetcher(visitor).Process(ctx, message.Fetch{
		ID: message.ArticleID(message.Identity(c.Article)), URL: c.Article, Found: message.Found{How: message.FoundLink, At: time.Now().UTC()},
	})
	if refused, ok := errors.AsType[*fault.Permanent](err); ok && refused.Reason == outbound.ReasonForbidden {
		return message.Raw{}, fmt.Errorf("%w; here --allow PREFIX does", err)
	}
	if err != nil {
		return message.Raw{}, err
	}
	return pages[0], nil
}

// exception opens the host of the address to the prefixes that were given, on its own port.
func (c factsCommand) exception() ([]outbound.Exception, error) {
	u, err := url.Parse(c.Article)
	if err != nil || len(c.Allow) == 0 {
		return nil, err
	}
	e := outbound.Exception{Host: u.Hostname()}
	for _, text := range c.Allow {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--allow %s: wants a prefix of addresses such as 127.0.0.0/8", text)
		}
		e.Prefixes = append(e.Prefixes, prefix)
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		e.Ports = []uint16{uint16(port)}
	}
	return []outbound.Exception{e}, nil
}

// open reads a file or standard input. The time of a file stands for that of a fetch: days are counted from it where nothing says better.
func (c factsCommand) open(largest int64) (message.Raw, error) {
	file, fetched := os.Stdin, time.Now()
	if c.Article != "-" {
		opened, err := os.Open(c.Article)
		if err != nil {
			return message.Raw{}, usageError{err}
		}
		defer opened.Close() //nolint:errcheck // only read from
		info, err := opened.Stat()
		if err != nil {
			return message.Raw{}, usageError{err}
		}
		file, fetched = opened, info.ModTime()
	}
	body, err := io.ReadAll(io.LimitReader(file, largest+1))
	if err != nil {
		return message.Raw{}, usageError{fmt.Errorf("read %s: %w", c.Article, err)}
	}
	if int64(len(body)) > largest {
		return message.Raw{}, usageError{fmt.Errorf("read %s: more than %d bytes; crawl.max_body sets how large a page may be", c.Article, largest)}
	}
	return given(filepath.Base(c.Article), body, fetched), nil
}

// given makes what a fetch would have brought of bytes that are a page or a text.
func given(name string, body []byte, fetched time.Time) message.Raw {
	raw := message.Raw{
		Type: message.RawV1, ID: message.ArticleID(name), Digest: message.Digest(string(body)), Body: body, Fetched: fetched,
		Found: message.Found{How: message.FoundLink, At: fetched}, Status: http.StatusOK, ContentType: "text/html",
	}
	kind := strings.ToLower(filepath.Ext(name))
	sniffed := http.DetectContentType(body)
	if kind == ".html" || kind == ".htm" || kind == ".xhtml" || strings.HasPrefix(sniffed, "text/html") || strings.HasPrefix(sniffed, "text/xml") {
		return raw
	}
	raw.Status, raw.ContentType = 0, "text/plain"
	title, rest, found := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if found && strings.TrimSpace(rest) != "" {
		raw.Found.Entry.Title, raw.Body = strings.TrimSpace(title), []byte(rest)
	}
	return raw
}

// read takes a raw article through the stages of the daemon that read one.
func (c factsCommand) read(ctx context.Context, cfg config.Config, raw message.Raw) (message.Article, error) {
	tag := c.Lang
	detected := []message.Detected{{Type: message.DetectedV1, Raw: raw, Language: c.Lang}}
	if tag == "" {
		var err error
		if detected, err = language.New(cfg.Language).Process(ctx, raw); err != nil {
			return message.Article{}, err
		}
		tag = cmp.Or(detected[0].Language, message.Undetermined)
	}
	live, err := stages.Open(cfg.Tables, cfg.Places)
	if err != nil {
		return message.Article{}, usageError{err}
	}
	var tags []string
	for _, lang := range live.Languages() {
		tags = append(tags, lang.Tag)
		if lang.Tag != tag {
			continue
		}
		stage, err := withSites(cfg, lang, live)
		if err != nil {
			return message.Article{}, err
		}
		articles, err := stage.Process(ctx, detected[0])
		if err != nil {
			return message.Article{}, err
		}
		return articles[0], nil
	}
	slices.Sort(tags)
	known := strings.Join(tags, ", ")
	if c.Lang != "" {
		return message.Article{}, usageError{fmt.Errorf("--lang %s: facts are read in %s", c.Lang, known)}
	}
	return message.Article{}, errors.New("it seems to be written in " + tag + ", and facts are read in " + known + "; --lang says which of them it is")
}
