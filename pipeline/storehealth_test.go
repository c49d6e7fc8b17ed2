package pipeline

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func TestAStreamThatTakesMessagesSaysNothingOfOneThatIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s storeHealth
		full := &jetstream.APIError{ErrorCode: codeStoreFailed}
		for range 40 {
			s.refused(quiet(), streamArticles, full)
			s.accepted(quiet(), streamState)
			if s.trouble() == nil {
				t.Fatal("all is well while a stream is full")
			}
			time.Sleep(time.Second) // of the bubble's clock
		}
		s.accepted(quiet(), streamArticles)
		if err := s.trouble(); err != nil {
			t.Errorf("there was room: %v", err)
		}
	})
}

func TestARefusalThatNobodyMeetsAgainIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s storeHealth
		s.refused(quiet(), streamDead, errors.New("timeout"))
		time.Sleep(refusalLapse + time.Second)
		if err := s.trouble(); err != nil {
			t.Errorf("still in trouble: %v", err)
		}
	})
}

func TestOnlySilenceOfTheServerIsUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s storeHealth
		fail := func(err error) error {
			for range 6 {
				s.refused(quiet(), streamRaw, err)
				time.Sleep(time.Second)
			}
			return s.unheard(5 * time.Second)
		}
		if err := fail(&jetstream.APIError{ErrorCode: codeNoResources}); err != nil {
			t.Errorf("an answer counts as silence: %v", err)
		}
		if fail(errors.New("timeout")) == nil {
			t.Error("silence was not noticed")
		}
		s.accepted(quiet(), streamState)
		if err := s.unheard(0); err != nil {
			t.Errorf("the server was heard: %v", err)
		}
	})
}
