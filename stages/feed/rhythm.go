package feed

import (
	"math"
	"slices"
	"time"
)

// How the rule spends its requests; see TestFortnightOfPolling for what they buy.
const (
	// perPoll is how many items a poll is meant to find: much less asks for nothing, much more finds them late.
	perPoll = 1.3
	// burstSpan is the longest interval, in hours, of a feed that shows burstSize items and brings one an hour. A burst may begin at any time,
	// and pushes out unseen what the feed has no room for: the less room, and the more items there are to burst, the sooner one has to look.
	// The power lets the interval fall a little more slowly than the rate grows, since a busy feed's own rate asks for haste already.
	burstSpan, burstSize, burstPower = 1.0, 20, 0.6
	// bursting is how many times the usual rate makes a burst, and stretch the least number of items that shows it.
	bursting, stretch = 3, 4
	// safeShare is how much of what a feed shows may be new after the next poll while a burst lasts.
	safeShare = 0.2
	// fading is how fast the rhythm forgets: after so many days a day counts for a third.
	fading = 10
	// lately is how many hours count for the rate of the whole day.
	lately = 72
	// doubt is how many days of what is known of a single hour weigh as much as the rate of the whole day.
	doubt = 0.7
	// patience is how many items a feed may be late with before it is taken for slower than it was.
	patience = 5
)

// rhythm is how often a feed brings something new, by the hour of the day: a newsroom sleeps, and polls through its night find nothing.
type rhythm struct {
	Hours [24]float64 `json:"hours"` // items by hour of the day, UTC; older ones count for less
	Days  float64     `json:"days"`  // that those came in, older ones for less
	Rate  float64     `json:"rate"`  // items an hour over the last days
	Known float64     `json:"known"` // hours that Rate is made of, at most lately
	At    time.Time   `json:"at"`    // until when it is known
	New   time.Time   `json:"new"`   // last poll with something new
	Usual float64     `json:"usual"` // Rate at that time
	Pace  float64     `json:"pace"`  // items an hour in the fastest stretch that lasts until now
	Size  int         `json:"size"`  // of the document
}

// learn takes the dates of the items that a poll found new, and of all that it found, up to now. Dates that are not known are zero.
func (r *rhythm) learn(fresh, all []time.Time, now time.Time) {
	if r.At.IsZero() {
		r.begin(all, now)
	} else {
		r.fade(now)
		r.add(fresh, now)
	}
	if len(fresh) > 0 || r.New.IsZero() {
		r.New, r.Usual = now, r.Rate
	}
	r.At = now
	if all != nil {
		r.Size = len(all)
		r.Pace = fastest(all, now)
	}
}

// begin makes the best of one document: the time over which its items are spread.
func (r *rhythm) begin(all []time.Time, now time.Time) {
	oldest := now
	dated := all[:0:0]
	for _, t := range all {
		if !t.IsZero() && !t.After(now) {
			dated = append(dated, t)
			if t.Before(oldest) {
				oldest = t
			}
		}
	}
	if len(dated) < 2 {
		return
	}
	hours := max(now.Sub(oldest).Hours(), 1)
	r.Rate, r.Known = float64(len(dated))/hours, min(hours, lately)
	if hours < 24 {
		return // it says nothing of the hours that it does not cover
	}
	r.Days = min(hours/24, fading)
	for _, t := range dated {
		r.Hours[t.UTC().Hour()] += r.Days / (hours / 24)
	}
}

func (r *rhythm) fade(now time.Time) {
	days := max(now.Sub(r.At).Hours()/24, 0)
	kept := math.Exp(-days / fading)
	r.Days = rounded(r.Days*kept + days)
	for h := range r.Hours {
		r.Hours[h] = rounded(r.Hours[h] * kept)
	}
}

// add counts new items. What is undated came now, and so did what is dated before the last poll: it was published later than it says.
func (r *rhythm) add(fresh []time.Time, now time.Time) {
	for _, t := range fresh {
		if t.Before(r.At) || t.After(now) {
			t = now
		}
		r.Hours[t.UTC().Hour()]++
	}
	if hours := now.Sub(r.At).Hours(); hours > 0 {
		r.Known = min(r.Known+hours, lately)
		r.Rate += min(hours/r.Known, 1) * (float64(len(fresh))/hours - r.Rate)
	}
}

// rounded keeps states short.
func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }

// at is the rate that is expected at an hour of the day, in items an hour. What its neighbours do says something of it.
func (r *rhythm) at(hour int) float64 {
	own := (r.Hours[(hour+23)%24] + 2*r.Hours[hour%24] + r.Hours[(hour+1)%24]) / 4
	return (own + doubt*r.Rate) / (r.Days + doubt)
}

// between is how many items are expected from one time to another.
func (r *rhythm) between(from, to time.Time) float64 {
	sum := 0.0
	for t := from; t.Before(to); {
		end := t.Truncate(time.Hour).Add(time.Hour)
		if end.After(to) {
			end = to
		}
		sum += r.at(t.UTC().Hour()) * end.Sub(t).Hours()
		t = end
		if sum > 1000 {
			break
		}
	}
	return sum
}

// until is how long it takes from now until so many items are expected, at most limit.
func (r *rhythm) until(items float64, now time.Time, limit time.Duration) time.Duration {
	end := now.Add(limit)
	for t := now; t.Before(end); {
		next := t.Truncate(time.Hour).Add(time.Hour)
		rate := r.at(t.UTC().Hour())
		if there := rate * next.Sub(t).Hours(); there < items {
			items -= there
			t = next
			continue
		}
		return min(t.Add(span(items/rate)).Sub(now), limit)
	}
	return limit
}

// interval is the time until perPoll items are expected, and never so long that a burst could push items out unseen: one that may begin, or
// one that goes on. It is zero where nothing is known of the feed's rate.
func (r *rhythm) interval(now time.Time, limit time.Duration) time.Duration {
	if r.Rate <= 0 && r.Days == 0 {
		return 0
	}
	items := perPoll
	if late := r.between(r.New, now); late > patience {
		items *= late / patience
	}
	d := r.until(items, now, limit)
	rate := r.at(now.UTC().Hour())
	if rate > 0 && r.Size > 0 {
		d = min(d, span(burstSpan*float64(r.Size)/burstSize*math.Pow(rate, -burstPower)))
	}
	if r.Pace > bursting*rate && r.New.Equal(r.At) {
		d = min(d, span(max(safeShare*float64(r.Size), 1)/r.Pace))
	}
	return d
}

// span is a number of hours, at most a week of them.
func span(hours float64) time.Duration { return time.Duration(min(hours, 168) * float64(time.Hour)) }

// fastest is the highest rate, in items an hour, of any stretch of items that ends now: how fast they come while a burst lasts.
func fastest(dates []time.Time, now time.Time) float64 {
	recent := slices.DeleteFunc(slices.Clone(dates), func(t time.Time) bool { return t.IsZero() || t.After(now) })
	slices.SortFunc(recent, func(a, b time.Time) int { return b.Compare(a) })
	best := 0.0
	for i := stretch - 1; i < len(recent); i++ {
		hours := max(now.Sub(recent[i]).Hours(), 1.0/60)
		best = max(best, float64(i+1)/hours)
	}
	return rounded(best)
}
