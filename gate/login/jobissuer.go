package login

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/nexusgate/nexusgate/gate"
)

// How long what an issuer told is believed.
const (
	fresh = time.Hour      // until it is asked again
	stale = 24 * time.Hour // while it cannot be asked
)

// jobIssuer signs the tokens of a forge's jobs. It is asked for its keys when the first token comes, when one
// is signed with a key that is not known, and every hour; never more than once in a while, whatever comes.
type jobIssuer struct {
	forge   gate.Forge
	url     string
	options *JobOptions

	mu    sync.Mutex
	keys  *keys     // nil: it has not told any yet
	asked time.Time // when it was asked last
	under *inquiry  // the one under way
}

// inquiry is one time that an issuer is asked. All who need it wait for the same one.
type inquiry struct {
	done chan struct{}
	err  error
}

// verify gives what a token says once its signature holds.
func (i *jobIssuer) verify(ctx context.Context, token *jose.JSONWebSignature) ([]byte, error) {
	header := token.Signatures[0].Header
	known, err := i.with(ctx, header.KeyID)
	if err != nil {
		return nil, refuse(Unreachable, "the token cannot be verified now: %w", err)
	}
	key := known.byID[header.KeyID]
	switch {
	case key == nil:
		return nil, refuse(BadSignature, "the token is signed with the key %q, which %s does not have", clip(header.KeyID), i.url)
	case !slices.Contains(known.algorithms, jose.SignatureAlgorithm(header.Algorithm)) || key.Algorithm != "" && key.Algorithm != header.Algorithm:
		return nil, refuse(BadSignature, "the token is signed by %s, as %s does not sign", header.Algorithm, i.url)
	}
	payload, err := token.Verify(key)
	if err != nil {
		return nil, refuse(BadSignature, "the token's signature is not that of %s: %w", i.url, err)
	}
	return payload, nil
}

// with gives the issuer's keys, asked for anew where one is missing or they are old. While the issuer does
// not answer, those that were told before stand for a day.
func (i *jobIssuer) with(ctx context.Context, id string) (*keys, error) {
	known := i.known()
	if known.has(id) && i.options.Now().Sub(known.told).Abs() < fresh {
		return known, nil
	}
	err := i.ask(ctx)
	known = i.known() // somebody else may have had it asked since
	if err == nil {
		return known, nil
	}
	if known.has(id) && i.options.Now().Sub(known.told).Abs() < stale {
		return known, nil
	}
	return nil, err
}

func (i *jobIssuer) known() *keys {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys
}

// ask asks the issuer, or waits for whoever does.
func (i *jobIssuer) ask(ctx context.Context) error {
	q, err := i.begin(ctx)
	if err != nil {
		return err
	}
	select {
	case <-q.done:
		return q.err
	case <-ctx.Done():
		return fmt.Errorf("waiting for what %s tells of itself: %w", i.url, ctx.Err())
	}
}

// begin has the issuer asked, if it was not a moment ago. It is asked to the end, even if whoever began it
// does not wait: else nobody could ask who comes among many that go away.
func (i *jobIssuer) begin(ctx context.Context) (*inquiry, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.under != nil {
		return i.under, nil
	}
	now := i.options.Now()
	if !i.asked.IsZero() && now.Sub(i.asked).Abs() < i.options.Rest {
		return nil, fmt.Errorf("%s was asked for its keys a moment ago, and is not asked again before %s have passed", i.url, i.options.Rest)
	}
	q := &inquiry{done: make(chan struct{})}
	i.under, i.asked = q, now
	go i.inquire(context.WithoutCancel(ctx), q)
	return q, nil
}

func (i *jobIssuer) inquire(ctx context.Context, q *inquiry) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	told, err := askKeys(ctx, i.options.Client, i.url)
	if err != nil {
		i.options.Log.WarnContext(ctx, "asking an issuer of CI's tokens for its keys", "issuer", i.url, "error", err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if q.err = err; err == nil {
		told.told = i.options.Now()
		i.keys = told
	}
	i.under = nil
	close(q.done)
}
