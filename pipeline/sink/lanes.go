package sink

import (
	"context"
	"sync"

	"rawi/pipeline/client"
)

// lanes are the stories in hand: revisions of one story go one after the other, stories beside each other. Their number is bounded by the
// buffer of the subscription.
type lanes struct {
	mu      sync.Mutex
	waiting map[string][]*client.Delivery // by story, behind the one in work; a story without work has no entry
	work    sync.WaitGroup
}

// run posts what comes until ctx ends.
func (w *webhook) run(ctx context.Context, r *running) {
	l := &lanes{waiting: map[string][]*client.Delivery{}}
	turn := make(chan struct{}, w.cfg.Workers)
	defer l.work.Wait()
	for {
		d := r.next(ctx)
		if d == nil {
			return
		}
		l.put(d, func(d *client.Delivery) bool {
			err := w.deliver(ctx, r, turn, d)
			if err != nil && ctx.Err() == nil {
				r.log.Warn("answer for a story not sent, it comes again", "story", d.Story.ID, "err", err)
			}
			return ctx.Err() == nil
		})
	}
}

// put has do called with the delivery once those of the same story before it are done. It goes no further in a lane where do is false.
func (l *lanes) put(d *client.Delivery, do func(*client.Delivery) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	story := d.Story.ID
	if queue, busy := l.waiting[story]; busy {
		l.waiting[story] = append(queue, d)
		return
	}
	l.waiting[story] = nil
	l.work.Go(func() {
		for d := d; d != nil && do(d); {
			d = l.behind(story)
		}
	})
}

// behind is the next delivery of a story; nil where there is none, and the lane is closed.
func (l *lanes) behind(story string) *client.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.waiting[story]
	if len(queue) == 0 {
		delete(l.waiting, story)
		return nil
	}
	l.waiting[story] = queue[1:]
	return queue[0]
}
