package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// LetGo is a signed note on which of the log's verdicts retention has deleted.
type LetGo struct {
	Leaf int64 // the first that it tells of
	Made time.Time
	Note string
}

// Vouch signs that the verdicts of some leaves are deleted, at a moment. The leaves are ascending.
type Vouch func(nexus string, at time.Time, leaves []int64) (note string, err error)

// LetGo visits the notes on what retention has deleted of a Nexus's verdicts, by the first leaf of each.
func (s *Store) LetGo(ctx context.Context, nexus string, visit func(LetGo) error) error {
	for after := (db.LetGoAfterParams{Nexus: nexus, Leaf: -1, Most: paged}); ; {
		rows, err := s.read.LetGoAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("reading what of %s was let go: %w", nexus, err)
		}
		for _, row := range rows {
			if err := visit(LetGo{Leaf: row.Leaf, Made: moment(row.Made), Note: row.Note}); err != nil {
				return err
			}
			after.Leaf, after.Made = row.Leaf, row.Made
		}
		if len(rows) < paged {
			return nil
		}
	}
}

// CountLetGo is how many such notes there are.
func (s *Store) CountLetGo(ctx context.Context, nexus string) (int64, error) {
	n, err := s.read.CountLetGo(ctx, nexus)
	if err != nil {
		return 0, fmt.Errorf("counting what of %s was let go: %w", nexus, err)
	}
	return n, nil
}

// asLogged says whether a verdict is kept as it was logged, and the number of its leaf.
func (s *Store) asLogged(ctx context.Context, nexus, verdict string) (number int64, is bool, err error) {
	row, err := s.read.LeafOfVerdict(ctx, db.LeafOfVerdictParams{Nexus: nexus, Verdict: verdict})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("looking for verdict %s in the log: %w", verdict, err)
	}
	l := leaf(nexus, db.LeavesAfterRow(row))
	return l.Number, l.Body != nil && l.Row == "" && len(l.Hashes) > 0 && l.Hashes[0] == tlog.RecordHash(l.Body), nil
}
