//go:build examples

// The examples of deployments/examples against a running daemon. They need node, npm, Python with zstandard,
// the nats tool, jq, openssl and zstd: .ci/run has them installed.
package daemon_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

const examples = "../../../deployments/examples"

// example is one of the programs, ready to run.
type example struct {
	name string
	url  string
	argv []string
	flag string // what options begin with
}

func TestExamplesReadWhatTheClientDoes(t *testing.T) {
	for _, compress := range []bool{true, false} {
		t.Run(fmt.Sprintf("compress %t", compress), func(t *testing.T) { readAlike(t, compress) })
	}
}

func readAlike(t *testing.T, compress bool) {
	t.Helper()
	cfg := startSites(t).Config(t.TempDir())
	cfg.WebSocket.Listen = "127.0.0.1:0"
	cfg.Publish.Compress, cfg.Publish.CloudEvents = compress, !compress
	d, _ := start(t, cfg)
	wait(t, "the press to be read", d.Idle)
	if compressed(t, d.Bus()) != compress {
		t.Fatalf("compressed stories: %t", !compress)
	}
	programs := []example{
		{name: "go", url: d.Bus().ClientURL(), argv: []string{outside(t)}, flag: "-"},
		{name: "python", url: d.Bus().ClientURL(), argv: python(), flag: "--"},
		{name: "javascript", url: d.Bus().WebSocketURL(), argv: []string{cmp.Or(os.Getenv("NODE"), "node"), javascript(t)}, flag: "--"},
	}
	for _, q := range []client.Query{
		{},
		{Kinds: []string{message.KindOperation, message.KindDisaster}, Countries: []string{"MA", "TN"}},
		{Languages: []string{"ar"}},
		{Countries: []string{"MA"}, Languages: []string{"fr"}},
	} {
		want := current(t, d, q)
		for _, p := range programs {
			t.Run(fmt.Sprintf("%s %v %v %v", p.name, q.Kinds, q.Countries, q.Languages), func(t *testing.T) {
				got := p.run(t, q, len(want))
				if !slices.Equal(got, want) {
					t.Errorf("got %d stories:\n%s\nwant %d:\n%s", len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
				}
			})
		}
	}
	for _, p := range programs {
		t.Run(p.name+" names the right form", func(t *testing.T) { p.refuses(t) })
		t.Run(p.name+" goes on where it was", func(t *testing.T) { goesOn(t, d, p) })
	}
}

// goesOn has a program read some stories by a durable name, and the rest when it is started again.
func goesOn(t *testing.T, d *daemon.Daemon, p example) {
	t.Helper()
	want := current(t, d, client.Query{})
	q := client.Query{Durable: "example-" + p.name}
	got := append(p.run(t, q, 5), p.run(t, q, len(want)-5)...)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %d stories:\n%s\nwant %d", len(got), strings.Join(got, "\n"), len(want))
	}
}

// run returns what the example prints of so many stories, sorted, one a line.
func (p example) run(t *testing.T, q client.Query, count int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	args := append(slices.Clone(p.argv[1:]), p.flag+"count", fmt.Sprint(count))
	for name, value := range map[string]string{
		"kind": strings.Join(q.Kinds, ","), "country": strings.Join(q.Countries, ","), "language": strings.Join(q.Languages, ","), "durable": q.Durable,
	} {
		if value != "" {
			args = append(args, p.flag+name, value)
		}
	}
	cmd := exec.CommandContext(ctx, p.argv[0], args...)
	cmd.Env = append(os.Environ(), "NATS_URL="+p.url, "PYTHONIOENCODING=utf-8")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", p.name, err, out, &said)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	return lines
}

// refuses has a program told a country by its name, and a server that is not there.
func (p example) refuses(t *testing.T) {
	t.Helper()
	for want, args := range map[string][]string{
		`country "Morocco": wants two letters`: {p.flag + "country", "Morocco"},
		"127.0.0.1:1":                          nil,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, p.argv[0], append(slices.Clone(p.argv[1:]), args...)...)
		url := p.url
		if args == nil {
			scheme, _, _ := strings.Cut(url, "127")
			url = scheme + "127.0.0.1:1"
		}
		cmd.Env = append(os.Environ(), "NATS_URL="+url)
		said, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(said), want) {
			t.Errorf("%v: %v, %s, want %q", args, err, said, want)
		}
	}
}

// current is what the examples have to print, read by the package that they are held to.
func current(t *testing.T, d *daemon.Daemon, q client.Query) []string {
	t.Helper()
	return currentBy(t, client.Options{URL: d.Bus().ClientURL()}, q)
}

func currentBy(t *testing.T, by client.Options, q client.Query) []string {
	t.Helper()
	c, err := client.Connect(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	q.From = client.Current()
	s, err := c.Subscribe(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for silent := 0; silent < 2; { // once for what was on its way when the server had nothing left
		timed, cancel := context.WithTimeout(t.Context(), time.Second)
		got, err := s.Next(timed)
		cancel()
		if err != nil {
			if lag, err := s.Lag(t.Context()); err == nil && lag == 0 {
				silent++
			}
			continue
		}
		silent = 0
		title := ""
		for _, tag := range slices.Backward(sorted(got.Story.Titles)) {
			title = got.Story.Titles[tag]
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintln(got.Story.Change, got.Story.ID, got.Story.Revision, got.Subject, title)))
		if err := got.Ack(); err != nil {
			t.Fatal(err)
		}
	}
	if len(lines) < 6 {
		t.Fatalf("%d stories for %+v: nothing to compare", len(lines), q)
	}
	slices.Sort(lines)
	return lines
}

func python() []string {
	return []string{cmp.Or(os.Getenv("PYTHON"), "/usr/bin/python3"), examples + "/python/stories.py"}
}

func sorted(titles map[string]string) []string {
	var tags []string
	for tag := range titles {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags
}

// compressed reports whether any story is.
func compressed(t *testing.T, b *pipeline.Bus) bool {
	t.Helper()
	found := false
	err := b.Tail(t.Context(), []string{message.StorySubjects}, pipeline.Beginning(), func(e pipeline.Envelope) error {
		found = found || e.Header.Get("Content-Encoding") == "zstd"
		if e.Pending == 0 {
			return context.Canceled
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// outside builds the example in Go in a module of its own, as a program of another repository is.
func outside(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for to, from := range map[string]string{"main.go": examples + "/go/main.go", "go.sum": root + "/go.sum"} {
		data, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, to), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	module := "module desk.example/stories\n\ngo 1.26.0\n\nrequire rawi v0.0.0\n\nreplace rawi => " + root + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=mod", "-o", "stories", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build outside of the repository: %v\n%s", err, out)
	}
	return filepath.Join(dir, "stories")
}

// javascript installs the packages of the example beside a copy of it.
func javascript(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"stories.mjs", "package.json", "package-lock.json"} {
		data, err := os.ReadFile(examples + "/javascript/" + name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return filepath.Join(dir, "stories.mjs")
}
