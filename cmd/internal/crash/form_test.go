//go:build crash

package crash

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// form is how much of the matrix is run.
type form struct {
	long     bool
	articles int
	seeds    int
}

// theForm reads it from the environment: RAWI_CRASH=long, with RAWI_CRASH_ARTICLES and RAWI_CRASH_SEEDS.
func theForm(t *testing.T) form {
	t.Helper()
	f := form{articles: 120, seeds: 1}
	if f.long = os.Getenv("RAWI_CRASH") == "long"; f.long {
		f = form{long: true, articles: 2000, seeds: 5}
	}
	f.articles = number(t, "RAWI_CRASH_ARTICLES", f.articles)
	f.seeds = number(t, "RAWI_CRASH_SEEDS", f.seeds)
	return f
}

func number(t *testing.T, key string, otherwise int) int {
	t.Helper()
	text := os.Getenv(key)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s: %q is no number above 0", key, text)
	}
	return n
}

// cell is one place at which a process dies, with a seed that says how far it gets before.
type cell struct {
	stage, step string
	seed        int
}

func (c cell) String() string { return fmt.Sprintf("%s.%s/seed=%d", c.stage, c.step, c.seed) }

// random is the same for the same cell.
func (c cell) random() *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.String())) // a hash takes everything
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

// failPoint is the value of RAWI_FAILPOINT: the n-th time, with n up to a sixth of all articles, so that every stage gets there.
func (c cell) failPoint(r *rand.Rand, articles int) string {
	if c.step == "checkpoint" { // once a second at most
		articles = 12
	}
	return fmt.Sprintf("RAWI_FAILPOINT=%s.%s:%d", c.stage, c.step, 1+r.IntN(max(articles/6, 1)))
}

// anywhere is a kill from outside, at a random moment.
const anywhere = "anywhere"

// cells of the matrix: the short form has the two points of each stage at which most can go wrong.
func (f form) cells() []cell {
	points := map[string][]string{
		"feed":       {"mid-publish", "published", "received"},
		"crawl":      {"mid-publish", "published", "received", "processed", "acked"},
		"language":   {"mid-publish", "published", "received", "processed", "acked"},
		"extract-fr": {"mid-publish", "published", "received", "processed", "acked"},
		"extract-ar": {"mid-publish", "published", "received", "processed", "acked"},
		"dedup":      {"committed-not-applied", "published", "received", "processed", "mid-publish", "acked", "checkpoint"},
		"publish":    {"mid-publish", "published", "received", "processed", "acked"},
		anywhere:     {"killed"},
	}
	var all []cell
	for _, stage := range []string{"feed", "crawl", "language", "extract-fr", "extract-ar", "dedup", "publish", anywhere} {
		if stage == "extract-ar" && !f.long {
			continue // its code is that of extract-fr
		}
		steps := points[stage]
		if !f.long {
			steps = steps[:min(2, len(steps))]
		}
		for _, step := range steps {
			for seed := range f.seeds {
				all = append(all, cell{stage, step, seed})
			}
		}
	}
	return all
}
