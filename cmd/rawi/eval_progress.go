package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"rawi/cmd/internal/evaluate"
	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
)

// meter shows how far long work is, where somebody may be looking: on a terminal, and nowhere else.
type meter struct {
	w     io.Writer // nil where nobody looks
	thing string
	total int
	done  int
	next  time.Time // not sooner is anything written
}

// redraw is how often a meter is written anew.
const redraw = 100 * time.Millisecond

func newMeter(env environment, thing string, total int) *meter {
	m := &meter{thing: thing, total: total}
	if lively(env) {
		m.w, m.next = env.err, time.Now().Add(5*redraw) // what is done at once needs none
	}
	return m
}

func (m *meter) step() { m.to(m.done + 1) }

// to says that so much is done.
func (m *meter) to(done int) {
	m.done = done
	if m.w == nil || time.Now().Before(m.next) {
		return
	}
	m.next = time.Now().Add(redraw)
	show.Progress(m.w, true, show.Cut(m.line(), width(m.w)-1), false)
}

// line is 30 cells of bar and the figures.
func (m *meter) line() string {
	const cells = 30
	full := cells * m.done / max(m.total, 1)
	return fmt.Sprintf("[%s%s] %d of %d %s", strings.Repeat("#", full), strings.Repeat(".", cells-full), m.done, m.total, m.thing)
}

// end takes the meter off the terminal.
func (m *meter) end() {
	if m.w != nil {
		show.Progress(m.w, true, "", false)
	}
}

// metered is a stage that moves a meter on with each message.
type metered struct {
	evaluate.Stage[message.Raw, message.Detected]
	meter *meter
}

func (m metered) Process(ctx context.Context, in message.Raw) ([]message.Detected, error) {
	m.meter.step()
	return m.Stage.Process(ctx, in)
}
