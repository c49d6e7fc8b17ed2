package daemon

import (
	"context"
	"os"
	"time"

	"rawi/config"
	"rawi/pipeline/observe"
)

// tracerTimeout bounds the wait for a collector at a stop: the last spans are worth a little of it.
const tracerTimeout = 3 * time.Second

// openTracer prepares the recording of traces where the configuration names a collector.
func (d *Daemon) openTracer(ctx context.Context, cfg config.Config) (err error) {
	name := cfg.Name
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	d.tracer, err = observe.OpenTracer(ctx, cfg.Observe.OTLP, observe.Process{Name: name, Version: d.version}, d.metrics, d.log)
	return err
}

// closeTracer sends the spans that wait. That some are lost is no failure of the stop.
func (d *Daemon) closeTracer(ctx context.Context) {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracerTimeout)
	defer cancel()
	if err := d.tracer.Close(timed); err != nil {
		d.log.Warn("tracing", "err", err)
	}
}
