package observe

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	collector "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

const (
	// collectorTimeout bounds one request: a collector that hangs costs the spans that do not fit the queue meanwhile, and nothing else.
	collectorTimeout = 5 * time.Second
	// collectorQuiet is how long a collector that fails is not spoken of again.
	collectorQuiet = time.Minute
	// largestReceipt bounds what is read of an answer, in bytes.
	largestReceipt = 64 << 10
)

// collectorClient brings batches of spans to a collector, one request at a time. It fits otlptrace.Client. OpenTelemetry's own client would link
// gRPC, and tell of failures on standard error.
type collectorClient struct {
	address string
	header  http.Header
	http    *http.Client
	log     *slog.Logger
	sent    prometheus.Counter
	failed  prometheus.Counter
	stopped context.Context //nolint:containedctx // ends what is under way when the tracer closes, whoever asked for it
	stop    context.CancelFunc

	mu    sync.Mutex
	spoke time.Time // when a failure was last logged
	away  bool
}

// Start fits otlptrace.Client; there is nothing to open.
func (c *collectorClient) Start(context.Context) error { return nil }

// Stop ends a request under way.
func (c *collectorClient) Stop(context.Context) error {
	c.stop()
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces sends one batch. What cannot be delivered is counted and gone: spans are worth no memory. It never fails, since the library
// would write the error to standard error.
func (c *collectorClient) UploadTraces(ctx context.Context, spans []*collector.ResourceSpans) error {
	n := 0
	for _, r := range spans {
		for _, s := range r.ScopeSpans {
			n += len(s.Spans)
		}
	}
	timed, cancel := context.WithTimeout(ctx, collectorTimeout)
	defer cancel()
	defer context.AfterFunc(c.stopped, cancel)()
	rejected, err := c.post(timed, spans)
	rejected = min(max(rejected, 0), n)
	if err != nil && rejected == 0 {
		rejected = n
	}
	c.sent.Add(float64(n - rejected))
	c.failed.Add(float64(rejected))
	c.tell(err, rejected)
	return nil
}

// post makes the request. The body is an ExportTraceServiceRequest, which TracesData is on the wire.
func (c *collectorClient) post(ctx context.Context, spans []*collector.ResourceSpans) (rejected int, err error) {
	plain, err := proto.Marshal(&collector.TracesData{ResourceSpans: spans})
	if err != nil {
		return 0, fmt.Errorf("encode spans: %w", err)
	}
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, err = z.Write(plain)
	if err = errors.Join(err, z.Close()); err != nil {
		return 0, fmt.Errorf("compress spans: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, &body)
	if err != nil {
		return 0, err
	}
	req.Header = c.header.Clone()
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "gzip")
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	answer, err := io.ReadAll(io.LimitReader(res.Body, largestReceipt))
	if res.StatusCode/100 != 2 {
		return 0, fmt.Errorf("the collector answers %s", res.Status)
	}
	if err != nil {
		return 0, fmt.Errorf("read the collector's answer: %w", err)
	}
	return refused(answer)
}

// refused is the number of spans that a collector says it did not take, with its reason: the partial_success of an ExportTraceServiceResponse.
func refused(answer []byte) (int, error) {
	partial := field(answer, 1, protowire.BytesType)
	count := field(partial, 1, protowire.VarintType)
	n, _ := protowire.ConsumeVarint(count)
	if n == 0 || n > 1<<30 {
		return 0, nil
	}
	reason := field(partial, 2, protowire.BytesType)
	return int(n), fmt.Errorf("the collector refuses %d spans: %s", n, told(string(reason)))
}

// field is the first field of a message with a number and type: the content of bytes, the encoded form of anything else; nil where there is none.
func field(m []byte, number protowire.Number, kind protowire.Type) []byte {
	for len(m) > 0 {
		num, is, n := protowire.ConsumeTag(m)
		if n < 0 {
			return nil
		}
		m = m[n:]
		size := protowire.ConsumeFieldValue(num, is, m)
		if size < 0 {
			return nil
		}
		if num != number || is != kind {
			m = m[size:]
			continue
		}
		if kind == protowire.BytesType {
			content, _ := protowire.ConsumeBytes(m)
			return content
		}
		return m[:size]
	}
	return nil
}

// tell logs that the collector fails, now and then, and that it is back.
func (c *collectorClient) tell(err error, lost int) {
	if c.stopped.Err() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil && c.away:
		c.away = false
		c.log.Info("the collector takes spans again")
	case err != nil && (!c.away || time.Since(c.spoke) > collectorQuiet):
		c.away, c.spoke = true, time.Now()
		c.log.Warn("spans are lost: see observe.otlp.endpoint and the collector", "lost", lost, "err", err)
	}
}
