package daemon_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/cmd/internal/demo"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/stages/extract/site"
)

// natsDir turns the test binary into a bare NATS server with its store there: the second process of the test with an external server.
const natsDir = "RAWI_TEST_NATS_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(natsDir); dir != "" {
		os.Exit(serveNATS(dir))
	}
	os.Exit(m.Run())
}

func serveNATS(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := pipeline.ServeNATS(ctx, dir, "127.0.0.1:0", slog.New(slog.DiscardHandler), func(url string) { fmt.Println(url) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// startNATS runs a NATS server in a process of its own and returns its URL.
func startNATS(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])
	cmd.Env = append(os.Environ(), natsDir+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the NATS server ended badly: %v", err)
		}
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the NATS server did not start: %v", err)
	}
	return strings.TrimSpace(url)
}

func startSites(t *testing.T) *demo.Sites {
	t.Helper()
	sites, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sites.Close(); err != nil {
			t.Error(err)
		}
	})
	return sites
}

// start runs a daemon until the test ends, or until the returned function is called, which fails the test where the daemon stops badly.
func start(t *testing.T, cfg config.Config) (d *daemon.Daemon, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	d, err := daemon.Start(ctx, cfg, daemon.Options{Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), Version: "test"})
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	stop = func() {
		cancel()
		if err := d.Wait(); err != nil {
			t.Errorf("daemon: %v", err)
		}
	}
	t.Cleanup(stop)
	return d, stop
}

type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}

// wait calls check until it is true; five minutes are far beyond what any of them needs on a slow machine.
func wait(t *testing.T, what string, check func(context.Context) (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := check(ctx)
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s (last error: %v)", what, err)
		}
	}
}

func TestDaemonReadsTheDemoPress(t *testing.T) {
	t.Parallel()
	t.Run("embedded server", func(t *testing.T) { readDemoPress(t, "") })
	t.Run("server in another process", func(t *testing.T) { readDemoPress(t, startNATS(t)) })
}

func readDemoPress(t *testing.T, natsURL string) {
	t.Helper()
	sites := startSites(t)
	cfg := sites.Config(t.TempDir())
	cfg.NATS.URL = natsURL
	d, _ := start(t, cfg)
	wait(t, "the press to be read", d.Idle)

	checkAccount(t, d)
	articles, stories := readArticles(t, d), readStories(t, d)
	checkCharsets(t, articles)
	checkLinkOnlyFeed(t, articles)
	checkSale(t, stories)
	checkRecalling(t, stories)
	checkDeadLetters(t, d)
	checkManners(t, sites)
}

// checkAccount closes the sum: everything that was fetched ended in exactly one named outcome.
func checkAccount(t *testing.T, d *daemon.Daemon) {
	t.Helper()
	sum := closedAccount(t, d)
	if sum.InFlight != 0 || sum.Accepted < 60 || sum.Linked < 50 {
		t.Errorf("account: %s", sum)
	}
	for _, lang := range []string{"en", "es", "fa"} {
		if sum.Kept[lang] == 0 {
			t.Errorf("no article in %s was kept apart: %v", lang, sum.Kept)
		}
	}
}

// closedAccount waits for the account to close: a message is counted a moment after the server knows that it has ended.
func closedAccount(t *testing.T, d *daemon.Daemon) (sum pipeline.Sum) {
	t.Helper()
	wait(t, "the account to close", func(ctx context.Context) (ok bool, err error) {
		if sum, err = d.Account(ctx); err == nil && !sum.Closed() {
			err = errors.New(sum.String())
		}
		return err == nil, err
	})
	return sum
}

func readArticles(t *testing.T, d *daemon.Daemon) map[string]message.Article {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	found := map[string]message.Article{}
	err := d.Bus().Tail(ctx, []string{message.ArticleSubjects}, pipeline.Beginning(), func(e pipeline.Envelope) error {
		var a message.Article
		if err := e.Decode(&a); err != nil {
			return err
		}
		found[a.ID] = a
		if e.Pending == 0 {
			cancel()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func readStories(t *testing.T, d *daemon.Daemon) []message.Story {
	t.Helper()
	stories, err := pipeline.Stories(t.Context(), d.Bus())
	if err != nil {
		t.Fatal(err)
	}
	return stories
}

func checkCharsets(t *testing.T, articles map[string]message.Article) {
	t.Helper()
	for _, want := range []struct{ charset, outlet, word string }{
		{"windows-1256 by header", "charq-info", "بركان"},
		{"windows-1256 by meta", "arrassif-tn", "القصرين"},
		{"iso-8859-1", "courrier-bouregreg", "Salé"},
	} {
		found := false
		for _, a := range articles {
			found = found || a.Outlet.Name == want.outlet && strings.Contains(a.Text(), want.word)
		}
		if !found {
			t.Errorf("%s: no article of %s holds %q (%+q)", want.charset, want.outlet, want.word, want.word)
		}
	}
}

// checkLinkOnlyFeed looks for an article that its feed gives as a link with a summary: it has to come from the page, whole.
func checkLinkOnlyFeed(t *testing.T, articles map[string]message.Article) {
	t.Helper()
	for _, a := range articles {
		summary := len(strings.Fields(a.Found.Entry.Summary))
		if a.Outlet.Name == "radio-cosmos" && a.Found.How == message.FoundFeed && a.Quality.Words > summary+50 && len(a.Blocks) >= 3 {
			return
		}
	}
	t.Error("no article of radio-cosmos, whose feed gives summaries only, was fetched from its page")
}

func languages(s message.Story) map[string]int {
	n := map[string]int{}
	for _, r := range s.Reports {
		n[r.Language]++
	}
	return n
}

// storyWith is the story that holds the report of one outlet with a word in its title.
func storyWith(t *testing.T, stories []message.Story, source, word string) message.Story {
	t.Helper()
	for _, s := range stories {
		for _, r := range s.Reports {
			if r.Source == source && strings.Contains(r.Title, word) {
				return s
			}
		}
	}
	t.Fatalf("no story has a report of %s with %q in its title", source, word)
	return message.Story{}
}

func checkSale(t *testing.T, stories []message.Story) {
	t.Helper()
	s := storyWith(t, stories, "atlas-presse", "Salé")
	if n := languages(s); n["fr"] < 3 || n["ar"] < 3 {
		t.Errorf("the story of Salé has reports %v, want at least three in each language", n)
	}
	if s.Kind != message.KindOperation || s.Country != "MA" || s.Facts.Day == nil || s.Facts.Day.From != "2021-12-16" {
		t.Errorf("the story of Salé: kind %s, country %s, day %+v", s.Kind, s.Country, s.Facts.Day)
	}
	if s.Independent >= len(s.Reports) {
		t.Errorf("%d independent sources of %d reports: agency copies count once", s.Independent, len(s.Reports))
	}
	for _, other := range []struct{ source, word string }{
		{"courrier-bouregreg", "garage"}, {"courrier-bouregreg", "motard"}, {"detroit-infos", "Beni Makada"},
	} {
		if storyWith(t, stories, other.source, other.word).ID == s.ID {
			t.Errorf("%q of the same day was merged into the story of Salé", other.word)
		}
	}
}

// checkRecalling follows a report of September 2022 that recalls the arrests of Berkane and Salé over whole paragraphs.
func checkRecalling(t *testing.T, stories []message.Story) {
	t.Helper()
	sale := storyWith(t, stories, "atlas-presse", "Salé")
	berkane := storyWith(t, stories, "atlas-presse", "Berkane")
	nador := storyWith(t, stories, "qanat-almada", "12 شخصا")
	if nador.ID == sale.ID || nador.ID == berkane.ID || sale.ID == berkane.ID {
		t.Fatalf("merged with what it recalls: Salé %s, Berkane %s, Nador %s", sale.ID, berkane.ID, nador.ID)
	}
	for _, recalled := range []message.Story{sale, berkane} {
		if !strings.Contains(strings.Join(nador.Mentions, " "), recalled.ID) {
			t.Errorf("the story of Nador mentions %v, not %s (%s)", nador.Mentions, recalled.ID, recalled.Titles["fr"])
		}
		if !strings.Contains(strings.Join(recalled.MentionedBy, " "), nador.ID) {
			t.Errorf("%s is mentioned by %v, not by Nador", recalled.Titles["fr"], recalled.MentionedBy)
		}
	}
}

func checkDeadLetters(t *testing.T, d *daemon.Daemon) {
	t.Helper()
	reasons := map[string]pipeline.DeadLetter{}
	err := d.Bus().Dead(t.Context(), pipeline.Beginning(), func(l pipeline.DeadLetter) error {
		reasons[l.Stage+"."+l.Reason] = l
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"crawl.binary", "crawl.gone", "crawl.too_big", "extract-ar.too_deep"} {
		l, ok := reasons[want]
		if !ok {
			t.Errorf("no dead letter %s among %d", want, len(reasons))
			continue
		}
		if len(l.Errors) == 0 || len(l.Body) == 0 || l.Of == "" {
			t.Errorf("dead letter %s lacks its error or its message: %+v", want, l.Dead)
		}
	}
}

// checkManners looks at what the sites were asked for: robots.txt before anything else was fetched, and nothing that it forbids.
func checkManners(t *testing.T, sites *demo.Sites) {
	t.Helper()
	for path, n := range sites.Requests() {
		if strings.HasPrefix(path, "casa-matin/abonnes/") {
			t.Errorf("%s was asked for %d times, and robots.txt forbids it", path, n)
		}
		if strings.HasSuffix(path, "/robots.txt") && n > 2 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
}

func TestStopAndStartLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	sites := startSites(t)
	cfg := sites.Config(t.TempDir())
	first, stop := start(t, cfg)
	wait(t, "some stories", func(ctx context.Context) (bool, error) {
		stories, err := pipeline.Stories(ctx, first.Bus())
		return len(stories) > 3, err
	})
	stop()

	second, _ := start(t, cfg)
	wait(t, "the press to be read", second.Idle)
	seen := map[string]string{}
	for _, s := range readStories(t, second) {
		for _, r := range s.Reports {
			if other, twice := seen[r.Article]; twice {
				t.Errorf("report %s (%s) stands in stories %s and %s", r.Article, r.Title, other, s.ID)
			}
			seen[r.Article] = s.ID
		}
	}
	checkSale(t, readStories(t, second))
	closedAccount(t, second)
}

func TestReloadTakesSourcesUpAndKeepsThemWhenTheNewOnesAreWrong(t *testing.T) {
	t.Parallel()
	sites := startSites(t)
	cfg := sites.Config(t.TempDir())
	all := cfg.Sources
	cfg.Sources = all[:1]
	d, _ := start(t, cfg)
	wait(t, "the first source to be read", d.Idle)
	before := len(readStories(t, d))

	d.Reload(config.Config{}, fmt.Errorf("rawi.yaml:3: unknown key"))
	if body := get(t, d, "/metrics"); !strings.Contains(body, "rawi_config_last_reload_successful 0") {
		t.Error("a failed reload does not show in the metrics")
	}
	cfg.Sources = all
	d.Reload(cfg, nil)
	wait(t, "the other sources to be read", d.Idle)
	if after := len(readStories(t, d)); after < before+10 {
		t.Errorf("%d stories before the reload, %d after it", before, after)
	}
}

// TestRulesForSitesAreReloadedWhenTheyAreRight keeps the rules in force where the new ones read their page otherwise than they say.
func TestRulesForSitesAreReloadedWhenTheyAreRight(t *testing.T) {
	cfg := startSites(t).Config(t.TempDir())
	cfg.Sources = cfg.Sources[:1]
	body, err := os.ReadFile("../../../deployments/sites.d/courrier.html")
	if err != nil {
		t.Fatal(err)
	}
	rule := site.Rule{Host: "courrier.example", Body: "div.texte", Page: site.Example{
		File: "courrier.html", URL: "https://courrier.example/1", Language: "fr", Fetched: "2026-03-02", Begins: "Les quarante-deux marchands", Body: body,
	}}
	d, _ := start(t, cfg)
	reload := func(begins string) string {
		changed := cfg
		rule.Page.Begins = begins
		changed.Sites = []site.Rule{rule}
		d.Reload(changed, nil)
		return get(t, d, "/metrics")
	}
	if metrics := reload("Les quarante-deux marchands"); !strings.Contains(metrics, "rawi_config_last_reload_successful 1") {
		t.Error("a right rule is refused")
	}
	if metrics := reload("Hier"); !strings.Contains(metrics, "rawi_config_last_reload_successful 0") {
		t.Error("a rule that reads its page otherwise than it says is taken up")
	}
	wrong := cfg
	rule.Page.Begins = "Hier"
	wrong.Sites, wrong.Dir = []site.Rule{rule}, t.TempDir()
	if _, err := daemon.Start(t.Context(), wrong, daemon.Options{Log: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), "courrier.html") {
		t.Errorf("a daemon starts on a wrong rule: %v", err)
	}
}

func get(t *testing.T, d *daemon.Daemon, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+d.AdminAddress()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestOperatorsSeeStagesAndReadiness(t *testing.T) {
	t.Parallel()
	sites := startSites(t)
	d, _ := start(t, sites.Config(t.TempDir()))
	wait(t, "the press to be read", d.Idle)
	for _, path := range []string{"/healthz", "/readyz?verbose"} {
		if body := get(t, d, path); !strings.HasSuffix(body, "ok\n") {
			t.Errorf("%s says %q", path, body)
		}
	}
	for _, want := range []string{
		`rawi_stage_messages_total{result="ok",stage="dedup"}`, `rawi_stage_messages_total{result="dead",stage="crawl"}`, "rawi_conservation_difference 0",
		`rawi_stage_lag_messages{stage="language"} 0`, `rawi_build_info{`, "rawi_config_last_reload_successful 1",
	} {
		wait(t, "the metric "+want, func(context.Context) (bool, error) { // gauges of the backlog follow once a second
			return strings.Contains(get(t, d, "/metrics"), want), nil
		})
	}
}

func TestStartSaysWhatIsInItsWay(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	held := t.TempDir()
	file := held + "-file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	defaults := config.Default()
	defaults.Dir, defaults.Listen, defaults.Admin.Listen, defaults.MaxStoreBytes = held, "none", "none", 1<<28
	start(t, defaults)

	for _, tt := range []struct {
		name, want string
		change     func(*config.Config)
	}{
		{"operators' port taken", "admin.listen " + taken.Addr().String(), func(c *config.Config) { c.Admin.Listen = taken.Addr().String() }},
		{"hubs' port taken", "feed.websub.listen " + taken.Addr().String(), func(c *config.Config) {
			c.Feed.WebSub.Callback, c.Feed.WebSub.Listen = "https://desk.example/websub", taken.Addr().String()
		}},
		{"NATS port taken", "listen on " + taken.Addr().String(), func(c *config.Config) { c.Listen = taken.Addr().String() }},
		{"directory in use", held + " is in use by another rawi", func(c *config.Config) { c.Dir = held }},
		{"directory is a file", file, func(c *config.Config) { c.Dir = file }},
		{"server that is not there", "nats://127.0.0.1:1", func(c *config.Config) { c.NATS.URL = "nats://127.0.0.1:1"; c.StartTimeout = time.Second }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := defaults
			cfg.Dir = t.TempDir()
			tt.change(&cfg)
			_, err := daemon.Start(t.Context(), cfg, daemon.Options{Log: slog.New(slog.DiscardHandler)})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}
