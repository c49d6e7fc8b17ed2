package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// States of a host that a Change tells.
const (
	Changed   = "changed"   // its pages are read worse than before, several in a row: its layout has changed
	Recovered = "recovered" // they are read as before again
	Settled   = "settled"   // they are not, and have been so for long enough to count as usual
)

// Change is a host's pages beginning, or ceasing, to be read worse than before.
type Change struct {
	State    string    `json:"state"`
	Outlet   string    `json:"outlet"`
	Host     string    `json:"host"`
	Language string    `json:"language"`
	By       string    `json:"by"`
	Signs    []string  `json:"signs"` // some of Signs
	Since    time.Time `json:"since"` // of the first article that showed them
	Details  []string  `json:"details,omitempty"`
}

// String says what happened in words.
func (c Change) String() string {
	switch c.State {
	case Changed:
		return fmt.Sprintf("the site changed its layout: the last %d articles show %s", run, strings.Join(c.Details, "; "))
	case Recovered:
		return "its pages are read as before again"
	}
	return fmt.Sprintf("its pages have been read this way for %d articles: that counts as usual from now on", settled)
}

// judge tells a change of state that the last articles bring about. The change is kept, so that an article that comes again brings none.
func (r *record) judge(s Sighting) *Change {
	all := r.inOrder()
	c := Change{Outlet: s.Outlet, Host: s.Host, Language: s.Language, By: s.By}
	var told bool
	if r.alarm == nil {
		told = r.begin(all, &c)
	} else {
		told = r.end(all, &c)
	}
	if !told {
		return nil
	}
	return &c
}

// begin tells of the signs that the last articles all show.
func (r *record) begin(all []*seen, c *Change) bool {
	all = slices.DeleteFunc(all, func(s *seen) bool { return s.number < r.since })
	if len(all) < usual+run {
		return false
	}
	last, before := all[len(all)-run:], usuallyOf(all[:len(all)-run])
	signs := before.unusual(last[0].signals)
	for _, s := range last[1:] {
		signs = slices.DeleteFunc(signs, func(sign string) bool { return !slices.Contains(before.unusual(s.signals), sign) })
	}
	if len(signs) == 0 {
		return false
	}
	c.State, c.Signs, c.Since = Changed, signs, time.Unix(last[0].at, 0).UTC()
	c.Details = details(signs, before, last)
	r.alarm = &alarm{Number: last[0].number, Since: c.Since, Signs: signs, Before: before}
	return true
}

// end tells when no sign is left in the last articles, or when what is new has lasted.
func (r *record) end(all []*seen, c *Change) bool {
	c.Signs, c.Since = r.alarm.Signs, r.alarm.Since
	well, after := 0, 0
	for i, s := range all {
		if s.number >= r.alarm.Number {
			after++
		}
		shows := r.alarm.Before.unusual(s.signals)
		if i >= len(all)-run && !slices.ContainsFunc(r.alarm.Signs, func(sign string) bool { return slices.Contains(shows, sign) }) {
			well++
		}
	}
	switch {
	case well >= run:
		c.State, r.since = Recovered, all[len(all)-run].number
	case after >= settled:
		c.State, r.since = Settled, r.alarm.Number
	default:
		return false
	}
	r.alarm = nil
	return true
}

// details say for each sign what is and what was.
func details(signs []string, before usually, last []*seen) (told []string) {
	now := usuallyOfFew(last)
	for _, sign := range signs {
		switch sign {
		case SignEmpty:
			told = append(told, "no article")
		case SignRules:
			told = append(told, "nothing where the rules for this site look")
		case SignAgreement:
			told = append(told, fmt.Sprintf("extractors that agree on %d %% of the text, not %d %%", now(agreement), before.Agreement.Middle))
		case SignDescription:
			told = append(told, fmt.Sprintf("%d %% of their description in the text, not %d %%", now(description), before.Description.Middle))
		case SignShort, SignLong:
			told = append(told, fmt.Sprintf("%d words, not %d", now(words), before.Words.Middle))
		case SignCharset:
			told = append(told, fmt.Sprintf("%.1f %% broken letters", float64(now(damaged))/10))
		}
	}
	return told
}

// usuallyOfFew is the middle of a few values.
func usuallyOfFew(last []*seen) func(func(readings) int) int {
	return func(of func(readings) int) int {
		values := make([]int, len(last))
		for i, s := range last {
			values[i] = max(of(s.signals), 0)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
}

// changedKey holds the hosts that are read worse than before, so that they can be listed without reading every record.
const changedKey = "changed"

// mostChanged bounds that list.
const mostChanged = 1000

// list notes a change before it is kept. What an attempt before this one noted, and is none any more, is taken back.
func (b *Book) list(ctx context.Context, key string, c, noted *Change) (*Change, error) {
	switch {
	case c != nil:
		return c, b.note(ctx, key, *c)
	case noted != nil:
		back := *noted
		if back.State == Changed {
			back.State = Recovered
		} else {
			back.State = Changed
		}
		return nil, b.note(ctx, key, back)
	}
	return nil, nil
}

// note enters a change into the list, or takes it out. To do it twice is to do it once.
func (b *Book) note(ctx context.Context, key string, c Change) error {
	return b.rewrite(ctx, changedKey, func(kept []byte) ([]byte, error) {
		list := map[string]Change{}
		if len(kept) > 0 && json.Unmarshal(kept, &list) != nil {
			list = map[string]Change{}
		}
		if c.State != Changed {
			delete(list, key)
		} else if len(list) < mostChanged {
			list[key] = c
		}
		return json.Marshal(list)
	})
}

// List tells of the hosts whose pages are read worse than before, by outlet and host.
func (b *Book) List(ctx context.Context) ([]Change, error) {
	kept, _, _, err := b.store.Load(ctx, changedKey)
	if err != nil {
		return nil, fmt.Errorf("read which sites changed: %w", err)
	}
	list := map[string]Change{}
	if len(kept) > 0 {
		if err := json.Unmarshal(kept, &list); err != nil {
			return nil, fmt.Errorf("read which sites changed: %w", err)
		}
	}
	all := make([]Change, 0, len(list))
	for _, c := range list {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Change) int {
		return strings.Compare(a.Outlet+" "+a.Host+" "+a.Language+a.By, b.Outlet+" "+b.Host+" "+b.Language+b.By)
	})
	return all, nil
}

// rewrite changes the value of a key, however many do so at once. Change may be called several times.
func (b *Book) rewrite(ctx context.Context, key string, change func(kept []byte) ([]byte, error)) error {
	for range attempts {
		kept, revision, _, err := b.store.Load(ctx, key)
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		value, err := change(kept)
		if errors.Is(err, errNothing) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		_, swapped, err := b.store.Swap(ctx, key, value, revision)
		if err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
		if swapped {
			return nil
		}
	}
	return fmt.Errorf("write %s: %w", key, errBusy)
}

// errNothing is what a change returns that has nothing to change.
var errNothing = errors.New("nothing to change")
