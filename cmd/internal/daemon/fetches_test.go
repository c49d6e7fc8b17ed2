package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"

	"rawi/pipeline/fault"
	"rawi/pipeline/outbound"
)

func TestWhatComesOfARequestIsOneWord(t *testing.T) {
	for status, want := range map[int]string{200: "2xx", 204: "2xx", 301: "3xx", 304: "304", 403: "4xx", 404: "404", 429: "429", 503: "5xx", 999: "9xx"} {
		if got := answer(status); got != want {
			t.Errorf("status %d is %q, want %q", status, got, want)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	timeout := fmt.Errorf("read: %w", os.ErrDeadlineExceeded)
	if got := failure(stopped, context.Canceled); got != "stopped" {
		t.Errorf("a request that was given up is %q, want stopped", got)
	}
	for _, row := range []struct {
		err  error
		want string
	}{
		{fault.Permanently(outbound.ReasonForbidden, errors.New("127.0.0.1")), "forbidden"},
		{timeout, "timeout"},
		{fmt.Errorf("outlet.example: %w", &net.DNSError{IsTimeout: true}), "timeout"},
		{fmt.Errorf("outlet.example: %w", &net.DNSError{IsNotFound: true}), "unreachable"},
		{errors.New("the certificate has expired"), "unreachable"},
	} {
		if got := failure(t.Context(), row.err); got != row.want {
			t.Errorf("%v is %q, want %q", row.err, got, row.want)
		}
	}
}
