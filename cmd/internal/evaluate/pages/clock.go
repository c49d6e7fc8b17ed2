package pages

import (
	"cmp"
	"math"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"rawi/stages/extract"
)

// Spent is processor time of the process for one page in milliseconds, user and system, the collection of garbage included.
type Spent struct {
	Language float64 `json:"language"` // telling it
	Page     float64 `json:"page"`     // finding the article in the page
	Facts    float64 `json:"facts"`    // reading its facts
}

// least is the shorter of two readings of one page, part by part.
func (s Spent) least(o Spent) Spent {
	return Spent{Language: min(s.Language, o.Language), Page: min(s.Page, o.Page), Facts: min(s.Facts, o.Facts)}
}

// Clock tells the time that packs take for facts from that of finding the article. It serves one page at a time.
type Clock struct{ facts time.Duration }

// Over is a pack whose time for facts is taken.
func (c *Clock) Over(lang extract.Language) extract.Language {
	analyse := lang.Analyse
	lang.Analyse = func(d extract.Document) extract.Analysis {
		before := used()
		defer func() { c.facts += used() - before }()
		return analyse(d)
	}
	return lang
}

// used is the processor time that the process has used.
func used() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0 // not on this system: the pages are read all the same
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// CPU sums up processor time in milliseconds a page.
type CPU struct {
	Mean float64 `json:"mean"`
	P99  float64 `json:"p99"` // 99 % of the pages take no more
	Max  float64 `json:"max"`
}

// Times are what pages took, by what was done.
type Times struct {
	Language CPU `json:"language"`
	Page     CPU `json:"page"`
	Facts    CPU `json:"facts"`
}

func times(spent []Spent) Times {
	of := func(part func(Spent) float64) CPU {
		all := make([]float64, len(spent))
		for i, s := range spent {
			all[i] = part(s)
		}
		return cpu(all)
	}
	return Times{
		Language: of(func(s Spent) float64 { return s.Language }), Page: of(func(s Spent) float64 { return s.Page }),
		Facts: of(func(s Spent) float64 { return s.Facts }),
	}
}

func cpu(spent []float64) CPU {
	if len(spent) == 0 {
		return CPU{}
	}
	slices.SortFunc(spent, cmp.Compare[float64])
	at := int(math.Ceil(0.99*float64(len(spent)))) - 1
	return CPU{Mean: hundredths(mean(spent)), P99: hundredths(spent[at]), Max: hundredths(spent[len(spent)-1])}
}
