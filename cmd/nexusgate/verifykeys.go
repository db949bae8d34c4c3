package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/login"
)

// keysWithin bounds how long a service may take to tell its keys.
const keysWithin = 30 * time.Second

// readKeyring reads public keys from files, and from services.
func readKeyring(ctx context.Context, places []string) (ring attest.Keyring, err error) {
	for _, place := range places {
		text, err := readKeys(ctx, place)
		if err != nil {
			return nil, err
		}
		read, err := attest.ReadKeyring(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
		for _, k := range read {
			if ring, err = ring.With(k); err != nil {
				return nil, fmt.Errorf("%s: %w", place, err)
			}
		}
	}
	return ring, nil
}

func readKeys(ctx context.Context, place string) ([]byte, error) {
	if !strings.Contains(place, "://") {
		return readBounded(place)
	}
	at, err := url.Parse(place)
	if err != nil || !trustworthy(at) {
		return nil, fmt.Errorf("%s: keys are fetched by https alone, or from this machine", place)
	}
	if at.Path == "" || at.Path == "/" {
		at.Path = keysPath
	}
	return fetchKeys(ctx, at.String())
}

// trustworthy says whether nobody on the way can give other keys.
func trustworthy(at *url.URL) bool {
	return at.Host != "" && (at.Scheme == "https" || at.Scheme == "http" && login.IsLoopback(at.Hostname()))
}

func fetchKeys(ctx context.Context, address string) (text []byte, err error) {
	ctx, stop := context.WithTimeout(ctx, keysWithin)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetching keys: %w", err)
	}
	fetcher := http.Client{CheckRedirect: func(next *http.Request, before []*http.Request) error {
		if !trustworthy(next.URL) || len(before) > 5 {
			return errors.New("it leads elsewhere, and not by https")
		}
		return nil
	}}
	answered, err := fetcher.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetching keys: %w; with a file of them nobody is asked", err)
	}
	defer func() { err = errors.Join(err, answered.Body.Close()) }()
	if answered.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching keys: %s answers %s; a service that signs statements publishes its keys at %s", address, answered.Status, keysPath)
	}
	return readAllBounded(answered.Body, address)
}
