package tables

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"rawi/stages/places"
)

// hashBytes is how much of the hash tells the tables of one user apart.
const hashBytes = 4

// hash names a user's own tables by what they hold, so that an article says with which of them it was read.
func hash(files map[string][]byte, p places.Config) (string, error) {
	if len(files) == 0 && len(p.GeoNames) == 0 {
		return "", nil
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %d\n", name, len(files[name]))
		sum.Write(files[name])
	}
	for _, name := range p.GeoNames {
		fmt.Fprintf(sum, "geonames %d\n", p.LeastPopulation)
		if err := add(sum, name); err != nil {
			return "", fmt.Errorf("geonames file %s: %w", name, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:hashBytes]), nil
}

func add(sum io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return cause(err)
	}
	defer f.Close() //nolint:errcheck // only read from
	_, err = io.Copy(sum, f)
	return err
}
