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

// Debt is a report that is owed, and what is known of sending it. Its Received is the earliest
// since the forge last took a report on this subject, and it is Urgent when any change since was.
type Debt struct {
	gate.Owed
	Version   int64
	Attempts  int       // since the forge last took one
	Remote    int64     // the forge's id of the check or status; 0: not known
	Tried     bool      // an attempt may have reached the forge: find before you create
	NotBefore time.Time // when it is due
	Reason    string    // why it was deferred
	Delivery  string    // that it came of; "": of none
}

// Due lists reports of a lane whose time has come, the urgent ones first and then the oldest, at most limit
// of them.
func (s *Store) Due(ctx context.Context, lane string, now time.Time, limit int) ([]Debt, error) {
	rows, err := s.read.DueOwed(ctx, db.DueOwedParams{Nexus: lane, Now: micros(now), Most: int64(limit)})
	if err != nil {
		return nil, fmt.Errorf("reading the reports that are due: %w", err)
	}
	debts := make([]Debt, len(rows))
	for i, row := range rows {
		if debts[i], err = debt(row); err != nil {
			return nil, fmt.Errorf("reading what is owed on %s: %w", row.Key, err)
		}
	}
	return debts, nil
}

func debt(row db.Owed) (Debt, error) {
	owed, err := decode[gate.Owed](row.Body)
	if err != nil {
		return Debt{}, err
	}
	owed.Received, owed.Urgent = moment(row.Received), row.Urgent == 1
	return Debt{
		Owed: owed, Version: row.Version, Attempts: int(row.Attempts), Remote: row.Remote,
		Tried: row.Tried != 0, NotBefore: moment(row.NotBefore), Reason: row.Reason, Delivery: row.Delivery,
	}, nil
}

// NextDue tells when the next report of a lane is due, which may be past; false when none is owed.
func (s *Store) NextDue(ctx context.Context, lane string) (time.Time, bool, error) {
	at, err := s.read.NextOwed(ctx, lane)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, false, nil
	case err != nil:
		return time.Time{}, false, fmt.Errorf("reading when the next report is due: %w", err)
	}
	return moment(at), true, nil
}

// Try notes that an attempt to send begins, before the forge is called: after a crash the debt says
// that it was tried. It is [ErrOutdated] when that version is not owed any more.
func (s *Store) Try(ctx context.Context, lease Lease, key string, version int64) error {
	return s.changeIn(ctx, lease, "noting an attempt on "+key, ErrOutdated, func(q *db.Queries) (int64, error) {
		return q.TryOwed(context.Background(), db.TryOwedParams{Key: key, Nexus: lease.Lane, Version: version})
	})
}

// Taken notes that the forge took a version, and its id for it (0: not told). The debt is settled,
// unless a newer version has taken that one's place: then it stays owed.
func (s *Store) Taken(ctx context.Context, lease Lease, key string, version, remote int64) error {
	return s.changeIn(ctx, lease, "settling "+key, ErrNotFound, func(q *db.Queries) (int64, error) {
		return q.TakeOwed(context.Background(), db.TakeOwedParams{Key: key, Nexus: lease.Lane, Version: version, Remote: remote})
	})
}

// Defer puts a report off, and says why. When it has changed since it was tried, it is put off no
// longer than a changed report is: what failed was another one.
func (s *Store) Defer(ctx context.Context, lease Lease, key string, until time.Time, reason string) error {
	soon := s.now().Add(s.windows.retry)
	if until.Before(soon) {
		soon = until
	}
	put := db.DeferOwedParams{Key: key, Nexus: lease.Lane, Until: micros(until), Soon: micros(soon), Reason: reason}
	return s.changeIn(ctx, lease, "deferring "+key, ErrNotFound, func(q *db.Queries) (int64, error) {
		return q.DeferOwed(context.Background(), put)
	})
}

// PutBack puts a report off that was not sent after all, because its forge wants to be left alone: that is no
// attempt, and what was known of earlier ones stays.
func (s *Store) PutBack(ctx context.Context, lease Lease, d Debt, until time.Time, reason string) error {
	key := d.Key()
	put := db.DeferOwedParams{Key: key, Nexus: lease.Lane, Until: micros(until), Soon: micros(until), Reason: reason}
	return s.changeIn(ctx, lease, "putting back "+key, ErrNotFound, func(q *db.Queries) (int64, error) {
		if _, err := q.UntryOwed(context.Background(), db.UntryOwedParams{
			Key: key, Nexus: lease.Lane, Version: d.Version, Before: flag(d.Tried),
		}); err != nil {
			return 0, err
		}
		return q.DeferOwed(context.Background(), put)
	})
}

// mostUntaken bounds the reports that are looked at to say what a forge does not take.
const mostUntaken = 1_000

// Untaken says what the forges have not taken when it was sent, of one Nexus or, for "", of all.
func (s *Store) Untaken(ctx context.Context, nexus string) ([]gate.Untaken, error) {
	rows, err := s.read.UntakenOwed(ctx, db.UntakenOwedParams{Nexus: nexus, Most: mostUntaken})
	if err != nil {
		return nil, fmt.Errorf("reading what the forges have not taken: %w", err)
	}
	var all []gate.Untaken
	for _, row := range rows {
		owed, err := decode[gate.Owed](row.Body)
		if err != nil {
			return nil, fmt.Errorf("reading what the forges have not taken: %w", err)
		}
		i := slices.IndexFunc(all, func(u gate.Untaken) bool { return u.Forge == owed.Repo.Forge })
		if i < 0 {
			i = len(all)
			all = append(all, gate.Untaken{Forge: owed.Repo.Forge, Since: moment(row.Received), Reason: row.Reason})
		}
		all[i].Reports++
	}
	return all, nil
}

// changeIn is change for whoever holds a lane.
func (s *Store) changeIn(ctx context.Context, lease Lease, doing string, missed error, run func(*db.Queries) (int64, error)) error {
	return s.change(ctx, doing, missed, func(q *db.Queries) (int64, error) {
		if err := lease.check(q); err != nil {
			return 0, err
		}
		return run(q)
	})
}

// change has the writer change one row, and returns missed when there was none to change.
func (s *Store) change(ctx context.Context, doing string, missed error, run func(*db.Queries) (int64, error)) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		rows, err := run(q)
		if err == nil && rows == 0 {
			return missed
		}
		return err
	}})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// owe puts a report into the outbox. One that the forge shows already, or that is owed already, is
// not owed again.
func (s *Store) owe(r recording, owed gate.Owed) error {
	ctx, key := context.Background(), owed.Key()
	if owed.Nexus != r.lane {
		return fmt.Errorf("it is owed by the Nexus %s, and the lane is that of %q", owed.Nexus, r.lane)
	}
	body, err := json.Marshal(owed)
	if err != nil {
		return fmt.Errorf("writing it: %w", err)
	}
	rows, err := r.q.SettleOwed(ctx, db.SettleOwedParams{Key: key, Digest: owed.Digest, Body: string(body)})
	if err != nil || rows > 0 {
		return err
	}
	now := s.now() // which may have been set back since the log's own, that never runs back
	due := now.Add(s.windows.hold(owed.Urgent))
	rows, err = r.q.RepeatOwed(ctx, db.RepeatOwedParams{
		Key: key, Digest: owed.Digest, Urgent: flag(owed.Urgent), NotBefore: micros(due),
	})
	if err != nil || rows > 0 {
		return err
	}
	return r.q.PutOwed(ctx, db.PutOwedParams{
		Key: key, Nexus: owed.Nexus, Digest: owed.Digest, Body: string(body), Urgent: flag(owed.Urgent),
		Received: micros(owed.Received), NotBefore: micros(due), Delivery: r.step.Delivery,
		Now: micros(now), RetryAt: micros(now.Add(s.windows.retry)),
	})
}

// Hasten has all that is owed by a lane due now. What it was deferred to means nothing once the clock
// was set back.
func (s *Store) Hasten(ctx context.Context, lease Lease, now time.Time) error {
	return s.within(ctx, lease, "having what is owed due", func(q *db.Queries) error {
		return q.HastenOwed(context.Background(), db.HastenOwedParams{Now: micros(now), Nexus: lease.Lane})
	})
}

func flag(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
