package crawl

import (
	"strconv"
	"testing"
	"time"

	"rawi/stages/crawl/link"
)

func TestWhatASectionHasShownIsKeptAsItWas(t *testing.T) {
	day := dayOf(time.Date(2021, 12, 17, 0, 0, 0, 0, time.UTC))
	at := link.Link{Published: time.Date(2021, 12, 17, 10, 0, 0, 0, time.UTC)}
	later := link.Link{Published: at.Published, Modified: at.Published.Add(time.Hour)}
	m := readSightings(nil)
	m.add("a", at, day)
	m.add("b", link.Link{}, day)
	m = readSightings(m.bytes())
	for _, tt := range []struct {
		id   string
		link link.Link
		want int
	}{
		{"a", at, known},
		{"a", link.Link{}, known},
		{"a", later, moved},
		{"b", link.Link{}, known},
		{"b", at, known},
		{"b", later, moved},
		{"c", at, unseen},
	} {
		if got := m.knows(tt.id, tt.link, day); got != tt.want {
			t.Errorf("%s changed %s: got %d, want %d", tt.id, tt.link.Changed(), got, tt.want)
		}
	}
	m.forget(day + seenFor)
	if len(m.links) != 2 {
		t.Errorf("%d links are left after %d days", len(m.links), seenFor)
	}
	m.forget(day + seenFor + 1)
	if len(m.links) != 0 {
		t.Errorf("%d links are left a day later", len(m.links))
	}
}

func TestWhatASectionHasShownIsReadInItsFirstForm(t *testing.T) {
	m := readSightings([]byte(`{"a4711":{"d":"xyz","t":"2021-12-17"},"a4712":{"d":"","t":"some day"}}`))
	if m.knows("a4711", link.Link{Published: time.Now()}, dayOf(time.Now())) != known || len(m.links) != 1 {
		t.Errorf("read %v", m.links)
	}
	for _, damaged := range []string{"{", "x", "\x01", "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01"} {
		if m := readSightings([]byte(damaged)); len(m.links) != 0 {
			t.Errorf("%q gives %v", damaged, m.links)
		}
	}
}

func TestFullMemoryTakesTheOldestForKnown(t *testing.T) {
	began := time.Date(2021, 12, 17, 10, 0, 0, 0, time.UTC)
	aged := func(i int) link.Link { return link.Link{Published: began.Add(time.Duration(i) * time.Second)} }
	m := readSightings(nil)
	for i := range maxSeen + 100 {
		m.add(strconv.Itoa(i), aged(i), dayOf(began))
	}
	m.forget(dayOf(began))
	if len(m.links) != maxSeen || len(m.bytes()) > 1<<20 {
		t.Fatalf("%d links, %d bytes", len(m.links), len(m.bytes()))
	}
	m = readSightings(m.bytes())
	for _, i := range []int{0, 99, 100, maxSeen} {
		if got := m.knows(strconv.Itoa(i), aged(i), dayOf(began)); got != known {
			t.Errorf("link %d would be sent again", i)
		}
	}
	if got := m.knows("new", aged(maxSeen+200), dayOf(began)); got != unseen {
		t.Error("a new link is taken for a known one")
	}
}
