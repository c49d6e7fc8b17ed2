package config

import (
	"fmt"
	"path/filepath"

	"rawi/stages/extract/site"
)

// SitesDir is the folder beside a configuration file whose *.yaml files are read as rules for single sites too, in the order of their names.
const SitesDir = "sites.d"

// siteList is a file of rules for sites.
type siteList struct {
	Sites []site.Rule `yaml:"sites"`
}

// readSites appends the rules of SitesDir beside the configuration at path, and reads the page of every rule, which lies beside the file that
// holds the rule.
func (l *Loaded) readSites(path string) error {
	if path == "" {
		return nil // there is nothing beside it
	}
	if err := readPages(filepath.Dir(path), path, l.Sites); err != nil {
		return err
	}
	files, err := ownFiles(path, SitesDir)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Join(filepath.Dir(path), file)
		data, err := readBounded(name)
		if err != nil {
			return fmt.Errorf("read rules for sites: %w", err)
		}
		var list siteList
		if _, err := parse(name, data, &list); err != nil {
			return err
		}
		if err := readPages(filepath.Dir(name), name, list.Sites); err != nil {
			return err
		}
		l.Sites = append(l.Sites, list.Sites...)
	}
	return nil
}

// readPages reads the pages that rules name.
func readPages(dir, file string, rules []site.Rule) error {
	for i := range rules {
		page := &rules[i].Page
		if page.File == "" {
			continue // said when the rules are checked
		}
		name := page.File
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		body, err := readBounded(name)
		if err != nil {
			return fmt.Errorf("%s: site %q: page: %w", file, rules[i].Host, err)
		}
		page.Body = body
	}
	return nil
}
