package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxHead is how much of a feed's head is looked at; no real one is longer.
const maxHead = 64 << 10

// head is what a feed says of itself beside its items.
type head struct {
	asks asks
	next string // page with older items, absolute
	hub  string // that tells of news
	self string // address by which the hub knows the feed
}

// readHead reads the head of an XML feed as far as it is sound.
func readHead(doc []byte, base *url.URL) head {
	r := headReader{base: base}
	d := xml.NewDecoder(bytes.NewReader(doc[:min(len(doc), maxHead)]))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for r.depth <= maxHeadDepth {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		r.token(token)
	}
	return r.done()
}

// maxHeadDepth is how deep elements of a head nest at most: channel, skipHours, hour.
const maxHeadDepth = 64

type headReader struct {
	base   *url.URL
	head   head
	period time.Duration
	times  int
	depth  int
	text   strings.Builder
}

func (r *headReader) token(token xml.Token) {
	switch t := token.(type) {
	case xml.StartElement:
		r.depth++
		r.text.Reset()
		if strings.EqualFold(t.Name.Local, "link") {
			r.link(t)
		}
	case xml.CharData:
		r.text.Write(t)
	case xml.EndElement:
		r.depth--
		r.element(strings.ToLower(t.Name.Local), strings.TrimSpace(r.text.String()))
		r.text.Reset()
	}
}

func (r *headReader) link(t xml.StartElement) {
	rel, href := "", ""
	for _, a := range t.Attr {
		switch strings.ToLower(a.Name.Local) {
		case "rel":
			rel = strings.ToLower(strings.TrimSpace(a.Value))
		case "href":
			href = a.Value
		}
	}
	switch {
	case (rel == "next" || rel == "prev-archive") && r.head.next == "":
		r.head.next = resolve(href, r.base)
	case rel == "hub" && r.head.hub == "":
		r.head.hub = resolve(href, r.base)
	case rel == "self" && r.head.self == "":
		r.head.self = resolve(href, r.base)
	}
}

func (r *headReader) element(name, text string) {
	switch name {
	case "ttl":
		if minutes, err := strconv.ParseUint(text, 10, 31); err == nil {
			r.head.asks.TTL = min(time.Duration(minutes)*time.Minute, longestWait)
		}
	case "hour":
		if hour, err := strconv.ParseUint(text, 10, 8); err == nil && hour <= 24 { // 24 is midnight in the oldest feeds
			r.head.asks.Hours = append(r.head.asks.Hours, int(hour)%24)
		}
	case "day":
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(text, day.String()) {
				r.head.asks.Days = append(r.head.asks.Days, day)
			}
		}
	case "updateperiod":
		r.period = period(strings.ToLower(text))
	case "updatefrequency":
		r.times, _ = strconv.Atoi(text)
	}
}

// period of the syndication module, by its name.
func period(name string) time.Duration {
	switch name {
	case "hourly":
		return time.Hour
	case "daily":
		return 24 * time.Hour
	case "weekly", "monthly", "yearly":
		return 7 * 24 * time.Hour // all of them beyond the longest wait
	}
	return 0
}

func (r *headReader) done() head {
	if r.period > 0 {
		r.head.asks.Every = min(r.period/time.Duration(max(r.times, 1)), longestWait)
	}
	if len(r.head.asks.Hours) >= 24 {
		r.head.asks.Hours = nil
	}
	if len(r.head.asks.Days) >= 7 {
		r.head.asks.Days = nil
	}
	return r.head
}

// jsonHead is what a JSON Feed says of itself.
func jsonHead(fields map[string]json.RawMessage, base *url.URL) head {
	var h head
	var text string
	if json.Unmarshal(fields["next_url"], &text) == nil {
		h.next = resolve(text, base)
	}
	if json.Unmarshal(fields["feed_url"], &text) == nil {
		h.self = resolve(text, base)
	}
	var hubs []struct{ Type, URL string }
	if json.Unmarshal(fields["hubs"], &hubs) == nil {
		for _, one := range hubs {
			if strings.EqualFold(one.Type, "websub") && h.hub == "" {
				h.hub = resolve(one.URL, base)
			}
		}
	}
	return h
}
