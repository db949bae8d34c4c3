package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/store"
)

// deliveryLog is a forge that tells which webhooks it could not deliver, and delivers them again.
type deliveryLog interface {
	Missed(ctx context.Context, since time.Time) (forge.Log, error)
	Redeliver(ctx context.Context, id int64) error
}

// redelivery has the deliveries sent again that GitHub's log says never came. Whoever holds the common
// lane does so for all; what comes then is taken in like any other.
type redelivery struct {
	lane  *lane // the common one
	store *store.Store
	from  deliveryLog
	every time.Duration
	log   *slog.Logger
	now   func() time.Time

	noted redeliveryNote
}

// redeliveryMark is the note of how far the log was read.
const redeliveryMark = "redelivery"

// redeliveryNote is that note.
type redeliveryNote struct {
	gate.Redelivered
	Pending map[string]missedDelivery `json:"pending,omitempty"` // by the forge's key
	Over    map[string]time.Time      `json:"over,omitempty"`    // given up, and when the log last called them missed
}

// missedDelivery is one that did not come.
type missedDelivery struct {
	ID    int64     `json:"id"`
	Event string    `json:"event"`
	First time.Time `json:"first"`
	Times int       `json:"times"`          // how often it was asked for
	Asked time.Time `json:"asked,omitzero"` // when it last was
}

// The bounds of redelivering.
const (
	redeliverEvery    = 5 * time.Minute
	redeliveriesAtOne = 30               // a minute
	redeliveriesOfOne = 4                // then the sweeps have to do
	redeliveryArrives = 2 * time.Minute  // after that a redelivery that the log does not call missed has come
	logOverlap        = 10 * time.Minute // that is read once more, since deliveries are logged late
	logReach          = 3 * 24 * time.Hour
	mostMissedKept    = 20_000
)

// run reads the log again and again until ctx ends.
func (r *redelivery) run(ctx context.Context) {
	if err := r.recall(ctx); err != nil {
		r.log.ErrorContext(ctx, "reading how far the log of GitHub's webhooks was read; beginning anew", "error", err)
	}
	for ctx.Err() == nil {
		wait := r.every
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.noted.Trouble = clipped(err.Error(), 300)
			r.log.WarnContext(ctx, "the log of GitHub's webhooks was not read; trying again", "error", err)
			if later, ok := errors.AsType[*forge.Later](err); ok {
				wait = max(wait, later.Until.Sub(r.now()))
			}
		}
		r.remember(ctx)
		pause(ctx, wait)
	}
}

func (r *redelivery) recall(ctx context.Context) error {
	noted, err := readRedelivery(ctx, r.store)
	r.noted = noted
	if r.noted.Pending == nil {
		r.noted.Pending = map[string]missedDelivery{}
	}
	return err
}

func readRedelivery(ctx context.Context, kept *store.Store) (noted redeliveryNote, err error) {
	body, err := kept.Mark(ctx, redeliveryMark)
	if errors.Is(err, store.ErrNotFound) {
		return noted, nil
	}
	if err != nil {
		return noted, err
	}
	return noted, json.Unmarshal(body, &noted)
}

func (r *redelivery) remember(ctx context.Context) {
	r.noted.Waiting = len(r.noted.Pending)
	body, err := json.Marshal(r.noted)
	if err == nil {
		err = r.lane.note(ctx, redeliveryMark, body)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrFenced) {
		r.log.ErrorContext(ctx, "keeping how far the log of GitHub's webhooks was read", "error", err)
	}
}

// look reads what the log has had since the last time, and asks for what is due.
func (r *redelivery) look(ctx context.Context) error {
	began := r.now()
	since := r.since(began)
	said, err := r.from.Missed(ctx, since)
	r.noted.Requests += int64(said.Spent.Requests)
	if err != nil {
		return err
	}
	r.noted.Trouble, r.noted.Shortened = "", time.Time{}
	if said.Since.After(since) && since.After(began.Add(-logReach)) {
		r.noted.Shortened = said.Since
	}
	r.compare(said.Missed, began)
	r.noted.Read = began
	return r.ask(ctx)
}

// since is from when the log is read: the last time and a little more, and from before the redeliveries
// of which it is not known whether they came.
func (r *redelivery) since(now time.Time) time.Time {
	if r.noted.Read.IsZero() {
		return now.Add(-logReach)
	}
	since := r.noted.Read.Add(-logOverlap)
	for _, m := range r.noted.Pending {
		if !m.Asked.IsZero() && m.Asked.Add(-time.Minute).Before(since) {
			since = m.Asked.Add(-time.Minute)
		}
	}
	return since
}

// compare takes up what the log calls missed, and settles what it does so no more.
func (r *redelivery) compare(missed []forge.Missed, now time.Time) {
	still := map[string]bool{}
	for _, m := range missed {
		still[m.GUID] = true
		if !r.noted.Over[m.GUID].IsZero() {
			r.noted.Over[m.GUID] = now // our own attempts are in the log too
			continue
		}
		known, ok := r.noted.Pending[m.GUID]
		if !ok && len(r.noted.Pending) >= mostMissedKept {
			continue
		}
		if !ok {
			known = missedDelivery{Event: m.Event, First: m.First}
		}
		known.ID = m.ID
		r.noted.Pending[m.GUID] = known
	}
	maps.DeleteFunc(r.noted.Over, func(_ string, last time.Time) bool { return now.Sub(last) > logReach })
	for key, m := range r.noted.Pending {
		switch {
		case !still[key] && m.Times > 0 && now.Sub(m.Asked) >= redeliveryArrives:
			r.noted.Came++
			delete(r.noted.Pending, key)
		case m.Times >= redeliveriesOfOne && now.Sub(m.Asked) >= redeliveryArrives, now.Sub(m.First) > logReach:
			r.giveUp(key, m)
		}
	}
}

// giveUp is for good, as long as the log tells of it.
func (r *redelivery) giveUp(key string, m missedDelivery) {
	r.noted.GivenUp++
	if r.noted.Over == nil {
		r.noted.Over = map[string]time.Time{}
	}
	if len(r.noted.Over) < mostMissedKept {
		r.noted.Over[key] = r.now()
	}
	delete(r.noted.Pending, key)
	r.log.Warn("a webhook did not come however often it was asked for; a sweep has to find what it told", "event", m.Event, "key", key, "first", m.First)
}

// ask asks for what is due, the oldest first.
func (r *redelivery) ask(ctx context.Context) error {
	keys := slices.SortedFunc(maps.Keys(r.noted.Pending), func(a, b string) int {
		return cmp.Or(r.noted.Pending[a].First.Compare(r.noted.Pending[b].First), cmp.Compare(a, b))
	})
	asked := 0
	for _, key := range keys {
		m := r.noted.Pending[key]
		if m.Times >= redeliveriesOfOne || r.now().Before(m.again()) {
			continue
		}
		if asked > 0 && asked%redeliveriesAtOne == 0 {
			r.remember(ctx)
			pause(ctx, time.Minute)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		asked++
		switch err := r.from.Redeliver(ctx, m.ID); {
		case err == nil:
			r.noted.Asked++
			m.Times, m.Asked = m.Times+1, r.now()
			r.noted.Pending[key] = m
		case forge.Permanent(err):
			r.giveUp(key, m)
		default:
			return err
		}
		r.noted.Requests++
	}
	return nil
}

// again is when a delivery is to be asked for: at once, and then ever more rarely.
func (m missedDelivery) again() time.Time {
	if m.Times == 0 {
		return m.First
	}
	return m.Asked.Add(time.Minute << (2 * m.Times))
}
