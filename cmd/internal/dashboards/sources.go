package main

func sources() dashboard {
	return dashboard{
		uid: "rawi-sources", title: "rawi: sources", about: "Which outlets answer, which bring something, and how well their pages are read.",
		strip: []panel{
			{kind: stat, title: "Sources", about: "All that are configured.", unit: count, of: one(`max(sum by (instance) (rawi_sources{job="$job"}))`, "")},
			{
				kind: stat, title: "Failing", about: "Their last looks brought an error: rawi sources list --state failing.", unit: count, wrong: above(1),
				of: one(`max(rawi_sources{job="$job", state="failing"})`, ""),
			},
			{
				kind: stat, title: "Silent", about: "They answer, and nothing useful comes: rawi sources list --state silent.", unit: count, wrong: above(1),
				of: one(`max(rawi_sources{job="$job", state="silent"})`, ""),
			},
			{
				kind: stat, title: "Changed layouts", about: "Signs that sites are read worse than they used to be.", unit: count, wrong: above(1),
				of: one(`max(sum by (instance) (rawi_layouts_changed{job="$job"}))`, ""),
			},
			{
				kind: stat, title: "Requests that fail", about: "Share of requests of a quarter of an hour that brought a 5xx, a 429, a timeout or no connection.", unit: share, wrong: above(0.2),
				of: one(`sum(job_kind:rawi_fetch_failed:rate15m{job="$job"}) / sum(job_kind:rawi_fetch:rate15m{job="$job"})`, ""),
			},
		},
		rows: []row{
			{"Health", []panel{
				{kind: graph, title: "By state", about: "How the sources are doing, counted once a minute.", unit: count, of: one(`max by (state) (rawi_sources{job="$job"})`, "{{state}}")},
				{
					kind: table, title: "Ill", about: "Outlets that fail or are silent: rawi sources show NAME says what is wrong.", unit: none,
					of: one(`max by (source) (rawi_source_healthy{job="$job"}) == 0`, "{{source}}"),
				},
				{
					kind: bars, title: "Longest without a new item", about: "Since the date of an outlet's newest item.", unit: seconds,
					of: one(`topk(10, time() - max by (source) (rawi_source_newest_item_timestamp_seconds{job="$job"} > 0))`, "{{source}}"),
				},
				{
					kind: bars, title: "Longest without a look", about: "Since an outlet was last asked.", unit: seconds,
					of: one(`topk(10, time() - max by (source) (rawi_source_last_look_timestamp_seconds{job="$job"} > 0))`, "{{source}}"),
				},
			}},
			{"Requests", []panel{
				{
					kind: graph, title: "By outcome", about: "Requests to outlets: feeds, pages, robots.txt, and what came of them.", unit: perSecond,
					of: one(`sum by (kind, outcome) (rate(rawi_fetch_total{job="$job"}[$__rate_interval])) > 0`, "{{kind}} {{outcome}}"),
				},
				{
					kind: graph, title: "Time to the answer's header", about: "95 % of requests take less.", unit: seconds,
					of: quantiles("rawi_fetch_duration_seconds", "kind")[1:],
				},
			}},
			{"Pages", []panel{
				{
					kind: graph, title: "Agreement of extractors", about: "Share of a page's blocks on which both extractors agree, by language and by whether its host is known.",
					unit: share, of: one(`sum by (host, language) (rate(rawi_extractor_agreement_ratio_sum{job="$job"}[1h])) / sum by (host, language) (rate(rawi_extractor_agreement_ratio_count{job="$job"}[1h]))`, "{{language}} {{host}}"),
				},
				{
					kind: graph, title: "Quality of pages", about: "Means of an hour: shares of 1, and for length the words against the median of the host.", unit: count,
					of: one(`sum by (signal) (rate(rawi_page_quality_sum{job="$job"}[1h])) / sum by (signal) (rate(rawi_page_quality_count{job="$job"}[1h]))`, "{{signal}}"),
				},
				{
					kind: graph, title: "Changed layouts by sign", about: "Sites whose pages are read worse than they used to be: rawi sources list --state drifting.", unit: count,
					of: one(`max by (sign) (rawi_layouts_changed{job="$job"})`, "{{sign}}"),
				},
			}},
		},
	}
}
