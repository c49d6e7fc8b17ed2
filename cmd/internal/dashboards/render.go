package main

type object = map[string]any

// Grafana's grid.
const (
	columns     = 24
	stripHeight = 4
	rowHeight   = 8
)

// schemaVersion is that of Grafana 10.4; newer ones read it and migrate.
const schemaVersion = 39

// render is the dashboard's JSON as Grafana imports it.
func (d dashboard) render() ([]byte, error) {
	var panels []object
	y := 0
	add := func(line []panel, height int) {
		for i, p := range line {
			x, next := i*columns/len(line), (i+1)*columns/len(line)
			panels = append(panels, p.render(len(panels)+1, object{"x": x, "y": y, "w": next - x, "h": height}))
		}
		y += height
	}
	add(d.strip, stripHeight)
	for _, r := range d.rows {
		panels = append(panels, object{
			"id": len(panels) + 1, "type": "row", "title": r.title, "collapsed": false, "panels": []object{},
			"gridPos": object{"x": 0, "y": y, "w": columns, "h": 1},
		})
		y++
		add(r.panels, rowHeight)
	}
	return indented(object{
		"uid": d.uid, "title": d.title, "description": d.about, "tags": []string{"rawi"}, "schemaVersion": schemaVersion, "version": 1,
		"editable": true, "graphTooltip": 1, "timezone": "browser", "refresh": "30s", "time": object{"from": "now-6h", "to": "now"},
		"templating": object{"list": variables()}, "panels": panels, "annotations": object{"list": []object{starts()}},
		"links": []object{{
			"type": "dashboards", "title": "rawi", "tags": []string{"rawi"}, "asDropdown": true, "includeVars": true, "keepTime": true,
			"icon": "dashboard", "tooltip": "The other dashboards of rawi", "targetBlank": false,
		}},
	})
}

// source is the data source that its user chose.
func source() object { return object{"type": "prometheus", "uid": "${datasource}"} }

func variables() []object {
	return []object{
		{"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0},
		{
			"name": "job", "label": "Job", "type": "query", "datasource": source(), "refresh": 1, "sort": 1, "hide": 0,
			"query":      object{"query": "label_values(rawi_build_info, job)", "refId": "job"},
			"definition": "label_values(rawi_build_info, job)",
		},
	}
}

// startsExpr is true in the minute in which a daemon was started.
const startsExpr = `time() - rawi_start_time_seconds{job="$job"} < 60`

func starts() object {
	return object{
		"name": "Starts", "enable": true, "iconColor": "blue", "datasource": source(), "expr": startsExpr,
		"step": "60s", "titleFormat": "{{instance}} was started",
	}
}

func (p panel) render(id int, at object) object {
	targets := make([]object, 0, len(p.of))
	for i, q := range p.of {
		targets = append(targets, object{
			"refId": string(rune('A' + i)), "expr": q.expr, "legendFormat": q.legend, "datasource": source(),
			"instant": p.kind != graph, "range": p.kind == graph,
			"format": map[bool]string{true: "table", false: "time_series"}[p.kind == table],
		})
	}
	return object{
		"id": id, "type": string(p.kind), "title": p.title, "description": p.about, "gridPos": at, "datasource": source(), "targets": targets,
		"fieldConfig": object{"defaults": p.defaults(), "overrides": []object{}}, "options": p.options(),
	}
}

// defaults are unit and colours of the values.
func (p panel) defaults() object {
	steps := []object{{"color": "green", "value": nil}}
	switch {
	case p.wrong.set && p.wrong.below:
		steps = []object{{"color": "red", "value": nil}, {"color": "green", "value": p.wrong.at}}
	case p.wrong.set:
		steps = append(steps, object{"color": "red", "value": p.wrong.at})
	}
	d := object{"unit": string(p.unit), "thresholds": object{"mode": "absolute", "steps": steps}}
	if p.kind == graph {
		d["custom"] = object{"drawStyle": "line", "fillOpacity": 10, "lineWidth": 1, "showPoints": "never", "spanNulls": false}
		d["color"] = object{"mode": "palette-classic"}
		if p.wrong.set {
			d["custom"].(object)["thresholdsStyle"] = object{"mode": "dashed"}
		}
	}
	if p.unit == share || p.kind == graph {
		d["min"] = 0
	}
	return d
}

func (p panel) options() object {
	switch p.kind {
	case graph:
		return object{
			"legend":  object{"displayMode": "table", "placement": "right", "calcs": []string{"lastNotNull", "max"}, "showLegend": true},
			"tooltip": object{"mode": "multi", "sort": "desc"},
		}
	case table:
		return object{"showHeader": true}
	}
	o := object{"reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}, "orientation": "auto"}
	if p.kind == bars {
		o["displayMode"] = "basic"
		return o
	}
	o["colorMode"], o["graphMode"], o["textMode"] = "value", "area", "auto"
	return o
}
