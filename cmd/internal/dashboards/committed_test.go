package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const grafanaDir = "../../../deployments/grafana"

// What is committed is what the tables here say: run go run rawi/cmd/internal/dashboards in deployments/grafana after a change.
func TestCommittedDashboardsAreThoseOfTheCode(t *testing.T) {
	var want []string
	for _, d := range all() {
		made, err := d.render()
		if err != nil {
			t.Fatal(err)
		}
		is, err := os.ReadFile(filepath.Join(grafanaDir, d.file()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(made), string(is)); diff != "" {
			t.Errorf("%s (-made +committed):\n%s", d.file(), diff)
		}
		want = append(want, d.file())
	}
	files, err := filepath.Glob(grafanaDir + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(want, filepath.Base(f)) {
			t.Errorf("%s is of no dashboard", f)
		}
	}
}

func TestEveryPanelSaysWhatItShows(t *testing.T) {
	for _, p := range allPanels() {
		if p.title == "" || len(p.about) < 15 || !strings.HasSuffix(p.about, ".") || p.unit == "" || len(p.of) == 0 {
			t.Errorf("%s: panel %q lacks a title, a sentence about it, a unit or a query", p.dashboard, p.title)
		}
		for _, q := range p.of {
			if !strings.Contains(q.expr, `"$job"`) && !strings.Contains(q.expr, "ALERTS") {
				t.Errorf("%s: %s: not of the chosen job: %s", p.dashboard, p.title, q.expr)
			}
			if strings.Contains(q.expr, "rate(") && p.kind == graph && !strings.Contains(q.expr, "$__rate_interval") && !strings.Contains(q.expr, "[1h]") {
				t.Errorf("%s: %s: a rate over a fixed time: %s", p.dashboard, p.title, q.expr)
			}
		}
	}
}

// placed is what a dashboard's JSON says of where a panel stands and where its data comes from.
type placed struct {
	ID      int
	Type    string
	GridPos struct{ X, Y, W, H int }
	Targets []struct{ Datasource struct{ UID string } }
}

func TestPanelsFillTheirLinesAndDoNotOverlap(t *testing.T) {
	for _, d := range all() {
		body, err := d.render()
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Panels []placed }
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		taken, ids := map[[2]int]int{}, map[int]bool{}
		strip, height := 0, 0
		for _, p := range doc.Panels {
			if ids[p.ID] {
				t.Errorf("%s: two panels have the id %d", d.uid, p.ID)
			}
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := taken[[2]int{x, y}]; other != 0 || x >= columns {
						t.Errorf("%s: panel %d stands on panel %d or outside, at %d, %d", d.uid, p.ID, other, x, y)
					}
					taken[[2]int{x, y}] = p.ID
				}
			}
			if p.GridPos.Y == 0 {
				strip = p.GridPos.H
			}
			height = max(height, p.GridPos.Y+p.GridPos.H)
			for _, target := range p.Targets {
				if target.Datasource.UID != "${datasource}" {
					t.Errorf("%s: panel %d reads from %q, not from the chosen source", d.uid, p.ID, target.Datasource.UID)
				}
			}
		}
		if len(taken) != height*columns {
			t.Errorf("%s: %d of %d cells are filled", d.uid, len(taken), height*columns)
		}
		if 5*strip > height {
			t.Errorf("%s: the strip that answers takes %d of %d lines, more than a fifth", d.uid, strip, height)
		}
	}
}
