package daemon

import (
	"context"
	"sync"
	"time"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/extract/host"
)

// Signals by which the quality of pages is measured: the values of the metric's label.
const (
	signalAgreement   = "agreement"
	signalDescription = "description"
	signalDamaged     = "damaged"
	signalLength      = "length"
)

// openExtract gives the extractors what is known of hosts and the rules for sites, and listens to what they notice.
func (d *Daemon) openExtract(ctx context.Context, cfg config.Config) (extract.Parts, error) {
	if err := d.setReading(cfg); err != nil {
		return extract.Parts{}, err
	}
	hosts, err := registry.Hosts(ctx, d.bus)
	if err != nil {
		return extract.Parts{}, err
	}
	for _, state := range []string{host.Changed, host.Recovered, host.Settled} {
		d.metrics.LayoutChange(state, 0)
	}
	d.countLayouts(nil)
	listener := &listener{daemon: d}
	return extract.Parts{Hosts: hosts, Sites: d.sites, Told: listener.hear}, nil
}

// setReading puts the tables and the rules for single sites into force, all of them or none: when every table is right, and every rule has read
// its page as it promises.
func (d *Daemon) setReading(cfg config.Config) error {
	tables, err := stages.Open(cfg.Tables, cfg.Places)
	if err != nil {
		return err
	}
	rules, err := stages.Sites(cfg.Sites, tables.Languages())
	if err != nil {
		return err
	}
	d.tables.Take(tables)
	d.sites.Set(rules)
	return nil
}

// countLayouts keeps the metric of the sites whose layout changed.
func (d *Daemon) countLayouts(changed []host.Change) {
	counts := map[string]int{}
	for _, c := range changed {
		for _, sign := range c.Signs {
			counts[sign]++
		}
	}
	for _, sign := range host.Signs() {
		d.metrics.Layouts(sign, counts[sign])
	}
}

// quiet is how long a store that fails is not spoken of again.
const quiet = time.Minute

// listener turns what extractors notice into metrics and the log.
type listener struct {
	daemon *Daemon

	mu     sync.Mutex
	failed time.Time // when a failure was last logged
}

func (l *listener) hear(n extract.Notice) {
	m := l.daemon.metrics
	for signal, value := range map[string]float64{
		signalAgreement: n.Signals.Agreement, signalDescription: n.Signals.Description, signalDamaged: n.Signals.Damaged,
	} {
		if value >= 0 && !n.Signals.Empty {
			m.PageQuality(signal, value)
		}
	}
	if a := n.Signals.Agreement; a >= 0 && !n.Signals.Empty {
		m.Agreement(a, n.Length > 0, n.Language)
	}
	if n.Length > 0 {
		m.PageQuality(signalLength, n.Length)
	}
	if c := n.Change; c != nil {
		m.LayoutChange(c.State, 1)
		l.tell(*c)
	}
	if n.Err != nil {
		l.fail(n.Err)
	}
}

// tell says a change once, in words.
func (l *listener) tell(c host.Change) {
	log := l.daemon.log.With("source", c.Outlet, "host", c.Host, "lang", c.Language, "signs", c.Signs, "since", c.Since)
	if c.State == host.Changed {
		log.Warn("a site changed its layout", "told", c.String())
		return
	}
	log.Info("a site that changed its layout is read as usual", "told", c.String())
}

// fail says that articles are read without what is known of their hosts, not with every article.
func (l *listener) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.failed) < quiet {
		return
	}
	l.failed = time.Now()
	l.daemon.log.Warn("articles are read without what is known of their hosts", "err", err)
}
