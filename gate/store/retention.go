package store

import (
	"context"

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
