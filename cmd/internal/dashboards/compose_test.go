package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const composeDir = "../../../deployments/compose"

func load(t *testing.T, file string, into any) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(composeDir, file))
	if err == nil {
		err = yaml.Unmarshal(body, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// container is a service of the compose file: what it is given, and where.
type container struct {
	Image       string
	Volumes     []string
	Environment map[string]string
}

// inside finds the file beside the compose file that a container sees under a path.
func (c container) inside(path string) (file string, ok bool) {
	for _, v := range c.Volumes {
		parts := strings.Split(v, ":")
		if rest, under := strings.CutPrefix(path, parts[1]); under && strings.HasPrefix(parts[0], ".") {
			return filepath.Join(composeDir, parts[0], rest), true
		}
	}
	return "", false
}

func services(t *testing.T) map[string]container {
	t.Helper()
	var compose struct {
		Services map[string]container
		Volumes  map[string]any
	}
	load(t, "compose.yaml", &compose)
	for name, s := range compose.Services {
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, named := compose.Volumes[from]; named {
				continue
			}
			if _, err := os.Stat(filepath.Join(composeDir, from)); err != nil {
				t.Errorf("service %s: %v", name, err)
			}
		}
	}
	return compose.Services
}

// TestComposeGivesPrometheusAndGrafanaWhatTheyLookFor follows every path and name from one file to the next.
func TestComposeGivesPrometheusAndGrafanaWhatTheyLookFor(t *testing.T) {
	given := services(t)
	seen := func(service, path string) {
		t.Helper()
		file, ok := given[service].inside(path)
		if _, err := os.Stat(file); !ok || err != nil {
			t.Errorf("%s looks for %s, which it is not given: %v", service, path, err)
		}
	}
	var scrape struct {
		Global struct {
			Interval string `yaml:"scrape_interval"`
		}
		Rules []string `yaml:"rule_files"`
		Jobs  []struct {
			Name   string                       `yaml:"job_name"`
			Static []struct{ Targets []string } `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	seen("prometheus", "/etc/prometheus/prometheus.yml")
	load(t, "prometheus.yml", &scrape)
	for _, r := range scrape.Rules {
		seen("prometheus", r)
	}
	if len(scrape.Rules) != 2 || len(scrape.Jobs) != 1 || scrape.Jobs[0].Name != "rawi" || !slices.Equal(scrape.Jobs[0].Static[0].Targets, []string{"rawi:8420"}) {
		t.Errorf("Prometheus scrapes %+v by the rules %v; want both rule files, and job rawi at rawi:8420", scrape.Jobs, scrape.Rules)
	}
	if listen := given["rawi"].Environment["RAWI_ADMIN_LISTEN"]; listen != "0.0.0.0:8420" {
		t.Errorf("rawi serves its metrics at %s", listen)
	}
	var sources struct {
		Datasources []struct {
			Type, URL string
			Settings  struct {
				Interval string `yaml:"timeInterval"`
			} `yaml:"jsonData"`
		}
	}
	seen("grafana", "/etc/grafana/provisioning/datasources/rawi.yaml")
	load(t, "grafana/datasource.yaml", &sources)
	if s := sources.Datasources; len(s) != 1 || s[0].Type != "prometheus" || s[0].URL != "http://prometheus:9090" || s[0].Settings.Interval != scrape.Global.Interval {
		t.Errorf("Grafana reads from %+v", s)
	}
	var providers struct {
		Providers []struct{ Options struct{ Path string } }
	}
	seen("grafana", "/etc/grafana/provisioning/dashboards/rawi.yaml")
	load(t, "grafana/dashboards.yaml", &providers)
	for _, d := range all() {
		seen("grafana", filepath.Join(providers.Providers[0].Options.Path, d.file()))
	}
	seen("grafana", given["grafana"].Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
}
