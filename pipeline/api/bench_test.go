package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
)

// fill stores a number of stories, each with eight reports, and waits until the API has read them.
func (p *press) fill(n int) {
	p.t.Helper()
	body, err := os.ReadFile("../message/testdata/story.v1.json")
	if err != nil {
		p.t.Fatal(err)
	}
	var s message.Story
	if err := json.Unmarshal(body, &s); err != nil {
		p.t.Fatal(err)
	}
	for i := range n {
		one := s
		one.ID, one.Change, one.MergedInto = fmt.Sprintf("s%016d", i), message.ChangeUpdate, ""
		one.Reports = nil
		for j := range 8 {
			one.Reports = append(one.Reports, message.Report{
				Article: fmt.Sprintf("a%016d", 8*i+j), Source: fmt.Sprint("source-", (i+j)%60), Language: []string{"fr", "ar"}[j%2],
				URL: fmt.Sprintf("https://source-%d.example/%d", j, i), Title: "Un partisan de Daech arrêté à Salé",
			})
		}
		told, err := json.Marshal(one)
		if err != nil {
			p.t.Fatal(err)
		}
		if _, err := p.js.PublishMsgAsync(&nats.Msg{Subject: one.Subject(), Data: told}); err != nil {
			p.t.Fatal(err)
		}
		if i%1000 == 999 {
			<-p.js.PublishAsyncComplete()
		}
	}
	<-p.js.PublishAsyncComplete()
	p.seen(uint64(n))
}

// BenchmarkRequests answers requests over 20,000 stories as they are stored, and says how much memory the view of them takes.
func BenchmarkRequests(b *testing.B) {
	const stories = 20_000
	p := open(b, Access{}, nil)
	p.fill(stories)
	p.publish(state(story("s1", 1)))
	for _, path := range []string{"/v1/stories?limit=50", "/v1/stories?limit=200&q=daech+sale", "/v1/stories?q=nowhere", "/v1/stories/s1"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(b.Context(), "GET", "http://localhost"+path, nil)
				if p.ServeHTTP(w, r); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
	full := heap()
	p.view.reset()
	b.Logf("the view takes %d bytes a story", (full-heap())/stories)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // far below
}
