package observe

import "github.com/prometheus/client_golang/prometheus"

// Values of labels that say what became of an article.
func outcomes() closed {
	return closed{"new", "join", "copy", "revision", "mention", "merge", "hand", "retract"}
}

// tags are the languages that the detector tells, and what stands for the ones it does not.
func tags() closed {
	return closed{"fr", "ar", "en", "es", "de", "it", "pt", "nl", "fa", "ur", "ca", "ro", "und"}
}

// Across says how the languages of a story stand to each other.
const (
	SameLanguage   = "same"
	AcrossLanguage = "across"
)

// Hosts, by what is known of them when one of their pages is read.
const (
	HostKnown = "known" // enough pages of it were read to tell what is usual there
	HostNew   = "new"
)

// stories is what the stages find out about articles.
type stories struct {
	languages *prometheus.CounterVec
	decisions *prometheus.CounterVec
	agreement *prometheus.HistogramVec
}

func newStories(f factory) stories {
	s := stories{
		languages: f.counter("rawi_articles_total", "Articles by the language that was found.", "language"),
		decisions: f.counter("rawi_merge_decisions_total", "Decisions on stories by outcome, and by whether the story has reports in several languages.",
			"outcome", "languages"),
		agreement: f.histogram(prometheus.HistogramOpts{
			Name: "rawi_extractor_agreement_ratio", Help: "Share of a page's blocks on which both extractors agree, by what is known of its host.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1}, NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100,
		}, "host", "language"),
	}
	for _, t := range tags().all() {
		s.languages.WithLabelValues(t)
	}
	for _, o := range outcomes().all() {
		s.decisions.WithLabelValues(o, SameLanguage)
		s.decisions.WithLabelValues(o, AcrossLanguage)
	}
	return s
}

// Language counts an article by the tag of its language.
func (m *Metrics) Language(tag string) { m.stories.languages.WithLabelValues(tags().value(tag)).Inc() }

// Decision counts a decision on a story by its outcome.
func (m *Metrics) Decision(outcome string, across bool) {
	languages := SameLanguage
	if across {
		languages = AcrossLanguage
	}
	m.stories.decisions.WithLabelValues(outcomes().value(outcome), languages).Inc()
}

// Agreement takes the share of a page on which its extractors agree, by whether its host is known, and by the tag of its language.
func (m *Metrics) Agreement(share float64, known bool, tag string) {
	host := HostNew
	if known {
		host = HostKnown
	}
	m.stories.agreement.WithLabelValues(host, tags().value(tag)).Observe(share)
}
