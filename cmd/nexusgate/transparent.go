package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// transparent tells those outside of the logs of a store.
type transparent struct{ store *store.Store }

// Head is the last signed head of a Nexus's log.
func (t transparent) Head(ctx context.Context, nexus string) (string, error) {
	head, err := t.store.LastHead(ctx, nexus)
	return head.Note, err
}

// Proof proves that a verdict is under that head.
func (t transparent) Proof(ctx context.Context, nexus, verdict string) ([]byte, error) {
	logged, _, _, err := t.store.Logged(ctx, verdict)
	if err != nil {
		return nil, err
	}
	if logged != nexus {
		return nil, fmt.Errorf("verdict %s in the log of %s: %w", verdict, nexus, store.ErrNotFound)
	}
	p, err := prove(ctx, t.store, verdict)
	if errors.Is(err, errNotSigned) {
		return nil, errors.Join(err, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return p.Write()
}

// Leaf is a verdict as it was logged: its canonical JSON.
func (t transparent) Leaf(ctx context.Context, nexus, verdict string) ([]byte, error) {
	logged, _, body, err := t.store.Logged(ctx, verdict)
	if err == nil && logged != nexus {
		err = fmt.Errorf("verdict %s in the log of %s: %w", verdict, nexus, store.ErrNotFound)
	}
	return body, err
}

// Growth proves that the log begins with a smaller one.
func (t transparent) Growth(ctx context.Context, nexus string, from int64) ([]byte, error) {
	head, signed, err := lastHead(ctx, t.store, nexus)
	if err != nil {
		return nil, err
	}
	if from > head.Size {
		return nil, fmt.Errorf("the log of %s at %d leaves: %w", nexus, from, store.ErrNotFound)
	}
	_, hashes, err := t.store.Hashes(ctx, nexus)
	if err != nil {
		return nil, err
	}
	g, err := attest.ProveGrowth(from, head, signed, hashes)
	if err != nil {
		return nil, err
	}
	return g.Write()
}

// lastHead is the last head of a log, and the same as it was signed.
func lastHead(ctx context.Context, kept *store.Store, nexus string) (head attest.Head, signed string, err error) {
	last, err := kept.LastHead(ctx, nexus)
	if err != nil {
		return attest.Head{}, "", err
	}
	head, err = attest.ReadHead(last.Note, nil)
	if err != nil && !errors.Is(err, attest.ErrForeign) { // whose key it is, those ask who check it
		return attest.Head{}, "", err
	}
	return head, last.Note, nil
}
