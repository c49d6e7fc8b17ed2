package pipeline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

func TestAServerWithoutALeaderIsAskedUntilItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ask := func() error {
			if time.Since(began) < 15*time.Second {
				return nats.ErrNoResponders
			}
			return nil
		}
		if err := patiently(t.Context(), ask); err != nil || time.Since(began) > 17*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		began = time.Now().Add(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := patiently(ctx, ask); !errors.Is(err, nats.ErrNoResponders) || ctx.Err() == nil {
			t.Errorf("without an answer until its time is over: %v", err)
		}
		asked := 0
		err := patiently(t.Context(), func() error { asked++; return nats.ErrConnectionClosed })
		if !errors.Is(err, nats.ErrConnectionClosed) || asked != 1 {
			t.Errorf("a connection that is closed for good was asked %d times: %v", asked, err)
		}
	})
}
