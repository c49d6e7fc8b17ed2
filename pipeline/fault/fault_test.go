package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"rawi/pipeline/fault"
)

func TestMeaningSurvivesWrapping(t *testing.T) {
	cause := errors.New("page has no text")
	wrapped := fmt.Errorf("extract https://a.example/1: %w", fault.Permanently("no_article", cause))

	var permanent *fault.Permanent
	if !errors.As(wrapped, &permanent) || permanent.Reason != "no_article" {
		t.Fatalf("reason lost in %v", wrapped)
	}
	if !errors.Is(wrapped, cause) {
		t.Fatalf("cause lost in %v", wrapped)
	}

	var delayed *fault.Delayed
	if !errors.As(fmt.Errorf("fetch: %w", fault.After(time.Minute, cause)), &delayed) || delayed.Delay != time.Minute {
		t.Fatal("delay lost")
	}
	var drop *fault.Drop
	if !errors.As(fmt.Errorf("language: %w", fault.Dropped("no_text")), &drop) || drop.Reason != "no_text" {
		t.Fatal("drop reason lost")
	}
}

func TestNilCauseStillSaysWhy(t *testing.T) {
	var delayed *fault.Delayed
	if got := fault.Permanently("bad_html", nil).Error(); got != "bad_html: bad_html" {
		t.Errorf("got %q", got)
	}
	if !errors.As(fault.After(-time.Second, nil), &delayed) || delayed.Delay != 0 {
		t.Error("a negative delay must count as zero")
	}
}
