package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"rawi/cmd/internal/explain"
	"rawi/cmd/internal/registry"
	"rawi/cmd/internal/ruling"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/api"
	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/dedup"
)

// rulingTime is how long a request waits for what becomes of a decision, before it is told that it is only stored.
const rulingTime = 10 * time.Second

// accessOf reads who may ask.
func (d *Daemon) accessOf(c config.Admin) (api.Access, error) {
	tokens, err := api.ReadTokens(c.TokensFile)
	if err != nil {
		return api.Access{}, fmt.Errorf("admin.tokens_file: %w", err)
	}
	return api.Access{Tokens: tokens, Locked: c.Locked(), Hosts: c.Hosts}, nil
}

// newAPI gives the HTTP API what it tells of and steers: what the commands call.
func (d *Daemon) newAPI(access api.Access) *api.API {
	return api.New(api.Deps{
		Bus: d.bus, Log: d.log, Report: d.pipeline.Report, Explain: d.explain, Sources: d.listSources, Names: d.sourceNames, Emits: stages.Sources(),
		Steer: d.steer, Rule: d.rule, Reload: d.reload,
	}, access)
}

// explanation is an account in words of whatever language is asked for.
type explanation struct{ explain.Account }

// Write tells it in words.
func (e explanation) Write(w io.Writer, lang string) error {
	words, err := explain.In(lang)
	if err != nil {
		return err
	}
	return words.Write(w, e.Account)
}

// explain asks the memory of the running dedup stage, between two articles, and reads one story.
func (d *Daemon) explain(ctx context.Context, asked api.Question) (api.Explanation, error) {
	q := explain.Question{Article: asked.Article, Named: asked.Article, Story: asked.Story, Seen: asked.Seen}
	q.Weigh = d.weigh
	where := ""
	if err := d.between(ctx, func() { where = d.dedup.Whereabouts(q.Article) }); err != nil {
		return nil, err
	}
	q.Seen = cmp.Or(where, q.Seen)
	if q.Seen == "" {
		return nil, api.Refused(http.StatusNotFound, fmt.Errorf("no story has the article %q: rawi story ID lists the articles of a story", q.Named))
	}
	a, err := explain.Find(ctx, d.bus, q)
	if unknown, ok := errors.AsType[explain.UnknownError](err); ok {
		return nil, api.Refused(http.StatusNotFound, unknown)
	}
	return explanation{a}, err
}

func (d *Daemon) weigh(ctx context.Context, article, story string) (dedup.Weighing, error) {
	var weighed struct {
		dedup.Weighing
		err error
	}
	if err := d.between(ctx, func() { weighed.Weighing, weighed.err = d.dedup.Weigh(article, story) }); err != nil {
		return dedup.Weighing{}, err
	}
	return weighed.Weighing, weighed.err
}

// between has the memory of the dedup stage read while the stage rests.
func (d *Daemon) between(ctx context.Context, ask func()) error {
	err := d.pipeline.Between(ctx, "dedup", ask)
	if errors.Is(err, pipeline.ErrNotRead) {
		return api.Refused(http.StatusServiceUnavailable, fmt.Errorf("%w: ask again in a moment; rawi status says how the stages are", err))
	}
	return err
}

func (d *Daemon) rule(ctx context.Context, r message.Ruling) (message.Ruling, []message.State, error) {
	r, states, err := ruling.Decide(ctx, d.bus, d.tryRuling, r, rulingTime)
	if impossible, ok := errors.AsType[ruling.ImpossibleError](err); ok {
		status := http.StatusConflict
		if impossible.Unknown {
			status = http.StatusNotFound
		}
		return r, nil, api.Refused(status, impossible)
	}
	return r, states, err
}

// tryRuling tries a ruling on the memory of the running dedup stage.
func (d *Daemon) tryRuling(ctx context.Context, r message.Ruling) (message.Ruling, error) {
	var tried struct {
		message.Ruling
		err error
	}
	if err := d.between(ctx, func() { tried.Ruling, tried.err = ruling.On(ctx, d.dedup, r) }); err != nil {
		return r, err
	}
	return tried.Ruling, tried.err
}

// sources are those of the configuration that runs.
func (d *Daemon) sources() []config.Source {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	return d.running.Sources
}

func (d *Daemon) sourceNames() []string {
	var names []string
	for _, s := range d.sources() {
		names = append(names, s.Name)
	}
	return names
}

func (d *Daemon) listSources(ctx context.Context, f api.SourceFilter) ([]any, error) {
	wanted := registry.Filter{Country: f.Country, Language: f.Language, Kind: f.Kind, Family: f.Family, State: f.State}
	if err := wrongFilter(wanted.Check()); err != nil {
		return nil, err
	}
	book, err := registry.Open(ctx, d.bus)
	if err != nil {
		return nil, err
	}
	entries := book.Mark(registry.Entries(d.sources(), book.Known))
	if err := wrongFilter(wanted.CheckFamily(entries)); err != nil {
		return nil, err
	}
	var found []any
	for _, e := range wanted.Apply(entries) {
		if f.Name == "" || f.Name == e.Name {
			found = append(found, e.Masked())
		}
	}
	return found, nil
}

func wrongFilter(err error) error {
	if wrong, ok := errors.AsType[registry.WrongFilterError](err); ok {
		return api.Wrong(wrong.Field, wrong.Known, wrong)
	}
	return err
}

// steer does what rawi sources pause, resume and poll do.
func (d *Daemon) steer(ctx context.Context, act, source string) error {
	step, ok := map[string]registry.Step{"pause": registry.Pause(), "resume": registry.Resume(), "poll": registry.Poll()}[act]
	if !ok {
		return fmt.Errorf("there is no step %q", act)
	}
	book, err := registry.Open(ctx, d.bus)
	if err != nil {
		return err
	}
	err = book.Steer(ctx, d.sources(), []string{source}, step)
	if wrong, ok := errors.AsType[registry.WrongSourceError](err); ok {
		status := http.StatusConflict
		if wrong.Unknown {
			status = http.StatusNotFound
		}
		return api.Refused(status, wrong)
	}
	return err
}

func (d *Daemon) reload(context.Context) error {
	if d.load == nil {
		return errors.New("this daemon was started without a configuration to read again")
	}
	return d.take(d.load())
}
