package pipeline

import (
	"context"
	"slices"
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
			p.measureStore(ctx)
		}
		if turn%5 == 0 {
			p.metrics.Ready(p.Ready(ctx) == nil)
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

// observe takes what a message of news tells: its language, and the two delays that readers feel, that of the outlet and ours. What a person
// decides is as old as the stories it is about, so that it tells of no delay; nor does what a replay makes.
func (p *Pipeline) observe(m message.Message) {
	switch m := m.(type) {
	case message.Detected:
		p.metrics.Language(m.Language)
	case message.Article:
		if !m.Published.Time.IsZero() && !m.Fetched.IsZero() {
			p.metrics.ArticleAge(m.Fetched.Sub(m.Published.Time))
		}
	case message.Story:
		if !m.Decision.At.IsZero() && m.Decision.Hand == nil && m.Change != message.ChangeRetract {
			p.metrics.Fresh(time.Since(m.Decision.At))
		}
	}
}

// decided counts the decision that a state carries. Of several states that follow from one decision the first is the deciding one.
func (p *Pipeline) decided(m message.Message) {
	if s, ok := m.(message.State); ok {
		p.metrics.Decision(s.Story.Decision.Outcome, across(s.Members))
	}
}

// across reports whether the reports of a story are in several languages.
func across(members []message.Member) bool {
	return slices.ContainsFunc(members, func(m message.Member) bool { return m.Language != members[0].Language })
}

// measureStore takes how much of the store is used.
func (p *Pipeline) measureStore(ctx context.Context) {
	for _, l := range layouts() {
		s, err := p.bus.js.Stream(ctx, l.name)
		if err != nil {
			if ctx.Err() == nil {
				p.log.Debug("stream not measured", "stream", l.name, "err", err)
			}
			continue
		}
		info := s.CachedInfo()
		p.metrics.Stream(l.name, info.State.Bytes, uint64(max(info.Config.MaxBytes, 0)), info.State.Msgs)
	}
	p.metrics.Disk(p.disk.room(p.bus.server != nil))
}
