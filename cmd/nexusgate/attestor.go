package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// attestor makes signed statements on verdicts, and keeps them. Every replica may: they sign with one key,
// what they state is the verdict's alone, and both kinds of key sign alike each time.
type attestor struct {
	store   *store.Store
	archive *archive
	heads   *heads
	keys    attestKeys
	places  func() attest.Places
	log     *slog.Logger
}

// Attestation is the statement on a verdict, in its envelope. One that is kept is given as long as a key
// that is published has signed it; else it is made, and kept.
func (a *attestor) Attestation(ctx context.Context, verdict string) ([]byte, error) {
	kept, err := a.store.Attestation(ctx, verdict)
	switch {
	case err == nil && a.vouchesFor(kept, verdict):
		return kept, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	judged, err := a.judged(ctx, verdict)
	if err != nil {
		return nil, err
	}
	statement, err := judged.Statement(a.places())
	if err != nil {
		return nil, err
	}
	envelope, err := a.keys.signs.Seal(statement)
	if err != nil {
		return nil, err
	}
	return envelope, a.store.KeepAttestation(ctx, verdict, envelope)
}

// vouchesFor says whether an envelope is on that verdict, and signed by a key that is published.
func (a *attestor) vouchesFor(envelope []byte, verdict string) bool {
	read, err := attest.ReadEnvelope(envelope)
	if err != nil {
		return false
	}
	statement, _, err := read.Open(a.keys.published)
	return err == nil && statement.Summary.Increment.Verdict == verdict
}

// judged is a verdict with all that it rests on. Nothing is signed that is not as it was logged.
func (a *attestor) judged(ctx context.Context, verdict string) (judged attest.Judged, err error) {
	if judged.Verdict, err = a.logged(ctx, verdict, &judged); err != nil || !attest.Attestable(judged.Verdict) {
		return judged, err
	}
	if judged.Nexus, err = a.archive.nexus(ctx, judged.Verdict.Definition); err != nil {
		return judged, lost(verdict, err)
	}
	ground, err := a.store.Ground(ctx, verdict)
	if errors.Is(err, store.ErrNotFound) {
		return judged, nil // a verdict of before grounds were kept
	}
	if err != nil {
		return judged, err
	}
	for _, c := range ground.Components {
		if c.Verdict == "" {
			continue
		}
		if _, err := a.logged(ctx, c.Verdict, &judged); err != nil {
			return judged, lost(verdict, err)
		}
	}
	return judged, nil
}

// lost is an error that wraps nothing: the verdict is there, and what it rests on being lost is no answer
// of "not found".
func lost(verdict string, err error) error {
	return fmt.Errorf("finding what verdict %s rests on: %s", verdict, err.Error())
}

// logged adds a verdict to the leaves of a statement: one that is what was entered into the log, and
// what the last head that we have signed tells of.
func (a *attestor) logged(ctx context.Context, verdict string, to *attest.Judged) (v gate.Verdict, err error) {
	nexus, number, body, err := a.store.Logged(ctx, verdict)
	if err != nil {
		return v, err
	}
	_, hashes, err := a.store.Hashes(ctx, nexus)
	if err != nil {
		return v, err
	}
	if err := attest.CheckLeaf(number, body, hashes); err != nil {
		return v, fmt.Errorf("the log of %s: %w", nexus, err)
	}
	head, err := a.heads.last(ctx, nexus)
	if err == nil && number < head.Size {
		_, err = attest.Prove(number, body, head, "", hashes)
	}
	if err != nil {
		return v, err
	}
	to.Leaves = append(to.Leaves, attest.Leaf{Verdict: verdict, Body: body})
	if err := json.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("reading verdict %s: %w", verdict, err)
	}
	return v, nil
}

// attest makes what signs statements, where there is a key.
func (s *server) attest() error {
	s.archive = newArchive(s.store)
	if s.config.attests.signs == nil {
		return nil
	}
	forges, err := s.config.forges.addresses()
	if err != nil {
		return err
	}
	s.attests = &attestor{
		store: s.store, archive: s.archive, heads: s.heads, keys: s.config.attests, log: s.log,
		places: func() attest.Places { return attest.Places{Pages: strings.TrimSuffix(s.links, "/"), Forges: forges} },
	}
	s.log.Info("statements on Increments are signed", "key", s.config.attests.signs.Public().ID)
	return nil
}

// attestDone attests what is done until ctx ends.
func (s *server) attestDone(ctx context.Context) {
	if s.attests != nil {
		s.attests.run(ctx, s.lanes.ours, s.view().Watch)
	}
}

// A done Increment is looked for when something has changed, and at most once in attestEvery; and without a
// change after attestAnyway, since another replica may have left its Nexus to this one.
const (
	attestEvery  = time.Second
	attestAnyway = time.Minute
)

// run makes the statement on each head Increment that is done, of those Nexuses that this process works
// for, so that it is kept also where nobody asks for it.
func (a *attestor) run(ctx context.Context, ours func() []gate.Standing, watch func() (<-chan struct{}, func())) {
	changed, stop := watch()
	defer stop()
	made := map[string]string{} // by Nexus, the last verdict
	for ctx.Err() == nil {
		wait := attestAnyway
		if early := a.attestHeads(ctx, ours(), made); early {
			wait = attestEvery
		}
		pause(ctx, attestEvery)
		select {
		case <-changed:
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// attestHeads makes the statements that are not made yet. It is early where a verdict is seen before it is
// recorded, which it will be in a moment.
func (a *attestor) attestHeads(ctx context.Context, ours []gate.Standing, made map[string]string) (early bool) {
	for _, s := range ours {
		v := s.HeadSays
		if v.Outcome != gate.Done || !attest.Attestable(v) || made[v.Nexus] == v.ID {
			continue
		}
		switch _, err := a.Attestation(ctx, v.ID); {
		case err == nil:
			made[v.Nexus] = v.ID
		case errors.Is(err, store.ErrNotFound):
			early = true
		case ctx.Err() == nil:
			a.log.ErrorContext(ctx, "making the statement on an Increment; trying again", "nexus", v.Nexus, "verdict", v.ID, "error", err)
		}
	}
	return early
}
