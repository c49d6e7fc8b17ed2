package pipeline

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// BenchmarkThreeStages is the cost of the bus for one article of 4 KB through three stages, with everything synced to disk. The figure to
// look at is the CPU of the whole process, server included.
func BenchmarkThreeStages(b *testing.B) { threeStages(b, "") }

// BenchmarkThreeStagesTraced is the same with every trace recorded and sent to a collector, which is in the process too.
func BenchmarkThreeStagesTraced(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // as a collector that keeps up
	}))
	defer srv.Close()
	threeStages(b, srv.URL)
}

func threeStages(b *testing.B, collector string) {
	b.Helper()
	bus := openBus(b, testConfig(b))
	p := newPipeline(bus)
	tracer, err := observe.OpenTracer(b.Context(), observe.OTLP{Endpoint: collector, Ratio: 1}, observe.Process{}, p.metrics, quiet())
	if err != nil {
		b.Fatal(err)
	}
	defer tracer.Close(context.WithoutCancel(b.Context())) //nolint:errcheck // what is measured is what was before
	p.Record(tracer)
	page := noise(3000)
	AddStage(p, Spec{Name: "language", Subjects: []string{message.RawSubjects}, Workers: 8}, label("fr"))
	AddStage(p, Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}, Workers: 8}, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) {
			return []message.Article{{
				Type: message.ArticleV1, ID: in.Raw.ID, Digest: in.Raw.Digest, Language: "fr", Outlet: in.Raw.Outlet, Title: string(page[:500]),
			}}, nil
		}))
	AddStage(p, Spec{Name: "dedup", Subjects: []string{message.ArticleSubjects}, Workers: 8}, stageFunc[message.Article, message.State](
		func(_ context.Context, in message.Article) ([]message.State, error) {
			return []message.State{{Type: message.StateV1, Story: message.Story{ID: message.StoryID(in.ID), Revision: 1}}}, nil
		}))
	for i := range b.N {
		in := raw(i)
		in.Body = page
		put(b, bus, in)
	}
	before, began := cpu(b), time.Now()
	b.ResetTimer()
	running(b, p)
	eventually(b, "all articles are through", func() bool { return p.stages[2].counts.snapshot().OK == uint64(b.N) })
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/article")
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "articles/s")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCodec is the cost of one message through the wire form and back, by the size of its page.
func BenchmarkCodec(b *testing.B) {
	for _, size := range []int{4 << 10, 100 << 10, 400 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			c := testCodec(b)
			in := raw(1)
			in.Body = page(b, size)
			b.ReportAllocs()
			for b.Loop() {
				m, err := c.encode(in, "")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := c.decode(m.Header, m.Data); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(m.Data)), "wire-bytes")
			}
		})
	}
}

// page is text that compresses about as well as a page does: the source of this package.
func page(b *testing.B, size int) []byte {
	b.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		b.Fatal(err)
	}
	var all []byte
	for len(all) < size {
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, text...)
		}
	}
	return all[:size]
}
