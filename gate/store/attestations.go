package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Attestation is the signed statement that is kept on a verdict, or [ErrNotFound].
func (s *Store) Attestation(ctx context.Context, verdict string) ([]byte, error) {
	envelope, err := s.read.Attestation(ctx, verdict)
	if err != nil {
		return nil, fmt.Errorf("reading the statement on verdict %s: %w", verdict, found(err))
	}
	return []byte(envelope), nil
}

// KeepAttestation keeps a signed statement on a verdict, in place of one that is kept.
func (s *Store) KeepAttestation(ctx context.Context, verdict string, envelope []byte) error {
	put := db.PutAttestationParams{Verdict: verdict, Made: micros(s.now()), Envelope: string(envelope)}
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error { return q.PutAttestation(context.Background(), put) }})
	if err != nil {
		return fmt.Errorf("keeping the statement on verdict %s: %w", verdict, err)
	}
	return nil
}
