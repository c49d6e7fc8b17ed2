package host

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// refuseAt has a host refuse one request for an hour.
func refuseAt(t *testing.T, s *Schedule, name string) {
	t.Helper()
	refuseFor(t, s, name, time.Hour)
}

func refuseFor(t *testing.T, s *Schedule, name string, wait time.Duration) {
	t.Helper()
	v, err := s.Enter(t.Context(), name, name)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Leave()
	if err := v.Start(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	delayOf(t, v.Refused(t.Context(), wait, errors.New("status 429")))
}

// left reports whether a host is left alone.
func left(t *testing.T, s *Schedule, name string) bool {
	t.Helper()
	v, err := s.Enter(t.Context(), "x", name)
	if err == nil {
		v.Leave()
		return false
	}
	return delayOf(t, err) > 30*time.Minute
}

func TestHostsOfAPlatformAreOneOnlyOnceTwoOfThemHaveRefused(t *testing.T) {
	for _, test := range []struct {
		name, first, second, third string
		together                   bool
	}{
		{"blogs of a platform", "un.blogspot.com", "deux.blogspot.com", "trois.blogspot.com", true},
		{"blogs of another one", "un.wordpress.com", "deux.wordpress.com", "trois.wordpress.com", true},
		{"hosts of an outlet", "sport.journal.ma", "www.journal.ma", "video.journal.ma", true},
		{"hosts of an outlet below a suffix of two", "sport.journal.co.ma", "journal.co.ma", "video.journal.co.ma", true},
		{"outlets of a country", "un.press.ma", "deux.press.ma", "trois.press.ma", false},
		{"outlets of a suffix of two", "un.co.ma", "deux.co.ma", "trois.co.ma", false},
		{"outlets", "un.com", "deux.com", "trois.com", false},
		{"addresses", "192.0.2.1", "192.0.2.2", "192.0.2.3", false},
		{"ports of an address", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := newMemory()
				s := New(limits(), store)
				refuseAt(t, s, test.first)
				if !left(t, s, test.first) || left(t, s, test.second) || left(t, s, test.third) {
					t.Error("one refusal is about the host that refused")
				}
				other := New(limits(), store)
				refuseAt(t, other, test.second)
				for _, daemon := range []*Schedule{other, New(limits(), store)} {
					if got := left(t, daemon, test.third); got != test.together {
						t.Errorf("%s is left alone: %t", test.third, got)
					}
				}
				if left(t, other, "ailleurs.com") {
					t.Error("a host elsewhere is left alone")
				}
			})
		})
	}
}

func TestRefusalsFarApartSayNothingOfAPlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		refuseAt(t, s, "un.blogspot.com")
		time.Sleep(20 * time.Minute)
		refuseAt(t, s, "deux.blogspot.com")
		if left(t, s, "trois.blogspot.com") {
			t.Error("left alone")
		}
	})
}

func TestTwoHostsOfAPlatformCloseTheOthersForAnHourAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(limits(), newMemory())
		refuseFor(t, s, "un.blogspot.com", 24*time.Hour)
		refuseFor(t, s, "deux.blogspot.com", 24*time.Hour)
		if !left(t, s, "trois.blogspot.com") {
			t.Error("the others are asked at once")
		}
		time.Sleep(longestBusy + time.Minute)
		if left(t, s, "trois.blogspot.com") || !left(t, s, "un.blogspot.com") {
			t.Error("want those alone left to themselves for a day that asked for it")
		}
	})
}
