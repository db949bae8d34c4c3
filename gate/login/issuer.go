package login

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Bounds of what the issuer may answer, and of how long it may take.
const (
	mostOfAnswer = 1 << 20 // bytes
	patience     = 10 * time.Second
)

// issuer is who knows the people. It is asked what it can when somebody first logs in, and until it has
// told.
type issuer struct {
	options  Options
	callback string
	client   *http.Client

	turn  chan struct{} // one asks at a time
	known atomic.Pointer[knowledge]
}

// knowledge is what the issuer has told of itself.
type knowledge struct {
	flow     oauth2.Config
	verifier *oidc.IDTokenVerifier
}

func newIssuer(o Options, callback string) *issuer {
	return &issuer{options: o, callback: callback, turn: make(chan struct{}, 1), client: &http.Client{
		Timeout: patience, Transport: bounded{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a secret goes nowhere else
	}}
}

// bounded cuts answers off that have no end.
type bounded struct{ next http.RoundTripper }

// RoundTrip is the transport's.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, mostOfAnswer), answer.Body}
	return answer, nil
}

// ask is what the issuer tells of itself.
func (i *issuer) ask(ctx context.Context) (*knowledge, error) {
	if known := i.known.Load(); known != nil {
		return known, nil
	}
	select {
	case i.turn <- struct{}{}:
		defer func() { <-i.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to ask the issuer %s: %w", i.options.Issuer, ctx.Err())
	}
	if known := i.known.Load(); known != nil {
		return known, nil
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.options.Issuer)
	if err != nil {
		return nil, fmt.Errorf("asking the issuer %s what it can: %w", i.options.Issuer, err)
	}
	var told struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&told); err != nil {
		return nil, fmt.Errorf("reading what the issuer can: %w", err)
	}
	at := provider.Endpoint()
	for _, address := range []string{at.AuthURL, at.TokenURL, told.Keys} {
		if err := trustworthy(address); err != nil {
			return nil, fmt.Errorf("the issuer sends to %q: %w", address, err)
		}
	}
	known := &knowledge{
		flow: oauth2.Config{
			ClientID: i.options.ClientID, ClientSecret: i.options.Secret, Endpoint: at, RedirectURL: i.callback,
			Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
		},
		verifier: provider.Verifier(&oidc.Config{ClientID: i.options.ClientID, Now: i.options.Now}),
	}
	i.known.Store(known)
	return known, nil
}

// exchange turns the code that somebody brought back into who they are.
func (i *issuer) exchange(ctx context.Context, code string, e errand) (Person, error) {
	ctx, stop := context.WithTimeout(oidc.ClientContext(ctx, i.client), patience)
	defer stop()
	known, err := i.ask(ctx)
	if err != nil {
		return Person{}, err
	}
	token, err := known.flow.Exchange(ctx, code, oauth2.VerifierOption(e.Verifier))
	if err != nil {
		return Person{}, fmt.Errorf("exchanging the code: %w", unspoken(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Person{}, errors.New("the issuer's answer holds no id token")
	}
	id, err := known.verifier.Verify(ctx, raw)
	if err != nil {
		return Person{}, fmt.Errorf("verifying the id token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(e.Nonce)) != 1 {
		return Person{}, errors.New("the id token was made for another login: its nonce differs")
	}
	var p Person
	if err := id.Claims(&p); err != nil {
		return Person{}, fmt.Errorf("reading the id token: %w", err)
	}
	return p, nil
}

// unspoken leaves out of an error what the issuer's answer held: it may repeat what was sent.
func unspoken(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response != nil {
		return fmt.Errorf("the issuer answers %s", refused.Response.Status)
	}
	return err
}
