package crash

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// get asks a site of the wire as a reader with a mark.
func get(t *testing.T, url, mark string) (code int, body, next string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", mark)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end below
	all, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(all), res.Header.Get("ETag")
}

func openWire(t *testing.T, rate float64) *Wire {
	t.Helper()
	w, err := OpenWire(t.Context(), rate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestWireShowsEveryArticleToAReaderWhoKeepsHisMark(t *testing.T) {
	w := openWire(t, 5000)
	seen := make([]map[int]bool, outlets)
	for o := range seen {
		seen[o] = map[int]bool{}
	}
	marks := make([]string, outlets)
	for polls := 0; !w.Read(); polls++ {
		if now, err := w.Issued(); err == nil && len(now) > 15*overlap*outlets {
			w.Stop()
		}
		for o, s := range w.sites {
			code, body, next := get(t, s.base+"/feed", marks[o])
			if code == http.StatusNotModified {
				continue
			}
			for _, item := range strings.Split(body, "<item>")[1:] {
				n, _ := NumberOf(item)
				seen[o][n] = true
			}
			if polls%3 != 2 { // a reader who died before he kept it
				marks[o] = next
			}
		}
	}
	issued, err := w.Issued()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range issued {
		if !seen[a.Outlet][a.Number] {
			t.Errorf("article %d was never shown", a.Number)
		}
	}
}

func TestWireServesPagesOfWhatItIssuedOnly(t *testing.T) {
	w := openWire(t, 1e9)
	w.Stop()
	issued := fmt.Sprintf("%s/article/%d", w.sites[1].base, 100_001)
	if code, body, _ := get(t, issued, ""); code != http.StatusOK || !strings.Contains(body, "<h1>") {
		t.Errorf("page of an article: %d %q", code, body)
	}
	for _, path := range []string{"/article/100000", "/article/x", "/abonnes/100001"} { // of another outlet, of none, elsewhere
		if code, _, _ := get(t, w.sites[1].base+path, ""); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
}

func TestWireIssuesAtItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Wire{rate: 20, began: time.Now()}
		wait, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		<-wait.Done()
		if n := w.count(); n != 1200 {
			t.Errorf("%d articles in a minute, want 1200", n)
		}
	})
}
