package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Definition finds a layer of a definition by the digest of its source, or [ErrNotFound].
func (s *Store) Definition(ctx context.Context, digest string) (gate.DefinitionSource, error) {
	row, err := s.read.Definition(ctx, digest)
	if err != nil {
		return gate.DefinitionSource{}, fmt.Errorf("reading definition %s: %w", digest, found(err))
	}
	return gate.DefinitionSource(row), nil
}
