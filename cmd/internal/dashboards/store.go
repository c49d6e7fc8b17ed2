package main

func store() dashboard {
	return dashboard{
		uid: "rawi-store", title: "rawi: store and process", about: "Room, memory, processors, and what runs.",
		strip: []panel{
			{
				kind: stat, title: "Fullest stream", about: "Share of its limit. From 90 % on old messages make room, but for STATE.", unit: share, wrong: above(0.95),
				of: one(`max(rawi_store_bytes{job="$job"} / rawi_store_limit_bytes{job="$job"})`, ""),
			},
			{
				kind: stat, title: "Disk left", about: "Where an embedded server's store lies; nothing for a server elsewhere.", unit: size,
				of: one(`min(rawi_store_disk_free_bytes{job="$job"})`, ""),
			},
			{kind: stat, title: "Memory", about: "Of the largest daemon.", unit: size, of: one(`max(process_resident_memory_bytes{job="$job"})`, "")},
			{kind: stat, title: "Started", about: "The youngest daemon.", unit: when, of: one(`max(rawi_start_time_seconds{job="$job"}) * 1000`, "")},
			{
				kind: stat, title: "Configuration", about: "0 where a daemon could not read its configuration again: rawi check says why.", unit: count, wrong: missing(),
				of: one(`min(rawi_config_last_reload_successful{job="$job"})`, ""),
			},
			{kind: stat, title: "Configuration read", about: "The oldest one in use.", unit: when, of: one(`min(rawi_config_last_reload_success_timestamp_seconds{job="$job"}) * 1000`, "")},
		},
		rows: []row{
			{"Store", []panel{
				{
					kind: graph, title: "Use of the limits", about: "Size of each stream against its share of max_store_bytes.", unit: share, wrong: above(0.95),
					of: one(`max by (stream) (rawi_store_bytes{job="$job"} / rawi_store_limit_bytes{job="$job"})`, "{{stream}}"),
				},
				{kind: graph, title: "Size", about: "Of each stream, compressed as it lies on the disk.", unit: size, of: one(`max by (stream) (rawi_store_bytes{job="$job"})`, "{{stream}}")},
				{
					kind: graph, title: "Disk", about: "What is left, and below how much sources pause.", unit: size,
					of: []query{
						{`min by (instance) (rawi_store_disk_free_bytes{job="$job"})`, "{{instance}} left"},
						{`max by (instance) (rawi_store_disk_wanted_bytes{job="$job"})`, "{{instance}} wanted"},
					},
				},
			}},
			{"Process", []panel{
				{
					kind: graph, title: "Memory", about: "Resident, and what Go has in use.", unit: size,
					of: []query{
						{`process_resident_memory_bytes{job="$job"}`, "{{instance}} resident"}, {`go_memstats_heap_inuse_bytes{job="$job"}`, "{{instance}} heap"},
					},
				},
				{kind: graph, title: "Processors", about: "Seconds of processor a second.", unit: count, of: one(`rate(process_cpu_seconds_total{job="$job"}[$__rate_interval])`, "{{instance}}")},
				{
					kind: graph, title: "Goroutines and files", about: "Both are flat on a healthy daemon.", unit: count,
					of: []query{{`go_goroutines{job="$job"}`, "{{instance}} goroutines"}, {`process_open_fds{job="$job"}`, "{{instance}} files"}},
				},
			}},
			{"What runs", []panel{
				{kind: table, title: "Versions", about: "Of rawi and of Go, by daemon.", unit: none, of: one(`rawi_build_info{job="$job"}`, "{{instance}} {{version}}")},
				{
					kind: graph, title: "Starts", about: "Restarts of each daemon in an hour.", unit: count,
					of: one(`changes(rawi_start_time_seconds{job="$job"}[1h])`, "{{instance}}"),
				},
			}},
		},
	}
}
