package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

// sweepRequest asks whoever holds the lanes of a store to sweep now.
type sweepRequest struct {
	ID string    `json:"id"` // a later request has a greater one
	At time.Time `json:"at"`
}

// sweepMark is the note that a request is.
const sweepMark = "sweep"

// sweepRequests looks for requests, for all lanes of this process.
type sweepRequests struct {
	store *store.Store
	log   *slog.Logger
	bell  *bell // rung when there is a new one

	mu   sync.Mutex
	last sweepRequest
}

// askedEvery is how soon a request is noticed.
const askedEvery = time.Second

// run looks until ctx ends. Trouble of the store is told by those who work in it.
func (r *sweepRequests) run(ctx context.Context) {
	for ctx.Err() == nil {
		if r.look(ctx) {
			r.bell.ring()
		}
		pause(ctx, askedEvery)
	}
}

func (r *sweepRequests) look(ctx context.Context) (fresh bool) {
	body, err := r.store.Mark(ctx, sweepMark)
	if err != nil {
		return false
	}
	var request sweepRequest
	if err := json.Unmarshal(body, &request); err != nil {
		if !errors.Is(err, ctx.Err()) {
			r.log.WarnContext(ctx, "a request for a sweep cannot be read; ask again", "error", err)
		}
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh, r.last = request.ID != r.last.ID, request
	return fresh
}

// latest is the id of the latest request, "" where there is none.
func (r *sweepRequests) latest() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last.ID
}
