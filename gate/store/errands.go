package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Outstanding is an errand that was not run yet, and what is known of running it.
type Outstanding struct {
	gate.Errand
	Version   int64
	Attempts  int
	Tried     bool      // an attempt may have reached the forge: find before you create
	NotBefore time.Time // when it is due
	Reason    string    // why it was deferred
	Delivery  string    // that it came of; "": of none
}

// Errands lists those of a lane whose time has come, the oldest first, at most limit of them.
func (s *Store) Errands(ctx context.Context, lane string, now time.Time, limit int) ([]Outstanding, error) {
	rows, err := s.read.DueErrands(ctx, db.DueErrandsParams{Nexus: lane, Now: micros(now), Most: int64(limit)})
	if err != nil {
		return nil, fmt.Errorf("reading the errands that are due: %w", err)
	}
	all := make([]Outstanding, len(rows))
	for i, row := range rows {
		errand, err := decode[gate.Errand](row.Body)
		if err != nil {
			return nil, fmt.Errorf("reading the errand %s: %w", row.Key, err)
		}
		all[i] = Outstanding{
			Errand: errand, Version: row.Version, Attempts: int(row.Attempts), Tried: row.Tried != 0,
			NotBefore: moment(row.NotBefore), Reason: row.Reason, Delivery: row.Delivery,
		}
	}
	return all, nil
}

// NextErrand tells when the next errand of a lane is due, which may be past; false when there is none.
func (s *Store) NextErrand(ctx context.Context, lane string) (time.Time, bool, error) {
	at, err := s.read.NextErrand(ctx, lane)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, false, nil
	case err != nil:
		return time.Time{}, false, fmt.Errorf("reading when the next errand is due: %w", err)
	}
	return moment(at), true, nil
}

// RunErrand notes that an attempt begins, before the forge is called: after a crash the errand says that it was
// tried. It is [ErrOutdated] when that version is not to be run any more.
func (s *Store) RunErrand(ctx context.Context, lease Lease, key string, version int64) error {
	return s.changeIn(ctx, lease, "noting an attempt on "+key, ErrOutdated, func(q *db.Queries) (int64, error) {
		return q.RunErrand(context.Background(), db.RunErrandParams{Nexus: lease.Lane, Key: key, Version: version})
	})
}

// EndErrand takes away an errand that was done or refused, once what came of it is kept. Where another has
// taken its place meanwhile, that one stays, and it is [ErrOutdated].
func (s *Store) EndErrand(ctx context.Context, lease Lease, key string, version int64) error {
	return s.changeIn(ctx, lease, "ending "+key, ErrOutdated, func(q *db.Queries) (int64, error) {
		return q.EndErrand(context.Background(), db.EndErrandParams{Nexus: lease.Lane, Key: key, Version: version})
	})
}

// DeferErrand puts an errand off, and says why, and whether it may have reached the forge by now: its Tried is
// kept. Where another has taken its place meanwhile, that one is not put off, and it is [ErrOutdated].
func (s *Store) DeferErrand(ctx context.Context, lease Lease, e Outstanding, until time.Time, reason string) error {
	put := db.DeferErrandParams{Nexus: lease.Lane, Key: e.Key, Version: e.Version, Until: micros(until), Tried: flag(e.Tried), Reason: reason}
	return s.changeIn(ctx, lease, "deferring "+e.Key, ErrOutdated, func(q *db.Queries) (int64, error) {
		return q.DeferErrand(context.Background(), put)
	})
}

// PutBackErrand puts an errand off that was not run after all, because its forge wants to be left alone: that is
// no attempt, and what was known of earlier ones stays.
func (s *Store) PutBackErrand(ctx context.Context, lease Lease, e Outstanding, until time.Time, reason string) error {
	put := db.PutBackErrandParams{Nexus: lease.Lane, Key: e.Key, Version: e.Version, Until: micros(until), Tried: flag(e.Tried), Reason: reason}
	return s.changeIn(ctx, lease, "putting back "+e.Key, ErrOutdated, func(q *db.Queries) (int64, error) {
		return q.PutBackErrand(context.Background(), put)
	})
}

// HastenErrands has all errands of a lane due now, as [Store.Hasten] does with what is owed.
func (s *Store) HastenErrands(ctx context.Context, lease Lease, now time.Time) error {
	return s.within(ctx, lease, "having errands due", func(q *db.Queries) error {
		return q.HastenErrands(context.Background(), db.HastenErrandsParams{Now: micros(now), Nexus: lease.Lane})
	})
}

// mostUndone bounds the errands that are looked at to say what a forge does not do.
const mostUndone = 1_000

// Undone says what the forges have not done when they were asked to, of one Nexus or, for "", of all.
func (s *Store) Undone(ctx context.Context, nexus string) ([]gate.Undone, error) {
	rows, err := s.read.StuckErrands(ctx, db.StuckErrandsParams{Nexus: nexus, Most: mostUndone})
	if err != nil {
		return nil, fmt.Errorf("reading what the forges have not done: %w", err)
	}
	var all []gate.Undone
	for _, row := range rows {
		errand, err := decode[gate.Errand](row.Body)
		if err != nil {
			return nil, fmt.Errorf("reading what the forges have not done: %w", err)
		}
		event, to, _ := gate.ReadBriefKey(errand.Key)
		i := slices.IndexFunc(all, func(u gate.Undone) bool {
			return u.Forge == errand.Repo.Forge && u.Kind == errand.Kind && u.Brief == event && u.To == to
		})
		if i < 0 {
			i = len(all)
			all = append(all, gate.Undone{Forge: errand.Repo.Forge, Kind: errand.Kind, Since: moment(row.Made), Reason: row.Reason, Brief: event, To: to})
		}
		all[i].Errands++
	}
	return all, nil
}

// errands keeps what a step has made to be done, and lets go of what it says is over.
func (r recording) errands() error {
	for _, e := range r.step.Errands {
		if e.Nexus != r.lane {
			return fmt.Errorf("the errand %s is of the Nexus %s, and the lane is that of %q", e.Key, e.Nexus, r.lane)
		}
		if e.Over {
			if err := r.q.DropErrand(context.Background(), db.DropErrandParams{Nexus: e.Nexus, Key: e.Key}); err != nil {
				return fmt.Errorf("letting go of the errand %s: %w", e.Key, err)
			}
			continue
		}
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("writing the errand %s: %w", e.Key, err)
		}
		put := db.PutErrandParams{
			Nexus: e.Nexus, Key: e.Key, Version: r.step.Seq, Body: string(body), Made: micros(e.Made), Delivery: r.step.Delivery,
		}
		if err := r.q.PutErrand(context.Background(), put); err != nil {
			return fmt.Errorf("keeping the errand %s: %w", e.Key, err)
		}
	}
	return nil
}
