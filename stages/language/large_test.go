package language_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/language"
)

// always is a detector that knows one answer.
type always string

func (a always) Detect(string) (string, float64) { return string(a), 1 }

func headline(high bool) message.Raw {
	in := raw("Tramway Hassan Agdal")
	in.Outlet.HighAccuracy = high
	return in
}

func TestOnlyOutletsThatAskAreToldByTheLargeModels(t *testing.T) {
	loads := 0
	s := language.With(always("es"), func() language.Detector {
		loads++
		return always("it")
	})
	if got := detect(t, s, headline(false)); got.Language != "es" || loads != 0 {
		t.Errorf("an outlet that does not ask: got %s after %d loads, want es after none", got.Language, loads)
	}
	for range 2 {
		if got := detect(t, s, headline(true)); got.Language != "it" || loads != 1 {
			t.Errorf("an outlet that asks: got %s after %d loads, want it after one", got.Language, loads)
		}
	}
	if got := detect(t, s, headline(false)); got.Language != "es" {
		t.Errorf("another one after it: got %s, want es", got.Language)
	}
}

func TestLargeModelsAreLoadedOnceForAllWhoAskAtOnce(t *testing.T) {
	var loads atomic.Int32
	s := language.With(always("es"), func() language.Detector {
		loads.Add(1)
		return always("it")
	})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if out, err := s.Process(t.Context(), headline(true)); err != nil || out[0].Language != "it" {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	}
	all.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("loaded %d times", n)
	}
}
