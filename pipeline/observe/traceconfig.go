package observe

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Config says where the traces of messages are sent.
type Config struct {
	// OTLP is a collector of OpenTelemetry.
	OTLP OTLP `yaml:"otlp"`
}

// OTLP names a collector that takes spans over HTTP.
type OTLP struct {
	// Endpoint is its address, such as http://127.0.0.1:4318; /v1/traces is added where it has no path. Empty: nothing is recorded.
	Endpoint string `yaml:"endpoint"`
	// Headers is the path of a file with the headers that go with every request, one "Name: value" a line: a token, mostly.
	Headers string `yaml:"headers"`
	// Ratio is the share of the traces that are recorded, from 0 to 1. It is told by the trace's id, so that all daemons record the same ones.
	Ratio float64 `yaml:"ratio"`
}

// Default records nothing, and all traces once there is an endpoint.
func Default() Config { return Config{OTLP: OTLP{Ratio: 1}} }

// Validate reports every setting that cannot work, by its key.
func (c Config) Validate() error {
	var errs []error
	if _, err := c.OTLP.address(); err != nil {
		errs = append(errs, err)
	}
	if !(c.OTLP.Ratio >= 0 && c.OTLP.Ratio <= 1) { // what is no number is neither
		errs = append(errs, fmt.Errorf("otlp.ratio: %g is not between 0 and 1", c.OTLP.Ratio))
	}
	if c.OTLP.Headers != "" && c.OTLP.Endpoint == "" {
		errs = append(errs, errors.New("otlp.headers: there is nobody to send them to, set otlp.endpoint too"))
	}
	return errors.Join(errs...)
}

// address is where spans are sent to; empty where they are not.
func (o OTLP) address() (string, error) {
	if o.Endpoint == "" {
		return "", nil
	}
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", errors.New("otlp.endpoint: want the collector's address for OTLP over HTTP, such as http://127.0.0.1:4318")
	}
	if u.User != nil {
		return "", errors.New("otlp.endpoint: no password in the address, please: put an Authorization header into the file of otlp.headers")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}

// largestHeaders bounds the file of headers, in bytes.
const largestHeaders = 64 << 10

// headers reads the file of headers. Its values are secrets and stand in no error.
func (o OTLP) headers() (http.Header, error) {
	h := http.Header{}
	if o.Headers == "" {
		return h, nil
	}
	info, err := os.Stat(o.Headers)
	if err != nil {
		return nil, fmt.Errorf("observe.otlp.headers: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > largestHeaders {
		return nil, fmt.Errorf("observe.otlp.headers: %s: want a file of at most %d KiB", o.Headers, largestHeaders>>10)
	}
	data, err := os.ReadFile(o.Headers)
	if err != nil {
		return nil, fmt.Errorf("observe.otlp.headers: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, largestHeaders+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !found || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf(`observe.otlp.headers: %s:%d: want "Name: value"`, o.Headers, n)
		}
		h.Add(name, value)
	}
	return h, lines.Err()
}
