package main

func stages() dashboard {
	return dashboard{
		uid: "rawi-stages", title: "rawi: stages and bus", about: "Which stage holds the others up, and why?",
		strip: []panel{
			{
				kind: stat, title: "Longest queue", about: "Messages that wait for the stage with the most of them.", unit: count, wrong: above(5000),
				of: one(`max(rawi_stage_lag_messages{job="$job"})`, ""),
			},
			{
				kind: stat, title: "In work", about: "Messages that stages work on now.", unit: count,
				of: one(`sum(rawi_stage_in_flight{job="$job"})`, ""),
			},
			{
				kind: stat, title: "Busiest stage", about: "Share of its workers' time; near 1 it is what limits the rest.", unit: share, wrong: above(0.9),
				of: one(`max(job_stage:rawi_stage_utilization:ratio_rate5m{job="$job"})`, ""),
			},
			{
				kind: stat, title: "Intake paused", about: "1 while feeds and pages wait for the stages or for room on the disk.", unit: count, wrong: above(1),
				of: one(`max(rawi_intake_paused{job="$job"})`, ""),
			},
			{
				kind: stat, title: "Dead letters kept", about: "rawi dead list tells them; they are kept for 30 days.", unit: count,
				of: one(`sum(max by (stage) (rawi_dead_letters{job="$job"}))`, ""),
			},
			{
				kind: stat, title: "Who merges", about: "Daemons that run dedup: one. The others stand by.", unit: count, wrong: missing(),
				of: one(`sum(rawi_stage_active{job="$job"})`, ""),
			},
		},
		rows: []row{
			{"Queues", []panel{
				{
					kind: graph, title: "Waiting", about: "Messages that wait for each stage, as the server counts them.", unit: count,
					of: one(`max by (stage) (rawi_stage_lag_messages{job="$job"})`, "{{stage}}"),
				},
				{
					kind: graph, title: "Oldest", about: "Age of the oldest message that each stage has not finished. At crawl it waits for the turn of its host.",
					unit: seconds, wrong: above(900), of: one(`max by (stage) (rawi_stage_oldest_pending_seconds{job="$job"})`, "{{stage}}"),
				},
			}},
			{"Work", []panel{
				{
					kind: graph, title: "Received and emitted", about: "Messages taken into work, and new messages stored, by stage.", unit: perSecond,
					of: []query{
						{`sum by (stage) (rate(rawi_stage_received_total{job="$job"}[$__rate_interval]))`, "{{stage}} in"},
						{`sum by (stage) (rate(rawi_stage_emitted_total{job="$job"}[$__rate_interval]))`, "{{stage}} out"},
					},
				},
				{
					kind: graph, title: "Utilization", about: "Share of the time of its workers that a stage is at work. Pages wait for the web, and need no processor while they do.",
					unit: share, wrong: above(0.9), of: one(`job_stage:rawi_stage_utilization:ratio_rate5m{job="$job"}`, "{{stage}}"),
				},
				{
					kind: graph, title: "Time for one message", about: "95 % of attempts take less, storing the outputs included.", unit: seconds,
					of: quantiles("rawi_stage_duration_seconds", "stage")[1:],
				},
			}},
			{"What did not go through", []panel{
				{
					kind: graph, title: "Dropped on purpose", about: "By stage and reason. Heartbeats end as a drop at dedup.", unit: perSecond,
					of: one(`sum by (stage, reason) (rate(rawi_stage_dropped_total{job="$job"}[$__rate_interval]))`, "{{stage}} {{reason}}"),
				},
				{
					kind: graph, title: "Retries", about: "Attempts that failed and come again. A message is a dead letter after seven.", unit: perSecond,
					of: one(`sum by (stage) (rate(rawi_stage_messages_total{job="$job", result="retry"}[$__rate_interval]))`, "{{stage}}"),
				},
				{
					kind: graph, title: "New dead letters", about: "In an hour, by stage.", unit: count,
					of: one(`sum by (stage) (increase(rawi_stage_messages_total{job="$job", result="dead"}[1h]))`, "{{stage}}"),
				},
				{
					kind: bars, title: "Of what they died", about: "By stage and reason, since the daemons were started: rawi dead list tells which.", unit: count,
					of: one(`sum by (stage, reason) (rawi_stage_dead_total{job="$job"}) > 0`, "{{stage}} {{reason}}"),
				},
			}},
		},
	}
}
