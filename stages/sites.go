package stages

import (
	"context"
	"fmt"

	"rawi/stages/extract"
	"rawi/stages/extract/site"
	"rawi/stages/places"
)

// Sites makes rules for single sites ready for use. Its error names every rule that is wrong, or whose page is read otherwise than it promises.
func Sites(rules []site.Rule, where places.Config) (*site.Rules, error) {
	compiled, err := site.Compile(rules)
	if err != nil || len(rules) == 0 {
		return compiled, err
	}
	table, err := places.Load(where)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	if err := extract.CheckSites(context.Background(), rules, Languages(table)); err != nil {
		return nil, err
	}
	return compiled, nil
}
