package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// verdicts keeps the verdicts of a step, and enters them into the log. One that is kept already stays as
// it was decided.
func (r recording) verdicts() error {
	for place, v := range r.step.Verdicts {
		body, err := r.step.Canonical(place)
		if err != nil {
			return fmt.Errorf("writing verdict %s: %w", v.ID, err)
		}
		added, err := r.q.AddVerdict(context.Background(), db.AddVerdictParams{
			ID: v.ID, Nexus: v.Nexus, Subject: v.Subject.Key(), Step: r.step.Seq, Place: int64(place),
			Outcome: string(v.Outcome), Increment: v.Increment, Made: micros(v.At), Body: string(body),
		})
		if err == nil && added > 0 {
			err = r.leaf(v, body)
		}
		if err != nil {
			return fmt.Errorf("verdict %s: %w", v.ID, err)
		}
	}
	return nil
}

// LetGoError says that a verdict was kept once, and that retention dropped it. It is [ErrNotFound] too.
type LetGoError struct {
	Verdict string
	At      time.Time
}

// Error names the day.
func (e *LetGoError) Error() string {
	return fmt.Sprintf("verdict %s was let go on %s", e.Verdict, e.At.Format("2 January 2006"))
}

// Is says that there is no such verdict.
func (e *LetGoError) Is(target error) bool { return target == ErrNotFound }

// Verdict finds a verdict as it was decided, or [ErrNotFound], which is a [LetGoError] of one that was.
func (s *Store) Verdict(ctx context.Context, id string) (gate.Verdict, error) {
	body, err := s.read.Verdict(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		if at, err := s.read.Forgotten(ctx, id); err == nil && at > 0 {
			return gate.Verdict{}, &LetGoError{Verdict: id, At: moment(at)}
		}
	}
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading verdict %s: %w", id, found(err))
	}
	return decode[gate.Verdict](body)
}

// Verdicts lists what was decided on a subject, the latest first, at most limit of them.
func (s *Store) Verdicts(ctx context.Context, nexus, subjectKey string, limit int) ([]gate.Verdict, error) {
	rows, err := s.read.VerdictsOf(ctx, db.VerdictsOfParams{Nexus: nexus, Subject: subjectKey, Most: int64(limit)})
	if err != nil {
		return nil, fmt.Errorf("reading the verdicts on %s: %w", subjectKey, err)
	}
	return decodeAll[gate.Verdict](rows)
}

func decode[T any](body string) (made T, err error) {
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		return made, fmt.Errorf("reading what was kept: %w", err)
	}
	return made, nil
}

func decodeAll[T any](bodies []string) ([]T, error) {
	all := make([]T, 0, len(bodies))
	for _, body := range bodies {
		one, err := decode[T](body)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
