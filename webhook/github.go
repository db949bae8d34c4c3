package webhook

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// NewGitHub is the intake for GitHub. The setting is the webhook's secret, or several set apart by
// commas or white space while one takes over from another; an empty one is an error.
//
// A delivery is taken only with X-Hub-Signature-256 over the raw body: the SHA-1 of X-Hub-Signature
// alone does not do. Its key is X-GitHub-Delivery, which a redelivery repeats.
func NewGitHub(setting string, keep Keeper, now func() time.Time, observe Observer, options ...Option) (http.Handler, error) {
	keys, err := secrets(setting)
	if err != nil {
		return nil, fmt.Errorf("opening the GitHub webhook: %w", err)
	}
	i := intake{source: gate.FromGitHub, scheme: github{keys}, keep: keep, now: now, observe: observe}
	return newIntake(i, options), nil
}

type github struct{ secrets [][]byte }

func (github) event(h http.Header) string { return h.Get("X-GitHub-Event") }

func (github) claims(h http.Header) bool {
	_, ok := githubSignature(h)
	return ok
}

func (g github) prove(h http.Header, body []byte) (gate.Delivery, bool) {
	signature, ok := githubSignature(h)
	if !ok || !g.signed(signature, body) {
		return gate.Delivery{}, false
	}
	return gate.Delivery{
		Event: text(g.event(h), maxHeader),
		Key:   key(h, body, "X-GitHub-Delivery"),
		Trust: definition.Webhook,
		Body:  body,
	}, true
}

// signed tries every secret, so that the time taken does not tell which one matched.
func (g github) signed(signature, body []byte) bool {
	found := false
	for _, secret := range g.secrets {
		found = same(sign(secret, body), signature) || found
	}
	return found
}

// githubSignature is the HMAC that the headers claim: "sha256=" and 64 hexadecimal digits.
// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
func githubSignature(h http.Header) ([]byte, bool) {
	digits, ok := strings.CutPrefix(h.Get("X-Hub-Signature-256"), "sha256=")
	if !ok || len(digits) != 64 {
		return nil, false
	}
	signature, err := hex.DecodeString(digits)
	return signature, err == nil
}
