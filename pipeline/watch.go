package pipeline

import (
	"context"
	"time"

	"rawi/pipeline/message"
)

// watch looks at the consumers once a second: for metrics, for back-pressure, and once a minute for the account.
func (p *Pipeline) watch(ctx context.Context) {
	open := 0
	for turn := 0; ; turn++ {
		p.beat.Store(time.Now().UnixNano())
		p.lookAtStages(ctx)
		p.lookAtDisk(ctx)
		p.lookAtClock(ctx)
		if turn%3 == 0 {
			p.lookAtPeers(ctx)
		}
		if turn%15 == 0 {
			p.lookAtDead(ctx)
			p.lookAtAdvisories(ctx)
			p.makeRoom(ctx)
		}
		if turn%5 == 4 {
			p.bus.lookAtStore(ctx) // a kill leaves at most so much unsaid
		}
		if turn%60 == 59 {
			open = p.checkSum(ctx, open)
		}
		if !pause(ctx, p.tuning.watch) {
			return
		}
	}
}

// lookAtStages shuts the gate for sources when a stage has too much to do, and opens it again well below that.
func (p *Pipeline) lookAtStages(ctx context.Context) {
	var most uint64
	for _, c := range p.stages {
		if err := c.refresh(ctx); err != nil {
			if ctx.Err() == nil {
				c.log.Debug("consumer not read", "err", err)
			}
			continue
		}
		pending, _, oldest := c.back.get()
		most = max(most, pending)
		p.metrics.Backlog(c.Name, pending, oldest)
	}
	high := uint64(max(p.bus.cfg.HighWater, 1))
	switch {
	case most >= high && p.gate.set(true):
		p.metrics.Paused(p.paused())
		p.log.Warn("sources pause until the stages have caught up", "pending", most, "high_water", high)
	case most < high-high/5 && p.gate.set(false):
		p.metrics.Paused(p.paused())
		p.log.Info("sources go on", "pending", most)
	}
}

func (p *Pipeline) lookAtDead(ctx context.Context) {
	byStage, err := p.bus.deadLetters(ctx)
	if err != nil {
		if ctx.Err() == nil {
			p.log.Debug("dead letters not counted", "err", err)
		}
		return
	}
	for _, c := range p.stages {
		p.metrics.DeadLetters(c.Name, byStage[message.Token(c.Name)])
	}
	for _, s := range p.sources {
		p.metrics.DeadLetters(s.name, byStage[message.Token(s.name)])
	}
}

func (p *Pipeline) lookAtAdvisories(ctx context.Context) {
	if err := p.readAdvisories(ctx); err != nil && ctx.Err() == nil {
		p.log.Warn("messages that the server gave up are not dead letters yet, trying again", "err", err)
	}
}

// checkSum returns how many times in a row the account was open. The first time may be a moment between two counts.
func (p *Pipeline) checkSum(ctx context.Context, open int) int {
	sum, err := p.Sum(ctx)
	if err != nil {
		return open
	}
	p.metrics.Difference(sum.Difference)
	if sum.Closed() {
		return 0
	}
	if open++; open >= 2 {
		p.sayMissing(ctx, sum)
	}
	return open
}

// observeAges takes the two delays that readers feel: that of the outlet, and ours.
func (p *Pipeline) observeAges(m message.Message) {
	switch m := m.(type) {
	case message.Article:
		if !m.Published.Time.IsZero() && !m.Fetched.IsZero() {
			p.metrics.ArticleAge(m.Fetched.Sub(m.Published.Time))
		}
	case message.Story:
		if !m.Decision.At.IsZero() && m.Change != message.ChangeRetract {
			p.metrics.Fresh(time.Since(m.Decision.At))
		}
	}
}
