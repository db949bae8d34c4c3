package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// use spends the token of a job: it is good for one submission, however often that comes.
func (h *evidence) use(ctx context.Context, e gate.Submitted) error {
	if e.Job.Run == 0 {
		return nil
	}
	id := e.Job.TokenID()
	if e.Job.Forge == gate.GitLab { // which gives a job one token for all that it does
		id += " " + e.Kind + "/" + e.Name + "/" + e.Increment
	}
	_, err := h.s.store.UseToken(ctx, id, e.Key(), e.Job.Expires)
	if errors.Is(err, store.ErrReplayed) {
		return refusing(http.StatusConflict, "the token was used for other evidence already: ask for a new one for each submission; "+
			"on GitLab, where a job has one, give each submission a name of its own")
	}
	return err
}

// keep enters a submission into the lanes of the Nexuses that it is for.
func (h *evidence) keep(ctx context.Context, e gate.Submitted, nexuses []string, key string) (kept, error) {
	answer := kept{Nexus: nexuses, Duplicate: true}
	for _, nexus := range nexuses {
		id, duplicate, err := h.enterInto(ctx, nexus, e, key+"@"+nexus)
		if err != nil {
			return kept{}, fmt.Errorf("keeping evidence for %s: %w", nexus, err)
		}
		answer.Duplicate = answer.Duplicate && duplicate
		if answer.ID == "" {
			answer.ID = id
			h.s.lanes.ask(nexus, func(l *gate.Ledger) { answer.Counts, _ = l.Counts(nexus, e) })
		}
	}
	return answer, nil
}

// enterInto keeps a submission in a lane, and gives the id under which it is kept there, now or before.
func (h *evidence) enterInto(ctx context.Context, nexus string, e gate.Submitted, key string) (id string, duplicate bool, err error) {
	d, err := gate.Own(h.s.store.NewID(), e, e.At)
	if err != nil {
		return "", false, err
	}
	d.Lane, d.Key, d.Trust = nexus, key, definition.OIDC
	if e.Job.Run == 0 {
		d.Trust = definition.Token
	}
	if duplicate, err = h.s.inbox.Keep(ctx, d); err != nil || !duplicate {
		return d.ID, false, err
	}
	id, err = h.s.store.KeptAs(ctx, d.Source, d.Key)
	return id, true, err
}

// key tells one submission from another: of a job by what it brings, and of a token's holder as they say, so that
// the same may be said again after something else.
func (by caller) key(r *http.Request, e gate.Submitted) string {
	if own := r.Header.Get("Idempotency-Key"); own != "" && !by.isJob() {
		return e.Key() + "/" + own[:min(len(own), 100)]
	}
	return e.Key()
}
