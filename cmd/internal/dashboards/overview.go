package main

func overview() dashboard {
	return dashboard{
		uid: "rawi-overview", title: "rawi: overview", about: "Are stories on time, and is everything accounted for?",
		strip: []panel{
			{kind: stat, title: "Daemons up", about: "Targets that answer.", unit: count, wrong: missing(), of: one(`sum(up{job="$job"})`, "")},
			{
				kind: stat, title: "Ready", about: "0 where a daemon cannot do its work; its /readyz?verbose says why.", unit: count, wrong: missing(),
				of: one(`min(rawi_ready{job="$job"})`, ""),
			},
			{
				kind: stat, title: "Late stories", about: "Share of the last hour's stories that came later than 300 s after the fetch of their report; the objective is 1 % a month.",
				unit: share, wrong: above(0.01), of: one(`job:rawi_freshness_late:ratio_rate1h{job="$job"}`, ""),
			},
			{
				kind: stat, title: "Longest wait", about: "Age of the oldest message between the fetch and the story; pages that wait for their host are left out.",
				unit: seconds, wrong: above(300), of: one(`max(rawi_stage_oldest_pending_seconds{job="$job", stage!="crawl"})`, ""),
			},
			{
				kind: stat, title: "Not accounted for", about: "What was fetched less what it became; anything but 0 that stays is a loss or a doubling.",
				unit: count, wrong: above(1), of: one(`max(abs(rawi_conservation_difference{job="$job"}))`, ""),
			},
			{
				kind: stat, title: "Alerts", about: "Alerts of rawi that fire.", unit: count, wrong: above(1),
				of: one(`count(ALERTS{alertstate="firing", alertname=~"Rawi.*"}) or vector(0)`, ""),
			},
		},
		rows: []row{
			{"Freshness", []panel{
				{
					kind: graph, title: "Fetched to told (ours)", about: "From the fetch of a report to the story message it made. The objective: 99 % within 300 s.",
					unit: seconds, wrong: above(300), of: append(quantiles("rawi_story_freshness_seconds", ""),
						query{`histogram_quantile(0.99, sum by (le) (rate(rawi_story_freshness_seconds_bucket{job="$job"}[$__rate_interval])))`, "99 %"}),
				},
				{
					kind: graph, title: "Published to fetched (the outlet's, and our polling)", about: "From the date an article gives itself to its fetch. Archives that are read for the first time make it long.",
					unit: seconds, of: quantiles("rawi_article_age_seconds", ""),
				},
			}},
			{"Objective", []panel{
				{
					kind: graph, title: "Share of late stories", about: "Over several times: an alert needs a long and a short one at once, so that it comes soon and goes soon.",
					unit: share, wrong: above(0.01), of: []query{
						{`job:rawi_freshness_late:ratio_rate5m{job="$job"}`, "5 m"},
						{`job:rawi_freshness_late:ratio_rate1h{job="$job"}`, "1 h"},
						{`job:rawi_freshness_late:ratio_rate6h{job="$job"}`, "6 h"},
						{`job:rawi_freshness_late:ratio_rate3d{job="$job"}`, "3 d"},
					},
				},
				{
					kind: graph, title: "In and out", about: "Articles brought by sources, and story messages out. Updates of a story are messages too.",
					unit: perSecond, of: []query{
						{`sum(rate(rawi_stage_emitted_total{job="$job", stage=~"feed|crawl"}[$__rate_interval]))`, "fetched"},
						{`sum(rate(rawi_stage_emitted_total{job="$job", stage="dedup"}[$__rate_interval]))`, "decided"},
						{`sum(rate(rawi_stage_emitted_total{job="$job", stage="publish"}[$__rate_interval]))`, "told"},
					},
				},
			}},
			{"Heartbeat", []panel{
				{
					kind: graph, title: "Since the last heartbeat", about: "Goes up and down with the interval of heartbeats. A stage that leaves the others behind stands still or has a long queue.",
					unit: seconds, wrong: above(180), of: one(`time() - max by (stage) (rawi_heartbeat_seen_timestamp_seconds{job="$job"} > 0)`, "{{stage}}"),
				},
				{
					kind: graph, title: "Way of a heartbeat", about: "How long a heartbeat takes from its sending to the end of each stage: as long as an article waits in queues.",
					unit: seconds, of: quantiles("rawi_heartbeat_duration_seconds", "stage")[1:],
				},
			}},
		},
	}
}
