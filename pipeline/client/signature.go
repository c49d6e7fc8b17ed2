package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of what a webhook sink posts.
const (
	HeaderStory     = "Rawi-Story"     // id of the story; with the revision, the key by which a receiver knows what it has
	HeaderRevision  = "Rawi-Revision"  // revision of the story, from 1
	HeaderChange    = "Rawi-Change"    // what happened to the story: new, update, merge, split, retract
	HeaderSubject   = "Rawi-Subject"   // subject of the message
	HeaderTimestamp = "Rawi-Timestamp" // when it was sent, in seconds since 1970
	HeaderSignature = "Rawi-Signature" // "v1=" and the HMAC-SHA256, in hex, of timestamp, "." and body
)

// version names the form of the signature; one that is not known is not accepted.
const version = "v1="

// Signature is what stands in HeaderSignature over a body that is sent at a time.
func Signature(secret []byte, at time.Time, body []byte) string {
	return version + hex.EncodeToString(digest(secret, strconv.FormatInt(at.Unix(), 10), body))
}

func digest(secret []byte, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return h.Sum(nil)
}

// VerifyWebhook returns nil where a body was signed with the secret, no further from now than tolerance; 5 minutes are a good one. What is older
// may be a repetition by somebody else.
func VerifyWebhook(secret []byte, h http.Header, body []byte, now time.Time, tolerance time.Duration) error {
	timestamp := h.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("header %s: %q is no time in seconds", HeaderTimestamp, timestamp)
	}
	text, ok := strings.CutPrefix(h.Get(HeaderSignature), version)
	if !ok {
		return fmt.Errorf("header %s: wants %s and 64 hex digits", HeaderSignature, version)
	}
	given, err := hex.DecodeString(text)
	if err != nil || !hmac.Equal(given, digest(secret, timestamp, body)) {
		return errors.New("the signature is not that of this body and secret")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age.Abs() > tolerance {
		return fmt.Errorf("it was signed %s from now", age.Round(time.Second))
	}
	return nil
}
