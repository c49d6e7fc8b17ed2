package evaluate

import (
	"context"
	"fmt"

	"rawi/pipeline/message"
)

// Articles are what the line's language and extract stages make of labelled reports, by the id of the report. A report that they drop, or
// in a language without an extractor, has none.
func Articles(ctx context.Context, reports []Labelled, line Line) (map[string]message.Article, error) {
	out := make(map[string]message.Article, len(reports))
	for _, r := range reports {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("extract labelled reports: %w", err)
		}
		detected, err := line.Language.Process(ctx, raw(r))
		if err != nil || len(detected) == 0 {
			continue
		}
		extract, ok := line.Extract[detected[0].Language]
		if !ok {
			continue
		}
		if articles, err := extract.Process(ctx, detected[0]); err == nil && len(articles) > 0 {
			out[r.ID] = articles[0]
		}
	}
	return out, nil
}
