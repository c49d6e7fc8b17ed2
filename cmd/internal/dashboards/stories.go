package main

func stories() dashboard {
	return dashboard{
		uid: "rawi-stories", title: "rawi: stories and merging", about: "What comes in, in which languages, and what becomes of it.",
		strip: []panel{
			{kind: stat, title: "Articles in 24 h", about: "With a language, read or not.", unit: count, of: one(`sum(increase(rawi_articles_total{job="$job"}[24h]))`, "")},
			{
				kind: stat, title: "New stories in 24 h", about: "Decisions that opened a story.", unit: count,
				of: one(`sum(increase(rawi_merge_decisions_total{job="$job", outcome="new"}[24h]))`, ""),
			},
			{
				kind: stat, title: "Joined", about: "Share of the day's reports that joined a story, copies included.", unit: share,
				of: one(`sum(increase(rawi_merge_decisions_total{job="$job", outcome=~"join|copy|merge"}[24h])) / sum(increase(rawi_merge_decisions_total{job="$job", outcome=~"new|join|copy|merge"}[24h]))`, ""),
			},
			{
				kind: stat, title: "Across languages", about: "Share of the day's joins that went to a story with reports in several languages.", unit: share,
				of: one(`sum(increase(rawi_merge_decisions_total{job="$job", outcome=~"join|copy|merge", languages="across"}[24h])) / sum(increase(rawi_merge_decisions_total{job="$job", outcome=~"join|copy|merge"}[24h]))`, ""),
			},
			{
				kind: stat, title: "Not read", about: "Share of the day's articles in languages that no stage reads; they are kept on news.lang.<tag>.", unit: share,
				of: one(`sum(increase(rawi_unread_articles_total{job="$job"}[24h])) / sum(increase(rawi_articles_total{job="$job"}[24h]))`, ""),
			},
		},
		rows: []row{
			{"Articles", []panel{
				{
					kind: graph, title: "By language", about: "As the language stage decides; und where it cannot.", unit: perSecond,
					of: one(`sum by (language) (rate(rawi_articles_total{job="$job"}[$__rate_interval])) > 0`, "{{language}}"),
				},
				{
					kind: bars, title: "Shares of languages in 24 h", about: "A share that jumps is a source that changed, or the language stage.", unit: share,
					of: one(`sum by (language) (increase(rawi_articles_total{job="$job"}[24h])) / on () group_left () sum(increase(rawi_articles_total{job="$job"}[24h])) > 0`, "{{language}}"),
				},
			}},
			{"Decisions", []panel{
				{
					kind: graph, title: "By outcome", about: "New story, joined, copy, revision, merge of stories, by hand, taken back.", unit: perSecond,
					of: one(`sum by (outcome) (rate(rawi_merge_decisions_total{job="$job"}[$__rate_interval])) > 0`, "{{outcome}}"),
				},
				{
					kind: graph, title: "Joins within and across languages", about: "Across: the story has reports in several languages.", unit: perSecond,
					of: one(`sum by (languages) (rate(rawi_merge_decisions_total{job="$job", outcome=~"join|copy|merge"}[$__rate_interval]))`, "{{languages}}"),
				},
			}},
			{"Kept", []panel{
				{
					kind: graph, title: "States and story messages kept", about: "STATE has one message a story of 430 days, STORIES the last 20 revisions of each of 90.", unit: count,
					of: one(`max by (stream) (rawi_store_messages{job="$job", stream=~"STATE|STORIES"})`, "{{stream}}"),
				},
				{
					kind: graph, title: "Time for one decision", about: "Of dedup, writing the state included. It is one goroutine: at 1/s of this it is full.", unit: seconds,
					of: []query{
						{`histogram_quantile(0.5, sum by (le) (rate(rawi_stage_duration_seconds_bucket{job="$job", stage="dedup"}[$__rate_interval])))`, "median"},
						{`histogram_quantile(0.95, sum by (le) (rate(rawi_stage_duration_seconds_bucket{job="$job", stage="dedup"}[$__rate_interval])))`, "95 %"},
					},
				},
			}},
		},
	}
}
