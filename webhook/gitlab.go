package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// NewGitLab is the intake for GitLab. Both settings hold one or several, set apart by commas or white
// space: tokens are what X-Gitlab-Token repeats, signing are the signing tokens ("whsec_…") of
// GitLab 19. At least one of the settings must not be empty.
//
// Once a signing token is set, a delivery that brings only a token is refused: whoever has seen a
// token could otherwise go round the signature. GitLab sends webhook-id and webhook-timestamp with
// every delivery and webhook-signature only with signed ones, so the last decides.
//
// The tokens are shared secrets of external status checks as well, which GitLab has no signing tokens for: a check
// that it signs with one of them may ask for our word on a merge request, and say nothing else.
//
// An entry "group/project=SECRET" holds for that project alone, and "group/project@42=SECRET" for its
// id as well: a delivery that names another project is refused. A plain token belongs to one project
// in GitLab, and this says which.
func NewGitLab(tokens, signing string, keep Keeper, now func() time.Time, observe Observer, options ...Option) (http.Handler, error) {
	g, err := newGitLab(tokens, signing, now)
	if err != nil {
		return nil, fmt.Errorf("opening the GitLab webhook: %w", err)
	}
	i := intake{source: gate.FromGitLab, scheme: g, keep: keep, now: now, observe: observe}
	return newIntake(i, options), nil
}

type gitlab struct {
	tokens  []token
	signing []token
	now     func() time.Time
}

func newGitLab(plain, signing string, now func() time.Time) (gitlab, error) {
	g := gitlab{tokens: plainTokens(plain), now: now}
	keys, err := signingTokens(signing)
	if err != nil {
		return gitlab{}, err
	}
	if g.signing = keys; len(g.tokens)+len(g.signing) == 0 {
		return gitlab{}, errors.New("neither a token nor a signing token is set: anybody could send")
	}
	return g, nil
}

func (gitlab) event(h http.Header) string {
	if ofStatusCheck(h) {
		return statusCheckEvent
	}
	return h.Get("X-Gitlab-Event")
}

func (g gitlab) claims(h http.Header) bool {
	if ofStatusCheck(h) {
		return len(g.tokens) > 0
	}
	if len(g.signing) > 0 {
		return len(standardSignatures(h)) > 0 && timely(h.Get("Webhook-Timestamp"), g.now())
	}
	return len(broughtBy(g.tokens, h)) > 0
}

func (g gitlab) prove(h http.Header, body []byte) (gate.Delivery, bool) {
	d := gate.Delivery{Source: gate.FromGitLab, Event: text(g.event(h), maxHeader), Body: body}
	var holders []token
	if ofStatusCheck(h) {
		d.Trust, d.Key = definition.Token, statusCheckKey(body, g.now())
		holders = signedAsCheckBy(g.tokens, h, body)
	} else if len(g.signing) > 0 {
		// Only what is signed is believed, and that is webhook-id; GitLab sends it as Idempotency-Key too.
		d.Trust, d.Key = definition.Webhook, key(h, body, "Webhook-Id")
		holders = signedBy(g.signing, h, body, g.now())
	} else {
		d.Trust, d.Key = definition.Token, key(h, body, "Idempotency-Key", "Webhook-Id")
		holders = broughtBy(g.tokens, h)
	}
	return d, slices.ContainsFunc(holders, func(t token) bool { return t.admits(d) })
}

// broughtBy are the tokens that the delivery brings. Every one is compared, so that the time taken
// does not tell which matched.
func broughtBy(tokens []token, h http.Header) []token {
	brought := []byte(strings.TrimSpace(h.Get("X-Gitlab-Token")))
	var found []token
	for _, t := range tokens {
		if same(t.secret, brought) {
			found = append(found, t)
		}
	}
	return found
}
