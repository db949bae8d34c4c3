package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// headsEvery is how often the heads of logs that have grown are signed.
const headsEvery = time.Minute

// heads signs the heads of the logs of verdicts. Every replica may: they sign with one key, and what
// they sign is kept once.
type heads struct {
	store *store.Store
	key   *attest.Key
	every time.Duration
	log   *slog.Logger
	now   func() time.Time
}

// newHeads signs with the key that is given, or else with the one that the store keeps, which is made here
// where it keeps none.
func newHeads(ctx context.Context, s *store.Store, c serverConfig) (*heads, error) {
	h := &heads{store: s, key: c.logKey, every: cmp.Or(c.headsEvery, headsEvery), log: c.log, now: c.now}
	if h.key == nil {
		fresh, err := attest.NewKey(rand.Reader, signerName(c.url))
		if err != nil {
			return nil, err
		}
		kept, err := s.LogKey(ctx, fresh)
		if err != nil {
			return nil, err
		}
		if h.key, err = attest.ParseKey(kept); err != nil {
			return nil, fmt.Errorf("the key that the store keeps for the log: %w", err)
		}
	}
	h.log.InfoContext(ctx, "the heads of the log of verdicts are signed", "verifier", h.key.Verifier(), "given", c.logKey != nil)
	return h, nil
}

// signerName is who signs where nobody said it: the host of the pages.
func signerName(root string) string {
	at, err := url.Parse(root)
	if err != nil || at.Hostname() == "" {
		return "nexusgate"
	}
	return at.Hostname()
}

// run signs what has grown, again and again until ctx ends.
func (h *heads) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := h.sign(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "signing the heads of the log; trying again", "error", err)
		}
		pause(ctx, h.every)
	}
}

// sign signs each log that has grown since, and that still begins with what was signed before: a log that
// does not was tampered with, and is not vouched for.
func (h *heads) sign(ctx context.Context) error {
	names, err := h.store.Logs(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, nexus := range names {
		errs = append(errs, h.one(ctx, nexus))
	}
	return errors.Join(errs...)
}

func (h *heads) one(ctx context.Context, nexus string) error {
	before, err := h.last(ctx, nexus)
	if err != nil {
		return err
	}
	size, hashes, err := h.store.Hashes(ctx, nexus)
	if err != nil || size == before.Size {
		return err
	}
	head, err := before.Grown(nexus, size, hashes)
	if err != nil {
		return fmt.Errorf("%w; nexusgate log verify tells what else differs", err)
	}
	signed, err := head.Sign(h.key)
	if err != nil {
		return err
	}
	return h.store.KeepHead(ctx, store.Head{Nexus: nexus, Size: size, Made: h.now(), Note: signed})
}

// last is the last head that this key has signed; the zero head where there is none.
func (h *heads) last(ctx context.Context, nexus string) (attest.Head, error) {
	kept, err := h.store.LastHead(ctx, nexus)
	if errors.Is(err, store.ErrNotFound) {
		return attest.Head{}, nil
	}
	if err != nil {
		return attest.Head{}, err
	}
	trusted, err := attest.ParseVerifiers(h.key.Verifier())
	if err != nil {
		return attest.Head{}, err
	}
	head, err := attest.ReadHead(kept.Note, trusted)
	if errors.Is(err, attest.ErrForeign) {
		return attest.Head{}, nil // the key has changed: what it signs next is for those who know the new one
	}
	return head, err
}
