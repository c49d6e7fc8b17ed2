package discover

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// clocked answers every request with its path, and notes when it came.
type clocked struct{ asked []time.Duration }

var midnight = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *clocked) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked = append(c.asked, time.Since(midnight))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(r.URL.Path)), Request: r}, nil
}

func ask(ctx context.Context, t *traffic, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func TestRequestsToOneHostAreSpacedAndRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire, told := &clocked{}, 0
		way := newTraffic(wire, time.Second, 5, func(string) { told++ })
		way.space("b.example", 10*time.Second)
		way.space("a.example", time.Millisecond) // not closer than all others
		for _, address := range []string{"http://a.example/1", "http://a.example/1", "http://b.example/1", "http://a.example/2", "http://b.example/2", "http://a.example/3"} {
			if body, err := ask(t.Context(), way, address); err != nil || !strings.HasSuffix(address, body) {
				t.Errorf("%s: %q, %v", address, body, err)
			}
		}
		if want := []time.Duration{0, 0, time.Second, 10 * time.Second, 10 * time.Second}; !slices.Equal(wire.asked, want) || told != 5 {
			t.Errorf("asked after %v and told %d times, want %v", wire.asked, told, want)
		}
		if _, err := ask(t.Context(), way, "http://c.example/"); !errors.Is(err, errEnough) || way.requests() != 5 {
			t.Errorf("past the bound: %v after %d requests", err, way.requests())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		way := newTraffic(&clocked{}, time.Hour, 5, func(string) {})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := ask(ctx, way, "http://a.example/1"); err != nil {
			t.Fatal(err)
		}
		if _, err := ask(ctx, way, "http://a.example/2"); !errors.Is(err, context.DeadlineExceeded) || time.Since(midnight) != time.Minute {
			t.Errorf("waited for %s: %v", time.Since(midnight), err)
		}
	})
}
