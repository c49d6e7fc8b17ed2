package host_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rawi/stages/extract/host"
)

// told learns articles with signals and returns the changes that were told, with the number of the article.
func told(t *testing.T, b *host.Book, from, to int, signals func(n int) host.Signals) (changes []string) {
	t.Helper()
	for n := from; n < to; n++ {
		s := article(n)
		s.Signals = signals(n)
		for range 2 { // each is delivered again
			if c := learn(t, b, s).Change; c != nil {
				changes = append(changes, fmt.Sprintf("%d %s %s", n, c.State, strings.Join(c.Signs, ",")))
			}
		}
	}
	return changes
}

func TestAChangeOfLayoutIsToldOnceAndSoIsItsEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		now  func(n int) host.Signals
		want string
	}{
		"nothing is found": {func(int) host.Signals { return host.Signals{Empty: true} }, "empty"},
		"extractors disagree": {func(n int) host.Signals {
			s := well(n)
			s.Agreement = 0.1
			return s
		}, "agreement"},
		"teasers only":   {func(int) host.Signals { return host.Signals{Agreement: 0.9, Description: 0.9, Words: 40} }, "short"},
		"the whole page": {func(int) host.Signals { return host.Signals{Agreement: 0.9, Description: 0.9, Words: 4000} }, "long"},
		"another text": {func(n int) host.Signals {
			s := well(n)
			s.Description = 0
			return s
		}, "description"},
		"a wrong charset": {func(n int) host.Signals {
			s := well(n)
			s.Damaged = 0.05
			return s
		}, "charset"},
		"rules that find nothing": {func(n int) host.Signals {
			s := well(n)
			s.Missed = true
			return s
		}, "rules"},
	} {
		t.Run(name, func(t *testing.T) {
			b := host.NewBook(&host.Memory{})
			got := told(t, b, 0, 20, well)
			got = append(got, told(t, b, 20, 30, tt.now)...)
			if list, err := b.List(t.Context()); err != nil || len(list) != 1 || list[0].Outlet != "journal" || !strings.Contains(list[0].String(), "changed its layout") {
				t.Errorf("got %+v, %v: want the host listed", list, err)
			}
			got = append(got, told(t, b, 30, 40, well)...)
			want := []string{"24 changed " + tt.want, "34 recovered " + tt.want}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if list, err := b.List(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("got %+v, %v: want no host listed", list, err)
			}
		})
	}
}

// TestAChangeThatAnotherDaemonMadeVoidIsNotListed reads a good page between the fifth bad one and its record.
func TestAChangeThatAnotherDaemonMadeVoidIsNotListed(t *testing.T) {
	store := &interrupted{}
	b := host.NewBook(store)
	told(t, b, 0, 20, well)
	bad := func(n int) host.Sighting {
		s := article(n)
		s.Signals = host.Signals{Empty: true}
		return s
	}
	for n := range 4 {
		learn(t, b, bad(20+n))
	}
	store.first = func() { // the first write of the fifth is that of the list
		store.first = func() { learn(t, b, article(30)) }
	}
	if c := learn(t, b, bad(24)).Change; c != nil {
		t.Fatalf("got %+v although a good page came between", c)
	}
	if list, err := b.List(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("got %+v, %v listed", list, err)
	}
}

func TestAHostThatOftenGivesNothingIsNoNews(t *testing.T) {
	b := host.NewBook(&host.Memory{})
	told(t, b, 0, 20, func(n int) host.Signals {
		s := well(n)
		s.Empty = n%3 == 0
		return s
	})
	if got := told(t, b, 20, 26, func(int) host.Signals { return host.Signals{Empty: true} }); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestWhatLastsCountsAsUsual(t *testing.T) {
	b := host.NewBook(&host.Memory{})
	poor := func(n int) host.Signals { return host.Signals{Agreement: 0.2, Description: 0.9, Words: 400 + n%9} }
	told(t, b, 0, 20, well)
	got := told(t, b, 20, 100, poor)
	if want := []string{"24 changed agreement", "49 settled agreement"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestOneBadPageIsNoChange and pages that differ as pages do give no alarm.
func TestOneBadPageIsNoChange(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alarms := 0
	for range 15 {
		alarms += len(told(t, host.NewBook(&host.Memory{}), 0, 80, func(int) (s host.Signals) {
			s.Agreement, s.Description, s.Words = random.Float64(), random.Float64(), 80+random.IntN(1200)
			s.Empty = random.IntN(12) == 0
			return s
		}))
	}
	if alarms > 0 {
		t.Errorf("got %d tellings about 15 hosts that never changed", alarms)
	}
}
