package observe

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// Places of the parts of a traceparent, "00-<trace id>-<span id>-<flags>". https://www.w3.org/TR/trace-context/
const (
	traceAt, spanAt, flagsAt = 3, 36, 53
	traceparentLength        = 55
)

// sampled is the flag by which a traceparent says that its span is recorded.
const sampled = "01"

// TraceID is the trace that a W3C traceparent names; empty where the text is no valid one, whoever wrote it.
func TraceID(parent string) string {
	if !validTraceparent(parent) {
		return ""
	}
	return parent[traceAt : spanAt-1]
}

// NextSpan is the traceparent of a new span in the trace of parent, or of the first span of a new trace where parent is not valid. Nobody has
// recorded it, and it says so.
func NextSpan(parent string) string {
	var id [24]byte
	_, _ = rand.Read(id[:]) // never fails
	var out [traceparentLength]byte
	copy(out[:], "00-")
	hex.Encode(out[traceAt:], id[:16])
	if old := TraceID(parent); old != "" {
		copy(out[traceAt:], old)
	}
	out[spanAt-1] = '-'
	hex.Encode(out[spanAt:], id[16:])
	copy(out[flagsAt-1:], "-00")
	return string(out[:])
}

// validTraceparent follows the specification: a later version may be longer, behind another dash, and version ff is none.
func validTraceparent(s string) bool {
	if len(s) < traceparentLength || s[2] != '-' || s[spanAt-1] != '-' || s[flagsAt-1] != '-' {
		return false
	}
	version, trace, span, flags := s[:2], s[traceAt:spanAt-1], s[spanAt:flagsAt-1], s[flagsAt:traceparentLength]
	if !lowerHex(version) || !lowerHex(trace) || !lowerHex(span) || !lowerHex(flags) || version == "ff" {
		return false
	}
	if len(s) > traceparentLength && (version == "00" || s[traceparentLength] != '-') {
		return false
	}
	return strings.Trim(trace, "0") != "" && strings.Trim(span, "0") != ""
}

func lowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
