package outbound

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"rawi/pipeline/fault"
)

const (
	// maxRatio of decoded to wire bytes: real pages stay under 50, a bomb of zeros reaches 1,000.
	maxRatio = 200
	// ratioFrom is how many decoded bytes the ratio is not looked at: a short page of one repeated letter harms nobody.
	ratioFrom = 1 << 20
	// zstdWindow is what RFC 8878 tells decoders to support; more is memory that a server makes us spend.
	zstdWindow = 8 << 20
)

// accepted is what we ask for and can decode.
const accepted = "gzip, br, zstd"

// body reads decoded bytes and counts both sides.
type body struct {
	decoded io.Reader
	wire    *counter
	watch   *watch
	release func() // gives the decoder back
	max     int64
	read    int64
	err     error // once a limit was passed every further Read fails too
	closed  bool
}

// counter counts what comes over the wire.
type counter struct {
	io.ReadCloser
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// decoded replaces an answer's body by one that decodes under the limits, and removes the headers that no longer hold.
func decoded(res *http.Response, limit int64, w *watch) (io.ReadCloser, error) {
	wire := &counter{ReadCloser: res.Body}
	b := &body{decoded: wire, wire: wire, watch: w, max: limit, release: func() {}}
	encoding := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding")))
	switch encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		b.decoded = &lateGzip{source: bufio.NewReader(wire)}
	case "br":
		b.decoded = &lateBrotli{source: wire}
	case "zstd":
		dec, err := zstd.NewReader(wire, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, fmt.Errorf("open zstd body of %s: %w", res.Request.URL.Redacted(), err)
		}
		b.decoded, b.release = dec, dec.Close
	default:
		return nil, fault.Permanently(ReasonEncoding, fmt.Errorf("%s answered in an encoding that was not asked for", res.Request.URL.Redacted()))
	}
	w.answered(wire)
	res.Header.Del("Content-Encoding")
	if encoding != "" || res.ContentLength < 0 {
		res.Header.Del("Content-Length")
		res.ContentLength = -1
	}
	// Uncompressed keeps clients that decode by Content-Type or by the path's ending from doing so a second time, without a limit.
	res.Uncompressed = true
	return b, nil
}

// lateGzip opens the stream at the first Read: an answer without a body (304, HEAD) may still be labelled gzip.
type lateGzip struct {
	source *bufio.Reader
	opened *gzip.Reader
}

func (l *lateGzip) Read(p []byte) (int, error) {
	if l.opened == nil {
		if _, err := l.source.Peek(1); err != nil {
			return 0, err
		}
		opened, err := gzip.NewReader(l.source)
		if err != nil {
			return 0, fmt.Errorf("open gzip body: %w", err)
		}
		l.opened = opened
	}
	return l.opened.Read(p)
}

// lateBrotli is the same for brotli, whose reader takes a missing body for a damaged one.
type lateBrotli struct {
	source io.Reader
	opened *brotli.Reader
}

func (l *lateBrotli) Read(p []byte) (int, error) {
	if l.opened == nil {
		buffered := bufio.NewReader(l.source)
		if _, err := buffered.Peek(1); err != nil {
			return 0, err
		}
		l.opened = brotli.NewReader(buffered)
	}
	return l.opened.Read(p)
}

// Read returns decoded bytes, or an error with the reason "too_big" or "bomb" once a limit is passed.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if room := b.max - b.read + 1; int64(len(p)) > room {
		p = p[:room] // one byte past the cap is enough to know
	}
	n, err := b.decoded.Read(p)
	b.read += int64(n)
	switch wire := b.wire.n.Load(); {
	case b.read > b.max:
		b.err = fault.Permanently(ReasonTooBig, fmt.Errorf("more than %d bytes", b.max))
		return 0, b.err
	case b.read > ratioFrom && b.read/max(wire, 1) > maxRatio:
		b.err = fault.Permanently(ReasonBomb, fmt.Errorf("%d bytes on the wire became more than %d", wire, b.read))
		return 0, b.err
	case err != nil && !errors.Is(err, io.EOF):
		err = fmt.Errorf("read body: %w", b.watch.because(err))
	}
	return n, err
}

// Close ends the connection's use and frees the decoder.
func (b *body) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	err := b.wire.Close()
	b.release()
	b.watch.end()
	return err
}
