package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// checkRunsLast is for how long GitHub keeps check runs, and some days: 400, and then it archives them.
const checkRunsLast = 420 * 24 * time.Hour

// ForgetReports drops what is kept of reports that a forge has taken, and that were last owed before a
// moment, of subjects that are judged no more. Of a change's check run its id is kept for as long as GitHub
// keeps the check run: where the change is opened again, that one is to be updated, and no second one made.
func (s *Store) ForgetReports(ctx context.Context, lease Lease, before time.Time) (reports int64, err error) {
	for after := (db.OldOwedParams{Nexus: lease.Lane, Received: micros(before), Most: paged}); ; {
		rows, err := s.read.OldOwed(ctx, after)
		if err != nil {
			return reports, fmt.Errorf("reading old reports: %w", err)
		}
		for _, row := range rows {
			n, err := s.forgetReport(ctx, lease, row)
			if err != nil {
				return reports, err
			}
			reports, after.Key = reports+n, row.Key
		}
		if len(rows) < paged {
			return reports, s.forgetCheckRuns(ctx, lease)
		}
	}
}

func (s *Store) forgetReport(ctx context.Context, lease Lease, row db.OldOwedRow) (int64, error) {
	owed, err := decode[gate.Owed](row.Body)
	if err != nil {
		return 0, fmt.Errorf("the report %s: %w", row.Key, err)
	}
	again := owed.Subject.Kind == gate.OfChange || owed.Subject.Kind == gate.OfDefinition
	stands := db.DocStandsParams{Nexus: lease.Lane, Key: "standing " + owed.Subject.Key()}
	var n int64 // the writer's until it has answered
	err = s.within(ctx, lease, "dropping the report "+row.Key, func(q *db.Queries) (err error) {
		if standing, err := q.DocStands(context.Background(), stands); err != nil || standing > 0 {
			return err
		}
		drop := q.DropOwed
		if again && row.Remote != 0 {
			drop = q.BareOwed
		}
		n, err = drop(context.Background(), row.Key)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// forgetCheckRuns drops the ids of those that GitHub does not keep any more.
func (s *Store) forgetCheckRuns(ctx context.Context, lease Lease) error {
	gone := db.DropBareOwedParams{Nexus: lease.Lane, Received: micros(s.now().Add(-checkRunsLast)), Most: dropping}
	_, err := s.piecemeal(ctx, lease, "dropping the ids of old check runs", func(q *db.Queries) (int64, error) {
		return q.DropBareOwed(context.Background(), gone)
	})
	return err
}
