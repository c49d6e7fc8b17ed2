package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/cmd/internal/demo"
	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

type demoCommand struct {
	Once    bool `help:"Exit when everything is read and merged."`
	JSON    bool `help:"Print one story a line as JSON."`
	Verbose bool `short:"v" help:"Log what the daemon does."`
}

// Run starts the sites and the daemon, and shows what comes of them.
func (c demoCommand) Run(ctx context.Context, env environment) (err error) {
	dir, err := os.MkdirTemp("", "rawi-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sites, err := demo.Start(ctx, demo.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sites.Close()) }()
	return c.watch(ctx, env, sites, dir)
}

func (c demoCommand) watch(ctx context.Context, env environment, sites *demo.Sites, dir string) error {
	log := slog.New(slog.DiscardHandler)
	if c.Verbose {
		log = slog.New(slog.NewTextHandler(env.err, nil))
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	d, err := daemon.Start(running, sites.Config(dir), daemon.Options{Log: log, Version: version()})
	if err != nil {
		return err
	}
	outlets := sites.Outlets()
	fmt.Fprintf(env.err, "%d outlets on loopback, %s to %s\n", len(outlets), outlets[0].BaseURL, outlets[len(outlets)-1].BaseURL)
	if err = c.untilIdle(ctx, env, d); err == nil {
		err = c.print(ctx, env, d)
	}
	if err == nil && !c.Once {
		c.invite(env, d)
		select {
		case <-ctx.Done():
		case <-d.Done():
		}
	}
	stop()
	return errors.Join(ignoreStop(ctx, err), d.Wait())
}

// ignoreStop takes an error that only says that the user interrupted for none.
func ignoreStop(ctx context.Context, err error) error {
	if errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// untilIdle shows progress until every source was looked at and nothing is left to do.
func (c demoCommand) untilIdle(ctx context.Context, env environment, d *daemon.Daemon) error {
	every := time.NewTicker(250 * time.Millisecond)
	defer every.Stop()
	last := ""
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.Done():
			return errors.New("the daemon stopped by itself")
		case <-every.C:
		}
		sum, err := d.Account(ctx)
		if err != nil {
			return err
		}
		line := progress(sum)
		show.Progress(env.err, isTerminal(env.err), line, line != last)
		last = line
		idle, err := d.Idle(ctx)
		if idle || err != nil {
			show.Progress(env.err, isTerminal(env.err), "", false)
			return err
		}
	}
}

func progress(s pipeline.Sum) string {
	return fmt.Sprintf("found %d, in work %d, merged %d, other languages %d, dropped %d, dead letters %d",
		s.Accepted, s.InFlight, s.Linked, total(s.Kept), total(s.Dropped), total(s.Dead))
}

func total(counts map[string]uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// firstPublished is when the first report of a story was.
func firstPublished(s message.Story) time.Time {
	if len(s.Reports) == 0 {
		return time.Time{}
	}
	return s.Reports[0].Published
}

// print shows the stories, those with most reports first, and where everything else went.
func (c demoCommand) print(ctx context.Context, env environment, d *daemon.Daemon) error {
	stories, err := pipeline.Stories(ctx, d.Bus())
	if err != nil {
		return err
	}
	slices.SortFunc(stories, func(a, b message.Story) int {
		return cmp.Or(len(b.Reports)-len(a.Reports), firstPublished(a).Compare(firstPublished(b)), strings.Compare(a.ID, b.ID))
	})
	if c.JSON {
		return printStories(env, stories)
	}
	if err := show.Stories(env.out, stories, width(env.out)); err != nil {
		return err
	}
	sum, err := d.Account(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.out, "\n%d stories. Every fetched item ended somewhere: %s\n", len(stories), sum)
	return printDead(ctx, env.out, d.Bus())
}

func printDead(ctx context.Context, w io.Writer, bus *pipeline.Bus) error {
	return bus.Dead(ctx, pipeline.Beginning(), func(l pipeline.DeadLetter) error {
		why := ""
		if len(l.Errors) > 0 {
			why = l.Errors[0]
		}
		_, err := fmt.Fprintf(w, "dead letter %s: %s\n", l.Subject(), show.Line(why))
		return err
	})
}

// invite says what can be done while the demo stays up.
func (c demoCommand) invite(env environment, d *daemon.Daemon) {
	admin, server := d.AdminAddress(), d.Bus().ClientURL()
	fmt.Fprintf(env.err, "\nThe daemon stays up; Ctrl-C ends it.\n  metrics    http://%s/metrics\n  over HTTP  curl http://%s/v1/stories\n"+
		"  subscribe  rawi tail --server %s --since 1h\n  one story  rawi story --server %s ID\n  watch      rawi top --server %s --admin %s\n",
		admin, admin, server, server, server, admin)
}
