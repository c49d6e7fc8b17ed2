//go:build examples

package daemon_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

const natsPage = examples + "/nats/README.md"

// tool is the nats tool with contexts of its own.
type tool struct{ env []string }

// natsTool finds the tool by its name, or by NATS.
func natsTool(t *testing.T) tool {
	t.Helper()
	path := os.Getenv("NATS")
	if path == "" {
		found, err := exec.LookPath("nats")
		if err != nil {
			t.Fatalf("%v; the page %s says how to install it, or NATS names it", err, natsPage)
		}
		path = found
	}
	env := append(os.Environ(), "PATH="+filepath.Dir(path)+":"+os.Getenv("PATH"), "XDG_CONFIG_HOME="+t.TempDir())
	for _, name := range []string{"NATS_URL", "NATS_CONTEXT", "NATS_NKEY", "NATS_CA"} {
		env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
	}
	return tool{env}
}

// pageCommands are those of the page that call the tool, each as it stands there.
func pageCommands(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile(natsPage)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i, part := range strings.Split(string(page), "```") {
		block, ok := strings.CutPrefix(part, "sh\n")
		if i%2 == 0 || !ok {
			continue
		}
		block = regexp.MustCompile(`(\\|\|)\n\s+`).ReplaceAllString(block, "$1 ")
		for line := range strings.Lines(strings.ReplaceAll(block, "\\ ", "")) {
			if command, _, _ := strings.Cut(line, "  #"); strings.HasPrefix(command, "nats ") {
				all = append(all, strings.TrimSpace(command))
			}
		}
	}
	return all
}

// command is the only one of the page with all of these words.
func command(t *testing.T, words ...string) string {
	t.Helper()
	var found []string
	for _, c := range pageCommands(t) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c, w) }) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d commands with %q: %q", len(found), words, found)
	}
	return found[0]
}

// run runs a command of the page to its end and returns what it printed.
func (n tool) run(t *testing.T, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-o", "pipefail", "-c", command)
	cmd.Env = n.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// follow runs a command that has no end until it has printed everything that is wanted.
func (n tool) follow(t *testing.T, command string, want []string, seen func(line string) (item string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", "exec "+command)
	cmd.Env = n.env
	out, err := cmd.StdoutPipe()
	if err == nil {
		cmd.Stderr = cmd.Stdout
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	left := slices.Clone(want)
	var said []string
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 8<<20)
	for len(left) > 0 && lines.Scan() {
		said = append(said, fmt.Sprintf("%.120q", lines.Text()))
		item := seen(lines.Text())
		if i := slices.Index(left, item); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else if item != "" {
			t.Errorf("%s: %s is shown and not wanted", command, item)
		}
	}
	cancel()
	_ = cmd.Wait() // it was ended
	if len(left) > 0 {
		t.Errorf("%s: %d of %d are not shown:\n%s\nit said:\n%s", command, len(left), len(want), strings.Join(left, "\n"), strings.Join(said, "\n"))
	}
}

// shown is the subject of a message that the tool shows.
func shown(line string) string {
	_, rest, ok := strings.Cut(line, " / subject: ")
	if !ok {
		return ""
	}
	subject, _, _ := strings.Cut(rest, " ")
	return subject
}

// TestExamplesOfTheNatsTool runs each command of the page against a daemon with the server inside.
func TestExamplesOfTheNatsTool(t *testing.T) {
	d, _ := start(t, startSites(t).Config(t.TempDir()))
	wait(t, "the press to be read", d.Idle)
	n := natsTool(t)
	n.run(t, strings.ReplaceAll(command(t, "context save rawi"), "nats://127.0.0.1:4222", d.Bus().ClientURL()))
	n.readsThePage(t, d)
}

// TestExamplesAsAReaderOverTLS runs the same as the reader of deployments/nats.
func TestExamplesAsAReaderOverTLS(t *testing.T) {
	s := secureServer(t)
	cfg := startSites(t).Config(t.TempDir())
	cfg.NATS = s.daemon
	d, _ := start(t, cfg)
	wait(t, "the press to be read", d.Idle)
	n := natsTool(t)
	save := strings.NewReplacer("tls://nats-1:4222", s.daemon.URL, "desk.nk", s.desk, "nats-ca.pem", s.daemon.CA).Replace(command(t, "context save desk"))
	n.run(t, save)
	n.readsThePage(t, d)
	for what, want := range map[string]string{
		"nats consumer ls STORIES":                   `Publish to "$JS.API.CONSUMER.NAMES.STORIES"`,
		"nats sub 'news.raw.>'":                      `Subscription to "news.raw.>"`,
		"nats pub news.story.operation.ma.forged {}": `Publish to "news.story.operation.ma.forged"`,
	} {
		if out := n.run(t, "! "+what); !strings.Contains(out, want) {
			t.Errorf("%s: said %s, want %s", what, out, want)
		}
	}
}

// readsThePage runs the commands that look, and those that take, and compares what they show with what the daemon has.
func (n tool) readsThePage(t *testing.T, d *daemon.Daemon) {
	t.Helper()
	read := map[string]bool{}
	use := func(words ...string) string {
		c := command(t, words...)
		read[c] = true
		return c
	}
	all, morocco := subjectsOf(t, d, message.StorySubjects, pipeline.LastPerSubject()), subjectsOf(t, d, "news.story.*.ma.>", pipeline.LastPerSubject())
	if len(morocco) < 6 || len(all) <= len(morocco) {
		t.Fatalf("%d stories, %d of Morocco: nothing to compare", len(all), len(morocco))
	}
	n.follow(t, use("sub 'news.story.*.ma.>'"), morocco, shown)
	n.follow(t, use("--headers-only"), all, shown)
	n.follow(t, use("--since"), subjectsOf(t, d, message.StorySubjects, pipeline.Beginning()), shown)
	n.decodes(t, d, use("--translate"))
	n.takes(t, d, use)
	n.hearsLive(t, d, use("sub 'news.story.operation.>'"))
	for _, c := range pageCommands(t) {
		if !read[c] && !strings.Contains(c, "context save") {
			t.Errorf("no test runs %s", c)
		}
	}
}

// decodes compares what the page's pipe prints of the operations in Morocco with the stories.
func (n tool) decodes(t *testing.T, d *daemon.Daemon, command string) {
	t.Helper()
	var want []string
	for _, s := range operations(t, d) {
		row := []string{s.ID, strconv.Itoa(s.Revision)}
		for _, tag := range sorted(s.Titles) {
			row = append(row, s.Titles[tag])
		}
		want = append(want, strings.Join(row, "\t"))
	}
	n.follow(t, command, want, func(line string) string {
		if strings.HasPrefix(line, "s") && strings.Contains(line, "\t") {
			return line
		}
		return ""
	})
}

// takes makes the durable consumer of the page and takes stories from it, three and one.
func (n tool) takes(t *testing.T, d *daemon.Daemon, use func(words ...string) string) {
	t.Helper()
	waiting := regexp.MustCompile(`Unprocessed Messages: (\d+)`)
	left := func(said string) int {
		m := waiting.FindStringSubmatch(said)
		if m == nil {
			t.Fatalf("no number of unprocessed messages in %s", said)
		}
		number, _ := strconv.Atoi(m[1])
		return number
	}
	stories := operations(t, d)
	if len(stories) < 5 {
		t.Fatalf("%d stories: nothing would be left", len(stories))
	}
	if got := left(n.run(t, use("consumer add"))); got != len(stories) {
		t.Errorf("%d wait, want %d", got, len(stories))
	}
	next := n.run(t, use("consumer next", "--count"))
	if strings.Count(next, "subj: news.story.operation.ma.") != 3 || strings.Count(next, "Acknowledged message") != 3 {
		t.Errorf("not three messages, acknowledged: %.2000q", next)
	}
	titles := n.run(t, use("consumer next", "jq .titles"))
	if fourth := stories[3]; !allIn(titles, fourth.Titles) {
		t.Errorf("these are not the titles of story %s, %q: %s", fourth.ID, fourth.Titles, titles)
	}
	if got := left(n.run(t, use("consumer info"))); got != len(stories)-4 {
		t.Errorf("%d wait, want %d", got, len(stories)-4)
	}
	n.run(t, use("consumer rm"))
}

func allIn(text string, titles map[string]string) bool {
	for _, title := range titles {
		if !strings.Contains(text, title) {
			return false
		}
	}
	return len(titles) > 0
}

// hearsLive listens while reports are taken back one after another, and hears of one at least.
func (n tool) hearsLive(t *testing.T, d *daemon.Daemon, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", "exec "+command)
	cmd.Env = n.env
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan bool, 1)
	go func() {
		defer close(heard)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), `Received on "news.story.operation.`) {
				heard <- true
				return
			}
		}
	}()
	merged := func(s message.Story) bool { return len(s.Reports) == 0 } // into another: it has no report to take back
	patience := time.Second                                             // twice as long each time: a slow machine may need many seconds to begin to listen
	for stories := slices.DeleteFunc(operations(t, d), merged); ; stories = stories[1:] {
		if len(stories) == 0 {
			t.Fatalf("%s heard nothing", command)
		}
		retract(t, d, stories[0].Reports[0].Article)
		select {
		case ok := <-heard:
			if !ok {
				t.Fatalf("%s ended", command)
			}
			cancel()
			_ = cmd.Wait() // it was ended
			return
		case <-time.After(patience):
			patience *= 2
		}
	}
}

// retract has the daemon take a report back.
func retract(t *testing.T, d *daemon.Daemon, article string) {
	t.Helper()
	r := message.Ruling{Type: message.RulingV1, Act: message.ActRetract, Articles: []string{article}, By: "test", Reason: "heard live", At: time.Now().UTC()}
	r.ID = message.RulingID(r)
	if _, err := d.Bus().Rule(t.Context(), r, 5*time.Minute); err != nil {
		t.Fatal(err)
	}
}

// operations are the stories that the page's subject names, as they stand.
func operations(t *testing.T, d *daemon.Daemon) []message.Story {
	t.Helper()
	var found []message.Story
	each(t, d, "news.story.operation.ma.>", pipeline.LastPerSubject(), func(e pipeline.Envelope) {
		var s message.Story
		if err := e.Decode(&s); err != nil {
			t.Fatal(err)
		}
		found = append(found, s)
	})
	return found
}

// subjectsOf are the subjects of the messages that the daemon has, in their order.
func subjectsOf(t *testing.T, d *daemon.Daemon, subjects string, from pipeline.Start) (all []string) {
	t.Helper()
	each(t, d, subjects, from, func(e pipeline.Envelope) { all = append(all, e.Subject) })
	return all
}

func each(t *testing.T, d *daemon.Daemon, subjects string, from pipeline.Start, f func(pipeline.Envelope)) {
	t.Helper()
	err := d.Bus().Tail(t.Context(), []string{subjects}, from, func(e pipeline.Envelope) error {
		f(e)
		if e.Pending == 0 {
			return context.Canceled
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
