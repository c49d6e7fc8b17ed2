package discover

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"rawi/cmd/internal/show"
	"rawi/pipeline/fault"
	"rawi/pipeline/outbound"
)

// Problem is what went wrong, and what to do about it, in words.
type Problem struct {
	Address string `json:"address"`
	What    string `json:"what"`
	Do      string `json:"do,omitempty"`
}

// problemOf puts the error of a request into words.
func problemOf(address string, err error) Problem {
	p := Problem{Address: shown(address), What: show.Line(shown(bare(err).Error()))}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var timeout net.Error
	permanent, _ := errors.AsType[*fault.Permanent](err)
	switch {
	case errors.Is(err, errEnough):
		p.What, p.Do = errEnough.Error(), "give the address of a feed, or of a page that names one"
	case errors.Is(err, errForbidden):
		p.What, p.Do = shown(bare(err).Error()), "it is the outlet's word: ask them, or leave the outlet out"
	case errors.As(err, &dns) && dns.IsNotFound:
		p.What, p.Do = "there is no host "+show.Line(dns.Name), "look at the spelling"
	case errors.As(err, &dns):
		p.What, p.Do = "the name of the host could not be looked up: "+show.Line(dns.Err), "look whether this machine reaches its name server, and try again"
	case permanent != nil && permanent.Reason == outbound.ReasonForbidden:
		p.What, p.Do = show.Line(permanent.Unwrap().Error()), "an outlet inside your own network is opened by --allow PREFIX, such as --allow 10.0.0.0/8"
		p.What, _, _ = strings.Cut(p.What, "; name the host")
	case permanent != nil && permanent.Reason == outbound.ReasonTooBig:
		p.What, p.Do = "the answer is larger than is read: "+show.Line(permanent.Unwrap().Error()), "raise feed.max_body or crawl.max_body if it is meant to be"
	case permanent != nil && permanent.Reason == outbound.ReasonBomb:
		p.What, p.Do = "the answer unpacks to far more than it is: "+show.Line(permanent.Unwrap().Error()), "nobody writes such a page by mistake: leave it alone"
	case errors.As(err, &certificate):
		p.What, p.Do = certificateWords(certificate), "its publisher has to renew it; rawi does not look away"
	case errors.As(err, &record):
		p.What, p.Do = "it does not speak TLS on this port", "try http:// instead of https://"
	case errors.Is(err, syscall.ECONNREFUSED):
		p.What, p.Do = "nothing listens there: the connection was refused", "look at the address and its port"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		p.What, p.Do = "the server hung up", "try again later"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		p.What, p.Do = "no complete answer in time", "try again later, or raise --timeout"
	case errors.Is(err, context.Canceled):
		p.What, p.Do = "interrupted", ""
	}
	return p
}

// bare is an error without the request that the HTTP client puts before it.
func bare(err error) error {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err
	}
	return err
}

func certificateWords(err *tls.CertificateVerificationError) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err.Err, &host):
		return "its certificate is for another host"
	case errors.As(err.Err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired or is not valid yet"
	}
	return "its certificate is not to be trusted: " + show.Line(err.Err.Error())
}

// statusProblem puts an answer that is not what was asked for into words.
func statusProblem(address string, status int, header http.Header) Problem {
	p := Problem{Address: shown(address), What: fmt.Sprintf("%d %s", status, http.StatusText(status))}
	switch {
	case header.Get("Cf-Mitigated") != "":
		p.What, p.Do = fmt.Sprintf("%d with a challenge for browsers: the outlet does not want programs", status), "ask them; rawi does not disguise itself"
	case status == http.StatusNotFound:
		p.What, p.Do = "404: there is nothing at this address", "look at the spelling, or give the outlet's front page"
	case status == http.StatusGone:
		p.What, p.Do = "410: what was here was withdrawn for good", "give the outlet's front page, to find its successor"
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired:
		p.What, p.Do = fmt.Sprintf("%d: it wants a password", status), "write the address as https://user:password@host/… if you have one"
	case status == http.StatusForbidden, status == http.StatusUnavailableForLegalReasons:
		p.What, p.Do = fmt.Sprintf("%d: the outlet does not let us read this", status), "set outbound.user_agent to a name and a page that says who you are, or ask them"
	case status == http.StatusTooManyRequests:
		p.What, p.Do = "429: too many requests"+wait(header), "try again later"
	case status >= http.StatusInternalServerError:
		p.What, p.Do = fmt.Sprintf("%d: the server has trouble of its own%s", status, wait(header)), "try again later"
	}
	return p
}

func wait(header http.Header) string {
	if after := header.Get("Retry-After"); after != "" {
		return ", and asks to be left alone (Retry-After: " + show.Cut(after, 40) + ")"
	}
	return ""
}

// thing says what kind of file a body is, in words.
func thing(body []byte, contentType string) string {
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	major, minor, _ := strings.Cut(kind, "/")
	switch {
	case len(body) == 0:
		return "an empty answer"
	case major == "image" || major == "video" || major == "audio":
		return fmt.Sprintf("%s of type %s", map[string]string{"image": "a picture", "video": "a film", "audio": "a recording"}[major], minor)
	case kind == "application/pdf":
		return "a PDF"
	case strings.HasPrefix(kind, "text/"):
		return "text that is neither a feed nor a page (served as " + show.Cut(contentType, 60) + ")"
	}
	return "a file of type " + kind
}
