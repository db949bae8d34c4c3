package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// ErrReplayed says that a token was used for another request.
var ErrReplayed = errors.New("the token was used for another request already")

// Tokens that are taken no more are forgotten a while later, for the clocks of replicas differ, and a bounded
// number at a time.
const (
	forgotten = time.Hour
	sweeps    = time.Minute // between two times that some are, unless there were more than are at a time
	swept     = 1000
)

// UseToken uses a token for one request, for good, and says whether this is the first time. The same request
// may come again, as often as it likes; another one with that token is [ErrReplayed]. A request is told from
// others by its digest, and the token is remembered until it is taken no more.
func (s *Store) UseToken(ctx context.Context, id, digest string, expires time.Time) (bool, error) {
	now := s.now()
	use, sweep := db.UseTokenParams{ID: id, Digest: digest, Expires: micros(expires)}, s.tokens.due(now)
	var first bool
	var used string // both the writer's until it has answered
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		if sweep {
			if err := s.tokens.sweep(q, now); err != nil {
				return err
			}
		}
		rows, err := q.UseToken(context.Background(), use)
		if first = rows > 0; err != nil || first {
			return err
		}
		used, err = q.TokenUse(context.Background(), id)
		return err
	}})
	switch {
	case err != nil:
		return false, fmt.Errorf("using a token: %w", err)
	case !first && used != digest: // told after the commit: the others of its group need not be written again
		return false, ErrReplayed
	}
	return first, nil
}

// sweeping remembers when used tokens were last forgotten here.
type sweeping struct{ last atomic.Int64 }

func (w *sweeping) due(now time.Time) bool {
	last := w.last.Load()
	return now.Sub(moment(last)).Abs() >= sweeps && w.last.CompareAndSwap(last, micros(now))
}

// sweep forgets old tokens. Where there may be more of them, it is due again at once: however many are used, no
// fewer are forgotten.
func (w *sweeping) sweep(q *db.Queries, now time.Time) error {
	rows, err := q.DropUsedTokens(context.Background(), db.DropUsedTokensParams{Before: micros(now.Add(-forgotten)), Most: swept})
	if err != nil {
		return fmt.Errorf("forgetting old tokens: %w", err)
	}
	if rows == swept {
		w.last.Store(0)
	}
	return nil
}
