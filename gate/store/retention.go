package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// ForgetLog drops the steps of a lane before a checkpoint, from which what is left can be folded. The
// step of the checkpoint itself stays, so that a lane at rest knows where it is.
func (s *Store) ForgetLog(ctx context.Context, lease Lease, c Checkpoint) (steps int64, err error) {
	err = s.within(ctx, lease, "dropping older checkpoints", func(q *db.Queries) error {
		return q.DropCheckpoints(context.Background(), db.DropCheckpointsParams{Lane: lease.Lane, Seq: c.Seq})
	})
	if err == nil {
		err = s.dropCheckpointDocs(ctx, lease)
	}
	if err != nil {
		return 0, err
	}
	steps, err = s.piecemeal(ctx, lease, "dropping steps", func(q *db.Queries) (int64, error) {
		return q.DropSteps(context.Background(), db.DropStepsParams{Lane: lease.Lane, Seq: c.Seq, Most: dropping})
	})
	if err != nil {
		return steps, err
	}
	return steps, s.within(ctx, lease, "dropping documents that are gone", func(q *db.Queries) error {
		_, err := q.DropGoneDocs(context.Background(), db.DropGoneDocsParams{Nexus: lease.Lane, Step: c.Seq})
		return err
	})
}

// ForgetReports drops what is kept of reports that a forge has taken, and that were last owed before a
// moment, of subjects that are judged no more.
func (s *Store) ForgetReports(ctx context.Context, lease Lease, before time.Time) (reports int64, err error) {
	s.known.clear() // another replica may have dropped what is remembered to be there
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
			return reports, nil
		}
	}
}

func (s *Store) forgetReport(ctx context.Context, lease Lease, row db.OldOwedRow) (n int64, err error) {
	owed, err := decode[gate.Owed](row.Body)
	if err != nil {
		return 0, fmt.Errorf("the report %s: %w", row.Key, err)
	}
	stands := db.DocStandsParams{Nexus: lease.Lane, Key: "standing " + owed.Subject.Key()}
	err = s.within(ctx, lease, "dropping the report "+row.Key, func(q *db.Queries) error {
		if standing, err := q.DocStands(context.Background(), stands); err != nil || standing > 0 {
			return err
		}
		n, err = q.DropOwed(context.Background(), row.Key)
		return err
	})
	return n, err
}
