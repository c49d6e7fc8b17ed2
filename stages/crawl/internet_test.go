package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/fault"
)

// world answers for any number of hosts, each of which takes its own time and has its own wishes.
func world(wish func(host string) (robots string, takes time.Duration)) *outlet {
	o := &outlet{}
	o.pages = func(w http.ResponseWriter, r *http.Request) {
		robots, takes := wish(r.URL.Host)
		if r.URL.Path == "/robots.txt" {
			_, _ = w.Write([]byte(robots))
			return
		}
		select {
		case <-time.After(takes):
		case <-r.Context().Done():
		}
		_, _ = w.Write([]byte(articlePage + r.URL.Path))
	}
	return o
}

// workers deliver addresses to daemons as the bus does: in turn, and again after the wait that was asked for, to whoever is free.
func workers(t *testing.T, daemons []*Fetcher, addresses []string) {
	t.Helper()
	const each = 16
	queue, open := make(chan string, len(addresses)), make(chan struct{})
	var left, all sync.WaitGroup
	for _, a := range addresses {
		left.Add(1)
		queue <- a
	}
	for i := range each * len(daemons) {
		f := daemons[i%len(daemons)]
		all.Go(func() {
			for {
				var address string
				select {
				case address = <-queue:
				case <-open:
					return
				}
				_, err := f.Process(t.Context(), fetchFor(address))
				if d, delayed := errors.AsType[*fault.Delayed](err); delayed {
					time.AfterFunc(max(d.Delay, time.Second), func() { queue <- address })
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", address, err)
				}
				left.Done()
			}
		})
	}
	left.Wait()
	close(open)
	all.Wait()
}

func TestHundredHostsKeepTheirSpacingUnderTwoDaemons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hosts, pages = 100, 12
		o := world(func(host string) (string, time.Duration) {
			if host == "h7.example" {
				return "User-agent: *\nCrawl-delay: 3\n", 100 * time.Millisecond
			}
			return "", 100 * time.Millisecond
		})
		shared := newMemory()
		daemons := []*Fetcher{NewFetcher(NewVisitor(Default(), o, shared)), NewFetcher(NewVisitor(Default(), o, shared))}
		var addresses []string
		for i := range hosts * pages {
			addresses = append(addresses, fmt.Sprintf("https://h%d.example/%d", i%hosts, i))
		}
		began := time.Now()
		workers(t, daemons, addresses)
		took := time.Since(began)

		starts, closest := map[string][]time.Time{}, time.Hour
		for _, a := range o.asked {
			starts[a.host] = append(starts[a.host], a.at)
		}
		for host, at := range starts {
			slices.SortFunc(at, time.Time.Compare)
			want := time.Second
			if host == "h7.example" {
				want = 3 * time.Second
			}
			for i := 1; i < len(at); i++ {
				apart := at[i].Sub(at[i-1])
				if closest = min(closest, apart); apart < want {
					t.Errorf("%s was asked again after %s", host, apart)
				}
			}
		}
		t.Logf("%d requests to %d hosts in %s, closest %s, %.2f writes a page", len(o.asked), len(starts), took, closest, float64(shared.writes.Load())/float64(len(o.asked)))
		if len(o.asked) != hosts*pages || len(starts) != hosts {
			t.Errorf("%d requests to %d hosts, want %d to %d", len(o.asked), len(starts), hosts*pages, hosts)
		}
		if took > 90*time.Second {
			t.Errorf("took %s: turns were lost", took)
		}
	})
}

func TestSlowHostDoesNotHoldUpOthers(t *testing.T) {
	for _, slow := range []struct {
		name   string
		robots time.Duration
		page   time.Duration
	}{{"page", 0, 30 * time.Second}, {"robots.txt", 14 * time.Second, 0}} {
		t.Run(slow.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				finished := map[string]time.Time{}
				o := &outlet{}
				o.pages = func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Host == "lent.example" {
						if r.URL.Path == "/robots.txt" {
							time.Sleep(slow.robots)
						} else {
							time.Sleep(slow.page)
						}
					}
					if r.URL.Path == "/robots.txt" {
						w.WriteHeader(http.StatusNotFound)
						return
					}
					_, _ = w.Write([]byte(articlePage + r.URL.Path))
					mu.Lock()
					defer mu.Unlock()
					finished[r.URL.Host] = time.Now()
				}
				var addresses []string
				for i := range 40 {
					addresses = append(addresses, fmt.Sprintf("https://lent.example/%d", i))
				}
				for i := range 100 {
					addresses = append(addresses, fmt.Sprintf("https://vif-%d.example/1", i))
				}
				began := time.Now()
				workers(t, []*Fetcher{o.fetcher()}, addresses)
				// Each host has its robots.txt and its page asked for a second apart: 100 of them take a dozen workers eight seconds.
				for host, at := range finished {
					if took := at.Sub(began); host != "lent.example" && took > 10*time.Second {
						t.Errorf("%s waited %s behind a slow host", host, took)
					}
				}
			})
		})
	}
}

func TestRobotsSurvivesARestartAndIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := false
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path != "/robots.txt":
				_, _ = w.Write([]byte(articlePage + r.URL.Path))
			case broken:
				w.WriteHeader(http.StatusBadGateway)
			default:
				_, _ = w.Write([]byte("User-agent: *\nDisallow: /prive/\n"))
			}
		}}
		shared := newMemory()
		restarted := func() *Fetcher { return NewFetcher(NewVisitor(Default(), o, shared)) }
		if _, err := restarted().Process(t.Context(), fetchFor("https://journal.example/1")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, err := restarted().Process(t.Context(), fetchFor("https://journal.example/2")); err != nil || o.robots != 1 {
			t.Errorf("after a restart: %v, robots.txt asked for %d times; want once", err, o.robots)
		}
		// After a restart a day later, while the host cannot give the file, the last one holds: both what it allows and what it does not.
		broken = true
		time.Sleep(25 * time.Hour)
		f := restarted()
		if _, err := f.Process(t.Context(), fetchFor("https://journal.example/3")); err != nil || o.robots != 2 {
			t.Errorf("with the file of before: %v, asked for %d times", err, o.robots)
		}
		time.Sleep(time.Minute)
		_, err := f.Process(t.Context(), fetchFor("https://journal.example/prive/1"))
		if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != ReasonRobots {
			t.Errorf("got %v", err)
		}
	})
}

func TestRedirectToAnotherHostWaitsForItsTurnThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt":
				w.WriteHeader(http.StatusNotFound)
			case r.URL.Host == "journal.example":
				_, _ = w.Write([]byte(articlePage + r.URL.Path))
			default:
				http.Redirect(w, r, "https://journal.example"+r.URL.Path, http.StatusFound)
			}
		}}
		var addresses []string
		for i := range 20 {
			addresses = append(addresses, fmt.Sprintf("https://court-%d.example/%d", i, i))
		}
		workers(t, []*Fetcher{o.fetcher()}, addresses)
		var last time.Time
		for _, a := range o.asked {
			if a.host != "journal.example" {
				continue
			}
			if apart := a.at.Sub(last); apart < time.Second {
				t.Errorf("asked again after %s", apart)
			}
			last = a.at
		}
	})
}

func TestStopWithTenThousandWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := world(func(string) (string, time.Duration) { return "", time.Minute })
		f := o.fetcher()
		ctx, cancel := context.WithCancel(t.Context())
		queue := make(chan string, 10_000)
		for i := range cap(queue) {
			queue <- fmt.Sprintf("https://h%d.example/%d", i%200, i)
		}
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				for ctx.Err() == nil {
					_, _ = f.Process(ctx, fetchFor(<-queue))
				}
			})
		}
		time.Sleep(30 * time.Second)
		cancel()
		began := time.Now()
		all.Wait()
		t.Logf("stopped after %s with %d waiting", time.Since(began), len(queue))
		if time.Since(began) > time.Second || len(queue) < 5000 {
			t.Errorf("stopped after %s with %d waiting", time.Since(began), len(queue))
		}
	})
}
