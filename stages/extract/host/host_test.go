package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"rawi/stages/extract/host"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	slogan = "le journal qui vous dit tout chaque matin avant les autres"
	agency = "depuis deux mille deux les services de sécurité ont démantelé plus de deux cents cellules et arrêté plus de quatre mille personnes dans le royaume"
)

func block(text, place string) host.Block {
	return host.Block{Text: text, Place: place, Words: len(strings.Fields(text)), Kept: true}
}

// article is the n-th article of a site: two paragraphs of its own, and what else it shows.
func article(n int, more ...host.Block) host.Sighting {
	var blocks []host.Block
	for i := range 2 {
		blocks = append(blocks, block(strings.Repeat(fmt.Sprintf("mot%d paragraphe%d article%d ", i, i, n), 12), "article>p"))
	}
	return host.Sighting{
		Host: "journal.example", Language: "fr", By: "crawl", Outlet: "journal", Family: "journal", Article: fmt.Sprint("a", n), At: day.Add(time.Duration(n) * time.Minute),
		Blocks: append(blocks, more...), Signals: well(n),
	}
}

// well are the signals of a page that is read as pages of its host are, a little different each time.
func well(n int) host.Signals {
	return host.Signals{Agreement: 0.7 + float64(n%5)/20, Description: 0.8 + float64(n%3)/20, Words: 400 + 40*(n%7)}
}

func learn(t testing.TB, b *host.Book, s host.Sighting) host.Lesson {
	t.Helper()
	l, err := b.Learn(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWhatComesAgainIsFurniture(t *testing.T) {
	b, own := host.NewBook(&host.Memory{}), block(slogan, "footer>p")
	for n := range 6 {
		got, want := learn(t, b, article(n, own)).Of(own), host.Own
		if n >= 3 {
			want = host.Furniture
		}
		if got != want {
			t.Errorf("article %d: got %d, want %d", n, got, want)
		}
	}
	if got := learn(t, b, article(6, block(slogan, "article>p"))).Of(block(slogan, "article>p")); got != host.Own {
		t.Errorf("the same words elsewhere on the page: got %d, want them left", got)
	}
	other := article(7, own)
	other.Host = "autre.example"
	if got := learn(t, b, other).Of(own); got != host.Own {
		t.Errorf("on another host: got %d, want it left", got)
	}
}

// TestAnArticleThatComesAgainCountsOnce stands for redeliveries, revisions, other addresses of an article and copies of it.
func TestAnArticleThatComesAgainCountsOnce(t *testing.T) {
	b, own := host.NewBook(&host.Memory{}), block(slogan, "footer>p")
	for range 9 {
		if got := learn(t, b, article(1, own)).Of(own); got != host.Own {
			t.Fatalf("delivered again: got %d", got)
		}
	}
	for n := range 9 {
		copied := article(1, own)
		copied.Article = fmt.Sprint("copy", n)
		if got := learn(t, b, copied).Of(copied.Blocks[0]); got != host.Own {
			t.Fatalf("copy %d: its text counts as %d", n, got)
		}
	}
	if got := learn(t, b, article(2, own)).Of(own); got != host.Own {
		t.Errorf("after copies of one article: got %d", got)
	}
	learn(t, b, article(3, own))
	if got := learn(t, b, article(4, own)).Of(own); got != host.Furniture {
		t.Errorf("after three distinct articles: got %d", got)
	}
}

func TestLongParagraphsAndThoseOfSeveralOwnersAreBackground(t *testing.T) {
	b := host.NewBook(&host.Memory{})
	long := block(strings.Repeat("fond ", 61), "article>p")
	common, only := block(agency, "article>p"), block(strings.Replace(agency, "royaume", "journal", 1), "article>p")
	elsewhere := article(100, common)
	elsewhere.Host, elsewhere.Family = "autre.example", "autre"
	learn(t, b, elsewhere)
	var l host.Lesson
	for n := range 5 {
		s := article(n, long, only, common)
		for i := range 2 { // long enough that what comes again is little of it
			s.Blocks[i].Words = 200
		}
		l = learn(t, b, s)
	}
	for text, tt := range map[string]struct {
		block host.Block
		want  host.Verdict
	}{
		"above 60 words":    {long, host.Background},
		"of several owners": {common, host.Background},
		"of one owner":      {only, host.Furniture},
	} {
		if got := l.Of(tt.block); got != tt.want {
			t.Errorf("%s: got %d, want %d", text, got, tt.want)
		}
	}
	sister := article(101, only)
	sister.Host = "sport.journal.example"
	for range 3 {
		learn(t, b, sister)
	}
	if got := learn(t, b, article(102, only)).Of(only); got != host.Furniture {
		t.Errorf("on two sites of one owner: got %d, want furniture", got)
	}
}

func TestMostOfAnArticleIsNeverFurniture(t *testing.T) {
	b := host.NewBook(&host.Memory{})
	weather := []host.Block{block("rabat dix degrés et un ciel couvert", "li"), block("salé onze degrés et du vent", "li")}
	for n := range 8 {
		s := article(n)
		s.Blocks = append([]host.Block{block(fmt.Sprintf("météo du jour %d en quelques mots", n), "p")}, weather...)
		if got := learn(t, b, s).Of(weather[0]); got != host.Own {
			t.Fatalf("article %d: got %d: most of it would go", n, got)
		}
	}
}

// TestAnArticleOfPiecesIsLeft reads an article that shares a little with each of many, and little of which is its own.
func TestAnArticleOfPiecesIsLeft(t *testing.T) {
	b := host.NewBook(&host.Memory{})
	var pieces []host.Block
	for i := range 4 {
		pieces = append(pieces, block(strings.Repeat(fmt.Sprintf("rubrique%d ", i), 12), "article>p"))
	}
	for n := range 16 {
		learn(t, b, article(n, pieces[n%4]))
	}
	s := article(20)
	s.Blocks = append(s.Blocks[:1:1], pieces...)
	l := learn(t, b, s)
	for _, piece := range pieces {
		if got := l.Of(piece); got != host.Own {
			t.Errorf("got %d: most of the article would go", got)
		}
	}
	if got := learn(t, b, article(21, pieces[0])).Of(pieces[0]); got != host.Furniture {
		t.Errorf("one piece alone: got %d, want furniture", got)
	}
}

func TestARunningStoryIsNotFurniture(t *testing.T) {
	b, reminder := host.NewBook(&host.Memory{}), block("pour rappel le séisme a fait trois mille morts", "article>p")
	for n := range 50 {
		if n%12 == 0 {
			learn(t, b, article(n, reminder))
		} else {
			learn(t, b, article(n))
		}
	}
	if got := learn(t, b, article(51, reminder)).Of(reminder); got != host.Own {
		t.Errorf("five of fifty articles: got %d, want it left", got)
	}
}

func TestAParagraphNeedsMoreOfTheArticles(t *testing.T) {
	b, reminder := host.NewBook(&host.Memory{}), block(agency, "article>p")
	for n := range 40 {
		if n%5 == 0 {
			learn(t, b, article(n, reminder))
		} else {
			learn(t, b, article(n))
		}
	}
	if got := learn(t, b, article(41, reminder)).Of(reminder); got != host.Own {
		t.Errorf("eight of forty articles: got %d, want it left", got)
	}
}

func TestCountsExpire(t *testing.T) {
	b, own := host.NewBook(&host.Memory{}), block(slogan, "footer>p")
	for n := range 5 {
		learn(t, b, article(n, own))
	}
	late := article(9, own)
	late.At = day.Add(61 * 24 * time.Hour)
	if got := learn(t, b, late).Of(own); got != host.Own {
		t.Errorf("two months later: got %d, want it forgotten", got)
	}
	learn(t, b, article(10, own)) // of a replay: too old to teach
	after := article(11, own)
	after.At = late.At
	if got := learn(t, b, after).Of(own); got != host.Own {
		t.Errorf("after old articles came again: got %d", got)
	}
}

func TestAReplayOfOldArticlesForgetsNothing(t *testing.T) {
	b, own := host.NewBook(&host.Memory{}), block(slogan, "footer>p")
	for n := range 70 {
		learn(t, b, article(n, own))
	}
	for n := range 70 {
		s := article(1000 + n)
		s.At = day.Add(-90 * 24 * time.Hour)
		learn(t, b, s)
	}
	if got := learn(t, b, article(71, own)).Of(own); got != host.Furniture {
		t.Errorf("got %d, want furniture", got)
	}
}

func TestAnArticleDoesNotTeachItself(t *testing.T) {
	b, own := host.NewBook(&host.Memory{}), block(slogan, "footer>p")
	for n := range 3 {
		learn(t, b, article(n, own))
	}
	for n := 3; n < 6; n++ {
		if got := learn(t, b, article(2, own)).Of(own); got != host.Own {
			t.Errorf("the third article, given again: got %d, want what it was", got)
		}
		learn(t, b, article(n, own))
	}
	if got := learn(t, b, article(3, own)).Of(own); got != host.Furniture {
		t.Errorf("the fourth article, given again: got %d, want what it was", got)
	}
}

// TestAnArticleThatAnotherDaemonReadMeanwhileIsNotLost writes a record between the reading and the writing of another daemon.
func TestAnArticleThatAnotherDaemonReadMeanwhileIsNotLost(t *testing.T) {
	store, own := &interrupted{}, block(slogan, "footer>p")
	b := host.NewBook(store)
	learn(t, b, article(0, own))
	store.first = func() {
		learn(t, b, article(1, own))
		learn(t, b, article(2, own))
	}
	if got := learn(t, b, article(3, own)).Of(own); got != host.Furniture {
		t.Errorf("got %d, want what the other daemon has learned", got)
	}
	if got := learn(t, b, article(4, own)).Of(own); got != host.Furniture {
		t.Errorf("got %d after it", got)
	}
}

// interrupted does something before the next value is stored.
type interrupted struct {
	host.Memory

	first func()
}

func (s *interrupted) Swap(ctx context.Context, key string, value []byte, revision uint64) (uint64, bool, error) {
	if do := s.first; do != nil {
		s.first = nil
		do()
	}
	return s.Memory.Swap(ctx, key, value, revision)
}

// TestManyDaemonsShareARecord learns from many goroutines on books of their own: none of the articles is lost.
func TestManyDaemonsShareARecord(t *testing.T) {
	store := &host.Memory{}
	own := block(slogan, "footer>p")
	var wait sync.WaitGroup
	for n := range 6 {
		wait.Go(func() {
			for {
				_, err := host.NewBook(store).Learn(context.Background(), article(n, own))
				if err == nil {
					return
				}
			}
		})
	}
	wait.Wait()
	if got := learn(t, host.NewBook(store), article(7, own)).Of(own); got != host.Furniture {
		t.Errorf("got %d, want what six writers have seen", got)
	}
}

func TestARecordIsBounded(t *testing.T) {
	store := &sizes{largest: map[string]int{}}
	b := host.NewBook(store)
	for n := range 200 {
		s := article(n)
		for i := range 400 {
			s.Blocks = append(s.Blocks, host.Block{Text: fmt.Sprint("menu ", n, " ", i), Place: "nav>li", Words: 3, Kept: i%2 == 0})
		}
		learn(t, b, s)
	}
	for key, size := range store.largest {
		if size > 96<<10 {
			t.Errorf("%s: got %d bytes", key, size)
		}
	}
}

// sizes notes the largest value of each key.
type sizes struct {
	host.Memory

	largest map[string]int
}

func (s *sizes) Swap(ctx context.Context, key string, value []byte, revision uint64) (uint64, bool, error) {
	s.largest[key] = max(s.largest[key], len(value))
	return s.Memory.Swap(ctx, key, value, revision)
}

func TestAStoreThatFailsIsSaid(t *testing.T) {
	b := host.NewBook(failing{})
	if _, err := b.Learn(t.Context(), article(1)); !errors.Is(err, errStore) || !strings.Contains(err.Error(), "journal.example") {
		t.Errorf("got %v", err)
	}
	if _, err := b.List(t.Context()); !errors.Is(err, errStore) {
		t.Errorf("got %v", err)
	}
}

var errStore = errors.New("no answer")

type failing struct{}

func (failing) Load(context.Context, string) ([]byte, uint64, time.Duration, error) {
	return nil, 0, 0, errStore
}

func (failing) Swap(context.Context, string, []byte, uint64) (uint64, bool, error) {
	return 0, false, errStore
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"next":3,"seen":[{"id":1,"group":1,"n":0,"at":5,"words":9,"s":{"a":1,"d":2,"w":3,"c":0}}],"rows":"AAAA"}`))
	f.Add([]byte(`{"alarm":{"n":1,"signs":["x"]}}`))
	f.Fuzz(func(t *testing.T, kept []byte) {
		store := &host.Memory{}
		s := article(1, block(slogan, "footer>p"))
		if _, _, err := store.Swap(t.Context(), "host.crawl.journal.example.fr", kept, 0); err != nil {
			t.Fatal(err)
		}
		learn(t, host.NewBook(store), s)
		learn(t, host.NewBook(store), s)
	})
}

func BenchmarkLearn(b *testing.B) {
	book := host.NewBook(&host.Memory{})
	sightings := make([]host.Sighting, 64)
	for n := range sightings {
		sightings[n] = article(n)
		for i := range 100 {
			text := fmt.Sprint("menu ", i)
			if i%4 == 0 {
				text = fmt.Sprint("teaser ", n, " ", i)
			}
			sightings[n].Blocks = append(sightings[n].Blocks, host.Block{Text: text, Place: "nav>li", Words: 3})
		}
		learn(b, book, sightings[n])
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		learn(b, book, sightings[n%len(sightings)])
	}
}
