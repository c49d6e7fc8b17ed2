package pipeline

import (
	"testing"
	"time"
)

func TestDeliveriesOutlastTheWaitOfAnyStream(t *testing.T) {
	var waited time.Duration
	for attempts := 1; attempts < maxDeliver; attempts++ {
		waited += soonest(attempts)
		if attempts == 20 && waited > 5*time.Second {
			t.Errorf("a queue of twenty turns takes %s at least, want little more than its host asks for", waited)
		}
	}
	if least := 72 * time.Hour; waited < least {
		t.Errorf("a message that asks for no time at all uses its deliveries up in %s, want %s at least", waited, least)
	}
}
