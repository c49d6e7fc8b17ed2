package daemon

import (
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"

	"rawi/config"
	"rawi/pipeline/api"
	"rawi/pipeline/outbound"
	"rawi/stages/crawl"
	"rawi/stages/feed"
)

// Reload takes the sources, the tables, the rules for sites and the level of the log of a new configuration up, or keeps the running ones where err
// says that the new one is wrong, or a table, a rule or the file of tokens is. Other changed settings need a restart, and are named. The log says
// what came of it.
func (d *Daemon) Reload(cfg config.Config, err error) { _ = d.take(cfg, err) }

// take does what Reload says, and returns why the running configuration stays.
func (d *Daemon) take(cfg config.Config, err error) error {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	var access api.Access
	if err == nil {
		access, err = d.accessOf(d.running.Admin)
	}
	if err == nil {
		err = d.setReading(cfg)
	}
	d.metrics.Reloaded(err == nil)
	if err != nil {
		d.log.Error("configuration not reloaded, the running one stays", "err", err)
		return err
	}
	d.api.SetAccess(access)
	d.level.Set(cfg.Log.Level, "the configuration")
	d.running.Log.Level = cfg.Log.Level
	if keys := needRestart(d.running, cfg); len(keys) > 0 {
		d.log.Warn("changed settings need a restart", "keys", keys)
	}
	d.running.Sources, d.running.Sites, d.running.Tables, d.running.Places = cfg.Sources, cfg.Sites, cfg.Tables, cfg.Places
	d.setSources(d.running)
	d.running.Sinks = cfg.Sinks
	if err := d.sinks.apply(cfg.Sinks); err != nil {
		d.log.Error("a sink does not run", "err", err)
	}
	d.log.Info("sources and tables reloaded", "sources", len(cfg.Sources), "sites", len(cfg.Sites), "tables", cfg.Tables.Dir)
	return nil
}

// reloaded are the top-level keys that need no restart.
var reloaded = []string{"sources", "sinks", "source_files", "sites", "tables", "places"}

// needRestart names the top-level keys other than those in which two configurations differ.
func needRestart(is, want config.Config) []string {
	var keys []string
	a, b := reflect.ValueOf(is), reflect.ValueOf(want)
	for _, f := range reflect.VisibleFields(a.Type()) {
		key := f.Tag.Get("yaml")
		if f.Anonymous || key == "" || slices.Contains(reloaded, key) || len(f.Index) > 2 {
			continue
		}
		if !reflect.DeepEqual(a.FieldByIndex(f.Index).Interface(), b.FieldByIndex(f.Index).Interface()) {
			keys = append(keys, key)
		}
	}
	return keys
}

// setSources tells everybody who is to be fetched.
func (d *Daemon) setSources(cfg config.Config) {
	exceptions := append([]outbound.Exception(nil), cfg.Outbound.Exceptions...)
	var feeds []feed.Feed
	var sections []crawl.Section
	for _, s := range cfg.Sources {
		if s.Paused {
			continue
		}
		exceptions = append(exceptions, Exceptions(s)...)
		feeds = append(feeds, s.Polled()...)
		sections = append(sections, s.Watched()...)
	}
	d.outlets.set(cfg.Sources)
	d.guard.Allow(exceptions)
	d.feeds.SetFeeds(feeds)
	d.sections.SetSections(sections)
}

// Exceptions opens the hosts of a source that says so to the addresses it names, on the ports of its own addresses.
func Exceptions(s config.Source) []outbound.Exception {
	if len(s.Allow) == 0 {
		return nil
	}
	var prefixes []netip.Prefix
	for _, text := range s.Allow {
		if p, err := netip.ParsePrefix(text); err == nil { // config has checked them
			prefixes = append(prefixes, p)
		}
	}
	var all []outbound.Exception
	for _, address := range s.Addresses() {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		e := outbound.Exception{Host: u.Hostname(), Prefixes: prefixes}
		if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
			e.Ports = []uint16{uint16(port)}
		}
		all = append(all, e)
	}
	return all
}
