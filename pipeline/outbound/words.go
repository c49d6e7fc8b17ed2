package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// inWords says what a connection failed on, for people who read a source's error and not the source of crypto/tls. The cause stays inside.
func inWords(host string, err error) error {
	var (
		name      *net.DNSError
		hostname  x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		alert     tls.AlertError
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("the name %s does not exist: %w", host, err)
	case errors.As(err, &name):
		return fmt.Errorf("the name %s could not be resolved: %w", host, err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s takes no connections: %w", host, err)
	case errors.As(err, &hostname):
		return fmt.Errorf("the certificate of %s is for another name: %w", host, err)
	case errors.As(err, &authority):
		return fmt.Errorf("the certificate of %s is signed by nobody that this machine trusts: %w", host, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && time.Now().Before(invalid.Cert.NotBefore):
		return fmt.Errorf("the certificate of %s is not valid yet: %w", host, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("the certificate of %s has expired: %w", host, err)
	case errors.As(err, &invalid):
		return fmt.Errorf("the certificate of %s is not valid: %w", host, err)
	case errors.As(err, &record):
		return fmt.Errorf("%s does not speak TLS on that port: %w", host, err)
	case errors.As(err, &alert):
		return fmt.Errorf("%s and we could not agree on a TLS connection: %w", host, err)
	}
	return err
}
