package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"rawi/cmd/internal/registry"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

type topCommand struct {
	reader

	Admin string        `help:"Address of the daemon's operators' server, instead of the configured one." placeholder:"HOST:PORT"`
	Every time.Duration `help:"How often the view is drawn anew." default:"2s"`
	JSON  bool          `help:"Print what is seen at one look as JSON."`
}

// shortest is the least time between two looks at a daemon.
const shortest = 200 * time.Millisecond

// Run draws what the daemon does until it is interrupted. Where the output is no terminal it is drawn once.
func (c topCommand) Run(ctx context.Context, env environment) error {
	if c.Every < shortest {
		return usageError{fmt.Errorf("--every %s: want at least %s", c.Every, shortest)}
	}
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	if c.Admin != "" {
		loaded.Admin.Listen = c.Admin
	}
	if c.Server != "" {
		loaded.NATS.URL = c.Server
	}
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	news := &newsDesk{}
	var reading sync.WaitGroup
	reading.Go(func() {
		news.err = bus.Tail(ctx, []string{message.StorySubjects}, pipeline.Since(time.Now().Add(-time.Hour)), news.take)
	})
	err = c.watch(ctx, env, loaded, bus, news)
	cancel()
	reading.Wait()
	return closing(ctx, bus, errors.Join(err, news.err))
}

// watch draws frame after frame.
func (c topCommand) watch(ctx context.Context, env environment, loaded config.Loaded, bus *pipeline.Bus, news *newsDesk) error {
	screen, ok := env.out.(*os.File)
	if c.JSON || !ok || !isTerminal(screen) {
		v, err := c.lookAround(ctx, loaded, bus, news, view{})
		switch {
		case err != nil:
			return err
		case c.JSON:
			return printJSON(env.out, v.told())
		}
		return v.draw(env.out, width(env.out), 0)
	}
	fmt.Fprint(screen, "\x1b[?1049h\x1b[?25l")       // a screen of its own, without a cursor
	defer fmt.Fprint(screen, "\x1b[?25h\x1b[?1049l") // and back to what was there before
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	var v view
	for {
		var err error
		if v, err = c.lookAround(ctx, loaded, bus, news, v); err != nil && ctx.Err() == nil {
			v.trouble = err.Error()
		}
		cells, lines, err := term.GetSize(int(screen.Fd()))
		if err != nil {
			return err
		}
		fmt.Fprint(screen, "\x1b[H\x1b[2J")
		if err := v.draw(screen, cells, lines-1); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// lookAround asks the daemon, its sources and the stories of the last hour. What is known of before gives rates.
func (c topCommand) lookAround(ctx context.Context, loaded config.Loaded, bus *pipeline.Bus, news *newsDesk, before view) (view, error) {
	v := view{now: time.Now(), before: before.report, then: before.now, sources: before.sources, report: before.report}
	report, err := fromDaemon(ctx, loaded.Admin.Listen)
	if err != nil {
		return v, fmt.Errorf("the daemon does not answer at %s: %w", loaded.Admin.Listen, err)
	}
	v.report = report
	book, err := registry.Open(ctx, bus)
	if err != nil {
		return v, err
	}
	v.sources = c.entries(loaded, book)
	v.stories = news.newest()
	return v, nil
}

// newsDesk keeps the stories that were told last. It is safe for concurrent use.
type newsDesk struct {
	mu      sync.Mutex
	stories []message.Story // latest last
	err     error           // why no more come; read when nobody writes
}

// kept is how many stories a screen could show at most.
const kept = 100

func (n *newsDesk) take(e pipeline.Envelope) error {
	var s message.Story
	if err := e.Decode(&s); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stories = slices.DeleteFunc(n.stories, func(o message.Story) bool { return o.ID == s.ID })
	if s.Change != message.ChangeRetract && s.MergedInto == "" {
		n.stories = append(n.stories, s)
	}
	n.stories = n.stories[max(len(n.stories)-kept, 0):]
	return nil
}

func (n *newsDesk) newest() []message.Story {
	n.mu.Lock()
	defer n.mu.Unlock()
	stories := slices.Clone(n.stories)
	slices.Reverse(stories)
	return stories
}

// view is what one frame shows.
type view struct {
	now, then      time.Time // of this look and the one before; zero where there was none
	report, before pipeline.Report
	sources        []registry.Entry
	stories        []message.Story
	trouble        string
}

// glance is a view for programs.
type glance struct {
	Time    time.Time        `json:"time"`
	Status  pipeline.Report  `json:"status"`
	Sources []registry.Entry `json:"sources"`
	Stories []message.Story  `json:"stories"` // told in the last hour, latest first
}

func (v view) told() glance {
	g := glance{Time: v.now, Status: v.report, Sources: []registry.Entry{}, Stories: append([]message.Story{}, v.stories...)}
	for _, e := range v.sources {
		g.Sources = append(g.Sources, e.Masked())
	}
	return g
}

// draw writes a frame of so many cells and lines; 0 lines are as many as there are.
func (v view) draw(w io.Writer, cells, lines int) error {
	rows := slices.Concat(v.head(), v.stages(), []string{""}, v.outlets(), []string{""}, v.news(cells))
	if lines > 0 {
		rows = rows[:min(len(rows), lines)]
	}
	for _, row := range rows {
		if _, err := fmt.Fprintln(w, show.Cut(row, cells)); err != nil {
			return err
		}
	}
	return nil
}

func (v view) head() []string {
	health := "ready"
	switch {
	case v.trouble != "":
		health = v.trouble
	case v.report.Not != "":
		health = "not ready: " + v.report.Not
	case v.report.Paused:
		health = "sources pause until the stages have caught up"
	}
	account := ""
	if s := v.report.Sum; s != nil {
		account = "account closed"
		if !s.Closed() {
			account = fmt.Sprintf("account open by %d", s.Difference)
		} else if s.Daemons > 0 {
			account = "account not checked"
		}
	}
	return []string{fmt.Sprintf("rawi  %s  %s  %s", v.now.Format("15:04:05"), account, health), ""}
}

func (v view) stages() []string {
	rows := []string{fmt.Sprintf("%-12s %8s %9s %8s %8s %8s %8s", "STAGE", "PER SEC", "PENDING", "IN WORK", "OLDEST", "RETRIED", "DEAD")}
	for _, s := range v.report.Stages {
		pending, inWork, oldest := fmt.Sprint(s.Pending), fmt.Sprint(s.InFlight), "-"
		if s.Source {
			pending, inWork = "-", "-"
		}
		if s.Oldest > 0 {
			oldest = registry.Age(s.Oldest)
		}
		rows = append(rows, fmt.Sprintf("%-12s %8s %9s %8s %8s %8d %8d", s.Name, v.pace(s), pending, inWork, oldest, s.Counts.Retry, total(s.Counts.Dead)))
		if s.Trouble != "" {
			rows = append(rows, "  "+s.Trouble)
		}
	}
	return rows
}

// pace is how many messages a stage has finished a second since the look before.
func (v view) pace(s pipeline.Status) string {
	i := slices.IndexFunc(v.before.Stages, func(o pipeline.Status) bool { return o.Name == s.Name })
	took := v.now.Sub(v.then).Seconds()
	if i < 0 || v.then.IsZero() || took <= 0 {
		return "-"
	}
	now, before := finished(s.Counts), finished(v.before.Stages[i].Counts)
	if now < before { // the daemon was started anew
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(now-before)/took)
}

func finished(c pipeline.Counts) uint64 {
	return c.OK + c.Duplicate + total(c.Dropped) + total(c.Dead)
}

// outlets are the sources that need somebody, after how all are doing.
func (v view) outlets() []string {
	rows := []string{"SOURCES  " + registry.Summary(v.sources)}
	const most = 5
	for _, e := range v.sources {
		if e.State == registry.StateFailing || e.State == registry.StateSilent || e.State == registry.StateMoved {
			rows = append(rows, fmt.Sprintf("  %-8s %-24s rawi sources show %s", e.State, e.Name, e.Name))
		}
		if len(rows) > most {
			break
		}
	}
	return rows
}

// news are the stories told last, with the titles in both scripts.
func (v view) news(cells int) []string {
	if len(v.stories) == 0 {
		return []string{"no story was told in the last hour"}
	}
	var table strings.Builder
	_ = show.Stories(&table, v.stories, cells) // a builder takes everything
	return strings.Split(strings.TrimSuffix(table.String(), "\n"), "\n")
}
