package pipeline

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
)

// serverLog hands the server's lines to slog. The server's own logger ends the process on a fatal line; this one keeps the line, so that
// the start can fail with it.
type serverLog struct {
	log  *slog.Logger
	last atomic.Pointer[string]
	mu   sync.Mutex
	past map[string]uint64 // by stream; complete once the server takes connections
}

func newServerLog(log *slog.Logger) *serverLog {
	return &serverLog{log: log.With("component", "nats-server"), past: map[string]uint64{}}
}

func (l *serverLog) Noticef(format string, v ...any) { l.say(l.log.Debug, format, v) }
func (l *serverLog) Errorf(format string, v ...any)  { l.say(l.log.Error, format, v) }
func (l *serverLog) Debugf(string, ...any)           {}
func (l *serverLog) Tracef(string, ...any)           {}

// pastEnd is what the server says of a reader that had come further than its stream goes: it sets the reader back, and tells nobody else.
// A later server may say it otherwise; then damage of the last seconds before a kill is noticed by what was written down alone.
const pastEnd = "JetStream consumer '%s > %s > %s' delivered sequence %d past last stream sequence of %d"

func (l *serverLog) Warnf(format string, v ...any) {
	if format == pastEnd && len(v) == 5 {
		stream, _ := v[1].(string)
		delivered, _ := v[3].(uint64)
		l.mu.Lock()
		l.past[stream] = max(l.past[stream], delivered)
		l.mu.Unlock()
	}
	l.say(l.log.Warn, format, v)
}

func (l *serverLog) Fatalf(format string, v ...any) {
	line := fmt.Sprintf(format, v...)
	l.last.CompareAndSwap(nil, &line)
	l.say(l.log.Error, format, v)
}

func (l *serverLog) say(at func(string, ...any), format string, v []any) {
	at("server said", "line", fmt.Sprintf(format, v...))
}

func (l *serverLog) fatal() string {
	if line := l.last.Load(); line != nil {
		return *line
	}
	return ""
}
