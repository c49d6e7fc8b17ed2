package pipeline

import (
	"fmt"
	"log/slog"
	"sync/atomic"
)

// serverLog hands the server's lines to slog. The server's own logger ends the process on a fatal line; this one keeps the line, so that
// the start can fail with it.
type serverLog struct {
	log  *slog.Logger
	last atomic.Pointer[string]
}

func (l *serverLog) Noticef(format string, v ...any) { l.say(l.log.Debug, format, v) }
func (l *serverLog) Warnf(format string, v ...any)   { l.say(l.log.Warn, format, v) }
func (l *serverLog) Errorf(format string, v ...any)  { l.say(l.log.Error, format, v) }
func (l *serverLog) Debugf(string, ...any)           {}
func (l *serverLog) Tracef(string, ...any)           {}

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
