package main

import (
	"context"
	"errors"
	"fmt"

	"rawi/cmd/internal/dissect"
	"rawi/config"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/extract/site"
	"rawi/stages/language"
)

type extractCommand struct {
	Page    string   `arg:"" help:"A page or a text: a file, an http(s) address, or - for standard input. The first line of a text is its title." placeholder:"FILE|URL|-"`
	Config  string   `short:"c" help:"Configuration: how to ask for pages, the sources, and the rules for sites." type:"path" placeholder:"FILE"`
	Source  string   `help:"Read it as an article of this source of the configuration: its country and time zone." placeholder:"NAME"`
	URL     string   `help:"Where a page in a file was: its rule, canonical address and date may depend on it." placeholder:"URL"`
	Lang    string   `help:"Read it in this language instead of the one it seems to be written in." placeholder:"TAG"`
	Allow   []string `help:"Addresses allowed beside public ones, such as 127.0.0.0/8." placeholder:"PREFIX"`
	Explain bool     `help:"Show every block of the page: kept or cut, why, and where it stands."`
	JSON    bool     `help:"Print JSON."`
}

// Help is printed under the command's flags.
func (extractCommand) Help() string {
	return `The page is read as the first of its host: what a daemon has learned of the host from other articles is not asked.
An address is fetched as the daemon fetches it: public addresses alone unless --allow, and what robots.txt closes stays closed.`
}

// Run prints what one page gives. A page without an article is explained, and an error.
func (c extractCommand) Run(ctx context.Context, env environment) error {
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	if c.URL != "" && !isAddress(c.URL) {
		return usageError{fmt.Errorf("--url %s: wants an http(s) address", c.URL)}
	}
	raw, err := factsCommand{Article: c.Page, Source: c.Source, Allow: c.Allow}.raw(ctx, loaded.Config)
	if err != nil {
		return err
	}
	if c.URL != "" {
		raw.URL, raw.FinalURL = c.URL, ""
	}
	reading, missing := c.read(ctx, loaded.Config, raw)
	if missing != nil && len(reading.Explanation.Blocks) == 0 {
		return fmt.Errorf("read %s: %w", c.Page, missing)
	}
	if missing != nil {
		reading.Error = missing.Error()
	}
	if err := c.print(env, reading); err != nil || missing == nil {
		return err
	}
	return fmt.Errorf("read %s: %w", c.Page, missing)
}

func (c extractCommand) print(env environment, r dissect.Reading) error {
	if c.JSON {
		return printJSON(env.out, r)
	}
	return dissect.Write(env.out, r, dissect.Options{
		Width: min(width(env.out), 120), Colour: isTerminal(env.out) && !noColour(env.environ), Explain: c.Explain,
	})
}

// read takes a raw article through the stages of the daemon that read one, and tells how.
func (c extractCommand) read(ctx context.Context, cfg config.Config, raw message.Raw) (dissect.Reading, error) {
	detected := []message.Detected{{Type: message.DetectedV1, Raw: raw, Language: c.Lang, Method: "given"}}
	if c.Lang == "" {
		var err error
		if detected, err = language.New(cfg.Language).Process(ctx, raw); err != nil {
			return dissect.Reading{}, err
		}
	}
	in := detected[0]
	r := dissect.Reading{Language: in.Language, Method: "by " + in.Method}
	if c.Lang != "" {
		r.Method = in.Method
	}
	stage, err := readerOf(cfg, in.Language)
	if err != nil {
		return r, err
	}
	r.Article, r.Explanation, err = stage.Explain(ctx, in)
	if drop, ok := errors.AsType[*fault.Drop](err); ok {
		err = fmt.Errorf("the daemon drops it: %s", drop.Reason)
	}
	return r, err
}

// readerOf is that of the daemon for a language; one without a pack is read by what all languages share.
func readerOf(cfg config.Config, tag string) (*extract.Stage, error) {
	tables, err := stages.Open(cfg.Tables, cfg.Places)
	if err != nil {
		return nil, usageError{err}
	}
	lang := extract.Language{Tag: tag, Version: "no pack"}
	for _, known := range tables.Languages() {
		if known.Tag == tag {
			lang = known
		}
	}
	return withSites(cfg, lang, tables)
}

// withSites is the extractor of a language with the rules for sites that are configured.
func withSites(cfg config.Config, lang extract.Language, tables *stages.Live) (*extract.Stage, error) {
	rules, err := stages.Sites(cfg.Sites, tables.Languages())
	if err != nil {
		return nil, usageError{err}
	}
	sites := &site.Book{}
	sites.Set(rules)
	return extract.New(lang, tables.Languages()...).With(extract.Parts{Sites: sites}), nil
}
