package courier

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"
	"time"
)

// Refused says that what was carried is not taken, however often it is brought.
type Refused struct{ Why string }

// Error says why.
func (r *Refused) Error() string { return "it was refused: " + r.Why }

// Later says that it is of no use to try again before a while has passed.
type Later struct {
	Wait time.Duration
	Why  string
}

// Error says why.
func (l *Later) Error() string { return l.Why }

// mended is how long it is waited where somebody has to mend something first.
const mended = 15 * time.Minute

func toMend(why string) error { return &Later{Wait: mended, Why: why} }

// unreachable says why nobody was reached. What the network says names the address, which is a secret.
func unreachable(err error) error {
	return errors.New("it cannot be reached: " + cause(err))
}

func cause(err error) string {
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return "it does not answer in time"
	}
	if _, is := errors.AsType[*net.DNSError](err); is {
		return "nobody knows the name of its host"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "its host refuses the connection"
	}
	if untrusted(err) {
		return "its certificate is not one that is believed here"
	}
	return "the connection broke"
}

func untrusted(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	return verification || authority || host || invalid
}
