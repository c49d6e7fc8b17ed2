package crawl

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
)

// asServer makes this program the outlet of the benchmark, in a process of its own so that its work is not counted.
const asServer = "RAWI_BENCH_OUTLET"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(m.Run())
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		size, err := strconv.Atoi(r.URL.Query().Get("size"))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, benchPage(size, r.URL.Path))
	}))
	fmt.Println(s.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the benchmark ends
}

// benchPage is different for every path, as pages are.
func benchPage(size int, path string) string {
	const row = "<p>Un homme de 24 ans a été arrêté jeudi à Salé, a indiqué une source.</p>\n"
	head := "<!DOCTYPE html><html><head><title>Article " + path + "</title></head><body><article>\n"
	return head + strings.Repeat(row, (size-len(head))/len(row)) + "</article></body></html>"
}

// outletProcess starts the outlet and returns its address.
func outletProcess(b *testing.B) string {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), program)
	cmd.Env = append(os.Environ(), asServer+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFivethousandPages fetches 5,000 pages over 16 connections an iteration, by a plain loop and by the stage, and reports processor
// time per page of this process alone. Run it with -benchtime 3x.
func BenchmarkFivethousandPages(b *testing.B) {
	const pages, workers = 5000, 16
	address := outletProcess(b)
	for _, size := range []int{8 << 10, 60 << 10} {
		for _, way := range []struct {
			name string
			make func(b *testing.B, outlet string) func(ctx context.Context, address string) error
		}{{"plain", plainWay}, {"stage", stageWay}} {
			b.Run(fmt.Sprintf("%s/%dKB", way.name, size>>10), func(b *testing.B) {
				fetch := way.make(b, address)
				began := cpu(b)
				round := 0
				for b.Loop() {
					round++
					each(b, pages, workers, func(i int) error {
						return fetch(b.Context(), fmt.Sprintf("%s/%d/%d?size=%d", address, round, i, size))
					})
				}
				b.ReportMetric(float64((cpu(b)-began).Microseconds())/float64(b.N*pages), "cpu-µs/page")
			})
		}
	}
}

func each(b *testing.B, n, workers int, do func(int) error) {
	b.Helper()
	queue := make(chan int)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range queue {
				if err := do(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		queue <- i
	}
	close(queue)
	all.Wait()
}

func plainWay(b *testing.B, _ string) func(context.Context, string) error {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	b.Cleanup(client.CloseIdleConnections)
	return func(ctx context.Context, address string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		_, err = io.ReadAll(res.Body)
		return err
	}
}

func stageWay(b *testing.B, outlet string) func(context.Context, string) error {
	b.Helper()
	u, err := url.Parse(outlet)
	if err != nil {
		b.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		b.Fatal(err)
	}
	cfg := outbound.Default()
	cfg.Exceptions = []outbound.Exception{{
		Host: u.Hostname(), Ports: []uint16{uint16(port)}, Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}}
	guard := outbound.New(cfg)
	b.Cleanup(guard.Close)
	crawling := Default()
	crawling.Spacing, crawling.PerHost = 0, 16 // the machine's share of a page, not the manners'
	f := NewFetcher(NewVisitor(crawling, guard.Transport(crawling.MaxBody), newMemory()))
	return func(ctx context.Context, address string) error {
		out, err := f.Process(ctx, message.Fetch{Type: message.FetchV1, ID: address, URL: address})
		if err == nil && len(out) != 1 {
			return fmt.Errorf("%d articles", len(out))
		}
		return err
	}
}
