package crash

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"rawi/config"
)

// ground is where outlets stand: a port of its own on loopback for each. Its zero value is empty.
type ground struct {
	bases   []string // where each outlet is, by its number
	servers []*http.Server
	ended   sync.WaitGroup
}

// outlet is the site of one outlet, as a reader meets it.
type outlet interface {
	feed(w http.ResponseWriter, r *http.Request)
	page(w http.ResponseWriter, r *http.Request)
}

// open serves the outlet that build returns for its address, until Close. When no port can be had it closes all and fails.
func (g *ground) open(ctx context.Context, build func(base string) outlet) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(fmt.Errorf("open the site of outlet %d: %w", len(g.bases), err), g.Close())
	}
	base := "http://" + l.Addr().String()
	o, mux := build(base), http.NewServeMux()
	mux.HandleFunc("GET /feed", o.feed)
	mux.HandleFunc("GET /robots.txt", robots)
	mux.HandleFunc("GET /", o.page)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	g.bases, g.servers = append(g.bases, base), append(g.servers, server)
	g.ended.Go(func() { _ = server.Serve(l) }) // always ends with ErrServerClosed: the listener is its own
	return nil
}

// Close ends all sites and waits for them.
func (g *ground) Close() error {
	var errs []error
	for _, server := range g.servers {
		errs = append(errs, server.Close())
	}
	g.ended.Wait()
	return errors.Join(errs...)
}

// config is that of a daemon which reads the outlets: its store in dir, or on the server at nats where that is not empty.
func (g *ground) config(dir, nats string, every time.Duration) config.Config {
	c := config.Default()
	c.Dir, c.Name, c.Listen, c.Admin.Listen, c.MaxStoreBytes = dir, "rawi-crash", "127.0.0.1:0", "127.0.0.1:0", 1<<30
	c.NATS.URL, c.Checkpoint = nats, time.Second
	c.Feed.Interval, c.Feed.Floor, c.Feed.Ceiling = every, every, every
	c.Feed.Spacing, c.Crawl.Spacing = time.Millisecond, time.Millisecond
	// All outlets are one host here, and nobody is sent away for being one too many: what is given again after a stop is so by the stop.
	c.Crawl.PerHost = 100
	c.Outbound.UserAgent, c.Outbound.HeaderTimeout, c.Outbound.Timeout = "rawi (crash)", 5*time.Second, 10*time.Second
	c.Sources = nil
	for i, base := range g.bases {
		c.Sources = append(c.Sources, config.Source{
			Name: "outlet-" + strconv.Itoa(i), Title: "Outlet " + strconv.Itoa(i), Country: "MA", Language: templates[i][:2], Zone: "UTC",
			Feeds: []string{base + "/feed"}, Allow: []string{"127.0.0.0/8"},
		})
	}
	return c
}

type rssItem struct {
	Title string `xml:"title"`
	Link  string `xml:"link"`
	GUID  string `xml:"guid"`
	Date  string `xml:"pubDate"`
	Text  string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
}

type rssFeed struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	Items   []rssItem `xml:"channel>item"`
}

// show answers with a feed under the mark by which its reader is known again.
func (f rssFeed) show(w http.ResponseWriter, mark string) {
	body, err := xml.Marshal(f)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	w.Header().Set("ETag", mark)
	_, _ = w.Write(append([]byte(xml.Header), body...)) // a reader who hangs up is welcome to
}

func robots(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintf(w, "User-agent: *\nDisallow: %s\n", privatePrefix) // a reader who hangs up is welcome to
}
