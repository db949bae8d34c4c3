package courier

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// Options are what a courier is made with.
type Options struct {
	Timeout time.Duration  // of one delivery; 0: half a minute
	Roots   *x509.CertPool // whose certificates are believed; nil: those of the machine
}

// Courier carries. It may be used from several goroutines.
type Courier struct {
	timeout time.Duration
	roots   *x509.CertPool
	client  *http.Client
}

const defaultTimeout = 30 * time.Second

// New is a courier.
func New(o Options) *Courier {
	c := &Courier{timeout: o.Timeout, roots: o.Roots}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	over := http.DefaultTransport.(*http.Transport).Clone()
	over.TLSClientConfig = &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}
	over.MaxResponseHeaderBytes = 64 << 10
	c.client = &http.Client{
		Transport: over, Timeout: c.timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}
