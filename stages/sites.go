package stages

import (
	"context"

	"rawi/stages/extract"
	"rawi/stages/extract/site"
)

// Sites makes rules for single sites ready for use. Its error names every rule that is wrong, or whose page is read otherwise than it promises.
func Sites(rules []site.Rule, languages []extract.Language) (*site.Rules, error) {
	compiled, err := site.Compile(rules)
	if err != nil || len(rules) == 0 {
		return compiled, err
	}
	if err := extract.CheckSites(context.Background(), rules, languages); err != nil {
		return nil, err
	}
	return compiled, nil
}
