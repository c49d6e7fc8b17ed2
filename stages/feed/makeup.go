package feed

import (
	"fmt"
	"strings"
)

// makeup is what the items of a document are like: how many there are, and what share of them has each field.
type makeup struct {
	Items float64 `json:"items"`
	Title float64 `json:"title"`
	Link  float64 `json:"link"`
	Date  float64 `json:"date"`
	Text  float64 `json:"text"` // summary or content
}

func makeupOf(items []Item) makeup {
	m := makeup{Items: float64(len(items))}
	if len(items) == 0 {
		return m
	}
	share := 1 / m.Items
	for _, item := range items {
		m.Title += given(item.Title != "", share)
		m.Link += given(item.Link != "", share)
		m.Date += given(!item.Published.IsZero(), share)
		m.Text += given(item.Summary != "" || item.Content != "", share)
	}
	return m
}

func given(is bool, share float64) float64 {
	if is {
		return share
	}
	return 0
}

const (
	// settled is how many documents make a habit.
	settled = 5
	// habit is how many documents a habit is made of at most: after so many others the new way is the usual one.
	habit = 20
)

// usual takes a new document for the last one, which becomes part of what is usual.
func (s *state) usual(now makeup) {
	if s.Read > 0 {
		share := 1 / float64(min(s.Read, habit))
		s.Usual = s.Usual.towards(s.Is, share)
	}
	s.Is, s.Read = now, s.Read+1
}

func (m makeup) towards(o makeup, share float64) makeup {
	to := func(from, to float64) float64 { return rounded(from + share*(to-from)) }
	// A document without items says nothing of their fields.
	if o.Items == 0 {
		m.Items = to(m.Items, 0)
		return m
	}
	return makeup{
		Items: to(m.Items, o.Items), Title: to(m.Title, o.Title), Link: to(m.Link, o.Link), Date: to(m.Date, o.Date), Text: to(m.Text, o.Text),
	}
}

// drift says in words what a feed has less of than usual, and nothing where all is as ever.
func (s state) drift() string {
	if s.Read <= settled {
		return ""
	}
	var less []string
	if s.Is.Items < s.Usual.Items/2 {
		less = append(less, fmt.Sprintf("%.0f items instead of %.0f", s.Is.Items, s.Usual.Items))
	}
	if s.Is.Items > 0 {
		for _, f := range []struct {
			name      string
			is, usual float64
		}{
			{"titles", s.Is.Title, s.Usual.Title},
			{"links", s.Is.Link, s.Usual.Link},
			{"dates", s.Is.Date, s.Usual.Date},
			{"texts", s.Is.Text, s.Usual.Text},
		} {
			if f.is < f.usual/2 && f.usual > 0.2 {
				less = append(less, fmt.Sprintf("%s in %.0f %% of items instead of %.0f %%", f.name, 100*f.is, 100*f.usual))
			}
		}
	}
	return strings.Join(less, ", ")
}
