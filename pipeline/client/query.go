package client

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// Unknown is the country of stories that cannot be placed.
const Unknown = "xx"

// DefaultBuffer is the number of stories that a subscription holds where its query does not say.
const DefaultBuffer = 64

// mostBuffer is what the server would give one consumer at most.
const mostBuffer = 1000

// Query says which stories a program is given. Its zero value is every story that is published from now on, to a reader that nobody remembers.
type Query struct {
	// Kinds are those of package message, such as message.KindOperation; none stands for all.
	Kinds []string
	// Countries are ISO 3166-1 alpha-2, in either case, or Unknown; none stands for all.
	Countries []string
	// Languages are BCP 47 tags; "fr" covers "fr-MA". A story is given that has a report or a title in one of them, and each later revision of a
	// story that was given. None stands for all. The choice is made in this program: the server sends the others too.
	Languages []string

	// Durable names a place in the stories that the server remembers: a program that subscribes by the same name goes on behind what it has
	// acknowledged, and several that do share the stories. Other kinds and countries than before hold for what is published from then on.
	// 1 to 63 of a-z, A-Z, 0-9, "-" and "_". Empty: nobody remembers it, and the program keeps the Cursor where it wants to go on.
	Durable string
	// Forget is how long the server remembers a durable place that nobody reads from; 0 stands for seven days.
	Forget time.Duration
	// From is where to begin, now where it is the zero value. It counts when a durable place is made, not when it is found.
	From Start

	// Buffer is how many stories may be held and not acknowledged: 1 to 1000, 0 stands for DefaultBuffer. No further ones come while it is full.
	Buffer int
	// AckWait is after which time the server takes a program for dead that says nothing, and gives its stories out again; 0 stands for 30 s.
	AckWait time.Duration
	// Have returns the revision of a story that the program has already, 0 for none: older ones and that one are passed over. It may be nil.
	// It is called from one goroutine at a time and must not call the subscription.
	Have func(story string) int
}

var durableName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)

// Validate says what is wrong with the query, and how it would be right.
func (q Query) Validate() error {
	errs := []error{q.From.validate()}
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, k := range q.Kinds {
		errs = append(errs, CheckKind(k))
	}
	for _, c := range q.Countries {
		errs = append(errs, CheckCountry(c))
	}
	for _, l := range q.Languages {
		errs = append(errs, CheckLanguage(l))
	}
	if q.Durable != "" && !durableName.MatchString(q.Durable) {
		bad("durable name %q: wants 1 to 63 of a-z, A-Z, 0-9, - and _", q.Durable)
	}
	if q.Buffer < 0 || q.Buffer > mostBuffer {
		bad("buffer %d: wants 1 to %d, or 0 for %d", q.Buffer, mostBuffer, DefaultBuffer)
	}
	if q.AckWait < 0 || q.AckWait > 0 && q.AckWait < time.Second {
		bad("ack wait %s: wants a second at least, or 0 for %s", q.AckWait, defaultAckWait)
	}
	if q.Forget < 0 {
		bad("forget %s: must not be below 0", q.Forget)
	}
	return errors.Join(errs...)
}

// subjects are those that the query covers.
func (q Query) subjects() []string {
	if len(q.Kinds)+len(q.Countries) == 0 {
		return []string{message.StorySubjects}
	}
	kinds, countries := slices.Clone(q.Kinds), make([]string, len(q.Countries))
	for i, c := range q.Countries {
		countries[i] = strings.ToLower(c)
	}
	var all []string
	for _, k := range or(kinds, "*") {
		for _, c := range or(countries, "*") {
			all = append(all, "news.story."+k+"."+c+".>")
		}
	}
	slices.Sort(all)
	return slices.Compact(all) // the server refuses filters that overlap
}

func or(tokens []string, all string) []string {
	if len(tokens) == 0 {
		return []string{all}
	}
	return tokens
}

// speaks says whether a story has something in one of the languages.
func (q Query) speaks(s message.Story) bool {
	if len(q.Languages) == 0 {
		return true
	}
	for tag := range s.Titles {
		if q.wants(tag) {
			return true
		}
	}
	return slices.ContainsFunc(s.Reports, func(r message.Report) bool { return q.wants(r.Language) })
}

func (q Query) wants(tag string) bool {
	return slices.ContainsFunc(q.Languages, func(asked string) bool { return Covers(asked, tag) })
}

const (
	defaultAckWait = 30 * time.Second
	defaultForget  = 7 * 24 * time.Hour
	// forgetNameless is how long the server keeps a nameless reader that was cut off. A longer cut is bridged by the cursor.
	forgetNameless = 5 * time.Minute
)

// withDefaults fills in what the query leaves open.
func (q Query) withDefaults() Query {
	if q.Buffer == 0 {
		q.Buffer = DefaultBuffer
	}
	if q.AckWait == 0 {
		q.AckWait = defaultAckWait
	}
	if q.Forget == 0 {
		q.Forget = defaultForget
	}
	return q
}

// consumer is how the server is to give the stories out.
func (q Query) consumer() jetstream.ConsumerConfig {
	cfg := jetstream.ConsumerConfig{
		Durable: q.Durable, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.AckWait, MaxDeliver: -1,
		MaxAckPending: 4 * mostBuffer, // what was put off counts too, and must not hold up the rest
	}
	cfg.InactiveThreshold = q.Forget
	if q.Durable == "" {
		cfg.InactiveThreshold, cfg.MemoryStorage = forgetNameless, true
	}
	return filtered(cfg, q.subjects())
}

func filtered(cfg jetstream.ConsumerConfig, subjects []string) jetstream.ConsumerConfig {
	cfg.FilterSubject, cfg.FilterSubjects = "", subjects
	if len(subjects) == 1 {
		cfg.FilterSubject, cfg.FilterSubjects = subjects[0], nil
	}
	return cfg
}
