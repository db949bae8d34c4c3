package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// versions keeps which layers came into force in a step, and who brought them.
func (r recording) versions() error {
	for place, v := range r.step.Versions {
		body, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("writing a version of %s: %w", v.File, err)
		}
		err = r.q.AddVersion(context.Background(), db.AddVersionParams{
			Nexus: v.Nexus, Step: r.step.Seq, Place: int64(place), Component: v.Component, Digest: v.Digest, Body: string(body),
		})
		if err != nil {
			return fmt.Errorf("version %d of %s: %w", place, v.File, err)
		}
	}
	return nil
}

// Versions lists every layer that ever came into force in a Nexus, the newest first.
func (s *Store) Versions(ctx context.Context, nexus string) ([]gate.Version, error) {
	rows, err := s.read.Versions(ctx, nexus)
	if err != nil {
		return nil, fmt.Errorf("reading the versions of %s: %w", nexus, err)
	}
	return decodeAll[gate.Version](rows)
}
