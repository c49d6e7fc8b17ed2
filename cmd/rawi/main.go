// Command rawi reads the press in several languages and tells which reports speak of the same happening.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"rawi/cmd/internal/show"
)

// Exit codes.
const (
	exitFailed = 1 // the command ran and failed
	exitUsage  = 2 // wrong usage or configuration, or the daemon could not start
)

type commands struct {
	Run       runCommand       `cmd:"" help:"Run the daemon: fetch, extract, merge, publish."`
	Demo      demoCommand      `cmd:"" help:"Run the whole pipeline against a bundled set of outlet sites on loopback."`
	Check     checkCommand     `cmd:"" help:"Check a configuration and say where each value came from."`
	Tail      tailCommand      `cmd:"" help:"Print messages of the topics as they are published."`
	Stories   storiesCommand   `cmd:"" help:"List the stories as they stand now."`
	Story     storyCommand     `cmd:"" help:"Show one story: its facts, its reports, and why they were merged."`
	Trace     traceCommand     `cmd:"" help:"Show one article's way through all stages, with times and what became of it."`
	Explain   explainCommand   `cmd:"" help:"Say why an article is in its story, in words, and why not in another."`
	Top       topCommand       `cmd:"" help:"Watch the stages, the sources and the newest stories."`
	Status    statusCommand    `cmd:"" help:"Show how far every stage is and whether everything is accounted for."`
	Loglevel  loglevelCommand  `cmd:"" help:"Show how much the running daemon logs, or change it."`
	Doctor    doctorCommand    `cmd:"" help:"Look at what the daemon stands on, from the configuration to the disk, and say what to do."`
	Sources   sourcesCommand   `cmd:"" help:"List, try, add and steer the outlets that are read."`
	Dead      deadCommand      `cmd:"" help:"List, show, retry or drop the messages that no stage could read."`
	Facts     factsCommand     `cmd:"" help:"Show the facts of an article, marked in its text."`
	Extract   extractCommand   `cmd:"" help:"Show what one page gives: title, dates, text; block by block, with what was cut and why."`
	Replay    replayCommand    `cmd:"" help:"Run kept messages through today's code once more, from a stage and a time on."`
	Eval      evalCommand      `cmd:"" help:"Score the pipeline on labelled files."`
	Schema    schemaCommand    `cmd:"" help:"Print the JSON Schema of a message type, the AsyncAPI document of all subjects or the OpenAPI document of the HTTP API."`
	Reference referenceCommand `cmd:"" help:"Print the list of all commands, settings, metrics, or subjects and headers."`
	Nkey      nkeyCommand      `cmd:"" name:"nkey" help:"Make the key of a NATS user: the seed goes to a file, the public key is printed."`
	Token     tokenCommand     `cmd:"" help:"Make a token for the HTTP API: it is printed once, its hash goes to a file."`
	Migrate   migrateCommand   `cmd:"" help:"Move the embedded server's store to a NATS server of its own."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// usageError is a mistake of the person at the keyboard: one line, exit code 2.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// environment is what a command may touch of the world outside; tests give their own.
type environment struct {
	out, err io.Writer
	environ  []string
	resolve  func(context.Context) error // asks for a name; nil for the system's resolver
}

func main() {
	os.Exit(run(os.Args[1:], environment{out: os.Stdout, err: os.Stderr, environ: os.Environ()}))
}

func run(args []string, env environment) int {
	var c commands
	parser, err := kong.New(&c, kong.Name("rawi"), kong.Writers(env.out, env.err), kong.UsageOnError(),
		kong.Description("rawi reads the press in several languages and tells which reports speak of the same happening."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return fail(env, err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return fail(env, usageError{fmt.Errorf("%w (see rawi --help)", err)})
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	chosen.BindTo(ctx, (*context.Context)(nil))
	return fail(env, chosen.Run(env))
}

// fail prints an error on one line and returns the exit code that it means.
func fail(env environment, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(env.err, "rawi:", show.Line(strings.ReplaceAll(err.Error(), "\n", "; ")))
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	if coded, ok := errors.AsType[codedError](err); ok {
		return coded.code
	}
	return exitFailed
}
