package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// grounds keeps what a step's verdicts rest on: the evidence that is not kept yet, and the references to it.
func (r recording) grounds() error {
	for place, g := range r.step.Grounds {
		if err := r.evidence(g); err != nil {
			return fmt.Errorf("the evidence of verdict %s: %w", g.Verdict, err)
		}
		body, err := g.MarshalText()
		if err != nil {
			return fmt.Errorf("writing the ground of verdict %s: %w", g.Verdict, err)
		}
		err = r.q.AddGround(context.Background(), db.AddGroundParams{
			Verdict: g.Verdict, Nexus: g.Nexus, Step: r.step.Seq, Place: int64(place), Made: micros(g.At), Body: string(body),
		})
		if err != nil {
			return fmt.Errorf("the ground of verdict %s: %w", g.Verdict, err)
		}
	}
	return nil
}

func (r recording) evidence(g gate.Ground) error {
	for ref, e := range g.Evidence {
		if r.known.has(ref) || r.added[ref] {
			continue
		}
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("writing %s: %w", e.Object, err)
		}
		err = r.q.AddEvidence(context.Background(), db.AddEvidenceParams{Ref: ref, Nexus: g.Nexus, Step: r.step.Seq, Body: string(body)})
		if err != nil {
			return fmt.Errorf("keeping %s: %w", e.Object, err)
		}
		r.added[ref] = true
	}
	return nil
}

// Ground finds what a verdict rests on, with its evidence, or [ErrNotFound]: verdicts on changes to a
// definition have none, nor have those of before grounds were kept.
func (s *Store) Ground(ctx context.Context, verdict string) (gate.Ground, error) {
	row, err := s.read.Ground(ctx, verdict)
	if err != nil {
		return gate.Ground{}, fmt.Errorf("reading the ground of verdict %s: %w", verdict, found(err))
	}
	g, err := ground(verdict, row.Nexus, row.Body)
	if err != nil {
		return gate.Ground{}, err
	}
	g.Evidence = map[string]gate.Evidence{}
	for ref := range g.Refs() {
		e, err := s.evidence(ctx, ref)
		if err != nil {
			return gate.Ground{}, fmt.Errorf("the ground of verdict %s: %w", verdict, err)
		}
		g.Evidence[ref] = *e
	}
	return g, nil
}

func ground(verdict, nexus, body string) (gate.Ground, error) {
	var g gate.Ground
	if err := g.UnmarshalText([]byte(body)); err != nil {
		return gate.Ground{}, fmt.Errorf("the ground of verdict %s: %w", verdict, err)
	}
	g.Verdict, g.Nexus = verdict, nexus
	return g, nil
}

func (s *Store) evidence(ctx context.Context, ref string) (*gate.Evidence, error) {
	body, err := s.read.Evidence(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("reading the evidence %s: %w", ref, found(err))
	}
	e, err := decode[gate.Evidence](body)
	return &e, err
}
