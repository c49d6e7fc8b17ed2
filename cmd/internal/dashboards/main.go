// Command dashboards writes the Grafana dashboards into deployments/grafana from the tables of panels here. Run it in that directory after a
// change (go run rawi/cmd/internal/dashboards); a test fails where what is committed differs.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "dashboards:", err)
		os.Exit(1)
	}
}

// write puts every dashboard into dir.
func write(dir string) error {
	for _, d := range all() {
		body, err := d.render()
		if err != nil {
			return fmt.Errorf("%s: %w", d.uid, err)
		}
		if err := os.WriteFile(filepath.Join(dir, d.file()), body, 0o644); err != nil { //nolint:gosec // sources are read by all
			return err
		}
	}
	return nil
}

func all() []dashboard { return []dashboard{overview(), stages(), sources(), stories(), store()} }

func indented(v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", "  ")
	return append(body, '\n'), err
}
