// Package observe is what ops see of the process: its metrics and its health, over HTTP.
package observe

import (
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Results of a message at a stage: the values of the label "result".
func results() []string { return []string{"ok", "duplicate", "dropped", "retry", "dead"} }

// Metrics are the numbers of one process, in a registry of their own. It is safe for concurrent use.
type Metrics struct {
	registry   *prometheus.Registry
	messages   *prometheus.CounterVec
	dropped    *prometheus.CounterVec
	dead       *prometheus.CounterVec
	inFlight   *prometheus.GaugeVec
	duration   *prometheus.HistogramVec
	lag        *prometheus.GaugeVec
	oldest     *prometheus.GaugeVec
	letters    *prometheus.GaugeVec
	unread     *prometheus.CounterVec
	active     *prometheus.GaugeVec
	sources    *prometheus.GaugeVec
	pages      *prometheus.HistogramVec
	layouts    *prometheus.GaugeVec
	changes    *prometheus.CounterVec
	freshness  prometheus.Histogram
	articleAge prometheus.Histogram
	difference prometheus.Gauge
	paused     prometheus.Gauge
	reloaded   prometheus.Gauge
	reloadedAt prometheus.Gauge
	flow       flow
	hearts     hearts
	store      store
	stories    stories
	outlets    outlets
	fetches    fetches

	checkpoints checkpoints

	mu      sync.Mutex
	reasons map[string][]string // reasons seen, by stage: the sets stay small whatever a stage returns
}

// New makes the metrics of a process of the given version.
func New(version string) *Metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	f := factory{r}
	m := &Metrics{
		registry: r,
		reasons:  map[string][]string{},
		messages: f.counter("rawi_stage_messages_total", "Messages by what became of them at a stage or source.", "stage", "result"),
		dropped:  f.counter("rawi_stage_dropped_total", "Messages dropped on purpose.", "stage", "reason"),
		dead:     f.counter("rawi_stage_dead_total", "Messages that became dead letters.", "stage", "reason"),
		inFlight: f.gauge("rawi_stage_in_flight", "Messages in work.", "stage"),
		lag:      f.gauge("rawi_stage_lag_messages", "Messages that wait for a stage.", "stage"),
		oldest:   f.gauge("rawi_stage_oldest_pending_seconds", "Age of the oldest message that a stage has not finished.", "stage"),
		letters:  f.gauge("rawi_dead_letters", "Dead letters kept.", "stage"),
		unread:   f.counter("rawi_unread_articles_total", "Articles stored in a language that no stage reads.", "language"),
		active:   f.gauge("rawi_stage_active", "1 where a stage that one daemon at a time runs is run here, 0 on a standby.", "stage"),
		sources:  f.gauge("rawi_sources", "Configured sources, by how they are doing.", "state"),
		layouts:  f.gauge("rawi_layouts_changed", "Sites whose pages are read worse than they used to be, by the sign that shows it.", "sign"),
		changes:  f.counter("rawi_layout_changes_total", "Sites that began, or ceased, to be read worse than before.", "state"),
		pages:    pageQuality(),
		duration: prometheus.NewHistogramVec(histogram("rawi_stage_duration_seconds",
			"Time for one attempt, storing its outputs included.", 0.001, 60), []string{"stage"}),
		freshness: prometheus.NewHistogram(histogram("rawi_story_freshness_seconds",
			"From the fetch of a report to the story message it made; without replays and decisions by hand.", 1, 3600)),
		articleAge: prometheus.NewHistogram(histogram("rawi_article_age_seconds",
			"From the publication of an article to its fetch; without replays.", 60, 7*86400)),
		difference: f.single("rawi_conservation_difference", "Messages that are not accounted for; 0 is right."),
		paused:     f.single("rawi_intake_paused", "1 while sources wait for the stages to catch up."),
		reloaded:   f.single("rawi_config_last_reload_successful", "1 when the last reading of the configuration succeeded."),
		reloadedAt: f.single("rawi_config_last_reload_success_timestamp_seconds", "When the configuration was last read with success."),
	}
	m.flow, m.hearts, m.store, m.stories, m.outlets, m.fetches = newFlow(f), newHearts(f), newStore(f), newStories(f), newOutlets(f), newFetches(f)
	m.checkpoints = newCheckpoints(f)
	r.MustRegister(m.duration, m.freshness, m.articleAge, m.pages)
	f.gauge("rawi_build_info", "Always 1; says what runs.", "version", "go").WithLabelValues(version, runtime.Version()).Set(1)
	f.single("rawi_start_time_seconds", "When the process started to count.").SetToCurrentTime()
	return m
}

// histogram has classic bounds between two values, with 300 s among them: the objective that freshness is held to. Newer servers take the
// native histogram that is exposed beside them.
func histogram(name, help string, from, to float64) prometheus.HistogramOpts {
	bounds := []float64{0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 86400, 7 * 86400}
	return prometheus.HistogramOpts{
		Name: name, Help: help,
		Buckets:                     slices.DeleteFunc(bounds, func(v float64) bool { return v < from || v > to }),
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
	}
}

// factory registers what it makes.
type factory struct{ r *prometheus.Registry }

func (f factory) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	f.r.MustRegister(v)
	return v
}

func (f factory) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	f.r.MustRegister(v)
	return v
}

func (f factory) histogram(o prometheus.HistogramOpts, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(o, labels)
	f.r.MustRegister(v)
	return v
}

func (f factory) single(name, help string) prometheus.Gauge {
	return f.gauge(name, help).WithLabelValues()
}

// Registry takes the metrics that others bring, such as those of a source.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }

// Stage makes all series of a stage or source, at 0: a rate over a series that appears with its first error finds nothing.
func (m *Metrics) Stage(name string) {
	for _, r := range results() {
		m.messages.WithLabelValues(name, r)
	}
	for _, g := range []*prometheus.GaugeVec{m.inFlight, m.lag, m.oldest, m.letters} {
		g.WithLabelValues(name)
	}
	m.duration.WithLabelValues(name)
	m.flow.add(name)
}

// DeadReasons makes the series of reasons for which messages die at any stage, at 0: the first death has to be seen as an increase.
func (m *Metrics) DeadReasons(stage string, reasons ...string) {
	for _, r := range reasons {
		m.dead.WithLabelValues(stage, m.reason(stage, r))
	}
}

// Begin says that a stage took a message into work. End is called once for each Begin.
func (m *Metrics) Begin(stage string) {
	m.inFlight.WithLabelValues(stage).Inc()
	m.flow.received.WithLabelValues(stage).Inc()
}

// End says what became of a message that a stage had in work. A result that is not counted, as of work cut short by a stop, is passed over.
func (m *Metrics) End(stage, result, reason string, took time.Duration) {
	m.inFlight.WithLabelValues(stage).Dec()
	m.duration.WithLabelValues(stage).Observe(took.Seconds())
	m.Count(stage, result, reason)
}

// Count counts a message of a source, or of a stage by End. reason is a short constant, used where the message was dropped or is dead.
func (m *Metrics) Count(stage, result, reason string) {
	if slices.Contains(results(), result) {
		m.messages.WithLabelValues(stage, result).Inc()
	}
	switch result {
	case "dropped":
		m.dropped.WithLabelValues(stage, m.reason(stage, reason)).Inc()
	case "dead":
		m.dead.WithLabelValues(stage, m.reason(stage, reason)).Inc()
	}
}

// maxReasons bounds the series that one stage can make.
const maxReasons = 50

func (m *Metrics) reason(stage, reason string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(m.reasons[stage], reason) {
		return reason
	}
	if len(m.reasons[stage]) >= maxReasons {
		return other
	}
	m.reasons[stage] = append(m.reasons[stage], reason)
	return reason
}

// Backlog says how many messages wait for a stage, and since when the oldest does.
func (m *Metrics) Backlog(stage string, pending uint64, oldest time.Duration) {
	m.lag.WithLabelValues(stage).Set(float64(pending))
	m.oldest.WithLabelValues(stage).Set(oldest.Seconds())
}

// Active says whether this daemon runs a stage that one daemon at a time runs.
func (m *Metrics) Active(stage string, active bool) {
	m.active.WithLabelValues(stage).Set(number(active))
}

// DeadLetters says how many dead letters of a stage are kept.
func (m *Metrics) DeadLetters(stage string, n uint64) {
	m.letters.WithLabelValues(stage).Set(float64(n))
}

// Unread counts an article that is stored and that no stage reads, by the tag of its language.
func (m *Metrics) Unread(language string) {
	m.unread.WithLabelValues(tags().value(language)).Inc()
}

// Sources says how many sources are in a state, one of a few words.
func (m *Metrics) Sources(state string, n int) { m.sources.WithLabelValues(state).Set(float64(n)) }

// Difference says by how much the account of messages is open.
func (m *Metrics) Difference(n int64) { m.difference.Set(float64(n)) }

// Fresh takes the time from the fetch of a report to the story message it made.
func (m *Metrics) Fresh(d time.Duration) { m.freshness.Observe(max(d, 0).Seconds()) }

// ArticleAge takes the time from an article's publication to its fetch.
func (m *Metrics) ArticleAge(d time.Duration) { m.articleAge.Observe(max(d, 0).Seconds()) }

// Paused says whether sources wait for the stages.
func (m *Metrics) Paused(paused bool) { m.paused.Set(number(paused)) }

// Reloaded says whether reading the configuration succeeded.
func (m *Metrics) Reloaded(ok bool) {
	m.reloaded.Set(number(ok))
	if ok {
		m.reloadedAt.SetToCurrentTime()
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}
